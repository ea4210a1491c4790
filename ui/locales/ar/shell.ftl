shell-product = Bomba Sync
shell-navigation = الصفحات
shell-skip = انتقل إلى الصفحة
shell-overview = نظرة عامة
shell-conflicts = التعارضات
shell-collections = القوائم
shell-problems = المشكلات
shell-settings = الإعدادات
shell-waiting = { $count ->
    [zero] لا شيء بانتظارك
    [one] عنصر واحد بانتظارك
    [two] عنصران بانتظارك
    [few] { $count } عناصر بانتظارك
    [many] { $count } عنصرًا بانتظارك
   *[other] { $count } عنصر بانتظارك
}
shell-state-synced = محدَّث
shell-state-syncing = جارٍ النسخ
shell-state-offline = غير متصل
shell-state-paused = متوقف مؤقتًا
shell-state-attention = يحتاج إلى انتباه
shell-starting = لحظة من فضلك…
shell-loading = جارٍ التحميل…
shell-no-answer = برنامج Bomba Sync لا يستجيب
shell-try-again = حاول مرة أخرى
shell-cancel = إلغاء
shell-close = إغلاق
shell-technical = تفاصيل للدعم الفني
shell-show-file = اعرض الملف
shell-show-typed = أظهر النص المكتوب
shell-failure-not-set-up = لم يتم الإعداد بعد.
shell-failure-bad-value = هذه القيمة غير مناسبة هنا.
shell-failure-no-such-place = لا يوجد مجلد أو ملف كهذا على هذا الجهاز.
shell-failure-fixed = هذا الخيار محدد من خارج هذه النافذة ولا يمكن تغييره هنا.
shell-failure-local-away = قاعدة البيانات على هذا الجهاز لا تستجيب. حاول مرة أخرى بعد لحظة.
shell-failure-atlas-away = السحابة لا تستجيب. تأكد من الاتصال بالإنترنت ثم حاول مرة أخرى.
shell-failure-gone = هذا العنصر لم يعد موجودًا. ربما عالجه شخص آخر من جهاز آخر.
shell-failure-rules-failing = لا يمكن تشغيل فحوصات Bomba الخاصة. اطلب من الفني مراجعة المجلد والملف اللذين فيهما الفحوصات.
shell-failure-too-large = هذا السجل أكبر من أن يُعرض هنا. اختر سجلًا آخر.
shell-failure-too-slow = استغرق ذلك وقتًا طويلًا فأُوقف. حاول مرة أخرى، وإن تكرر فأرِه للفني.
shell-failure-storage = تعذّر الحفظ على هذا الجهاز. هل القرص ممتلئ أو محمي؟
shell-failure-other = لم ينجح ذلك. حاول مرة أخرى، وإن تكرر فاحفظ تقريرًا للدعم الفني من الإعدادات.
