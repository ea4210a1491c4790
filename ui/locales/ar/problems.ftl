problems-text = التغييرات التي تعذّر نسخها محفوظة هنا، ويستمر نسخ كل ما عداها.
problems-none = لا مشكلات
problems-none-text = نُسخت كل التغييرات.
problems-export = احفظ في ملف
problems-exported = كل المشكلات في هذا الملف:
problems-retry = حاول مرة أخرى
problems-retry-all = أعد محاولة الكل
problems-retried = { $count ->
    [0] لا شيء لإعادة محاولته.
    [zero] لا شيء لإعادة محاولته.
    [one] تُعاد محاولة تغيير واحد، وإن نجح خرج من هذه القائمة.
    [two] تُعاد محاولة تغييرين، وما ينجح منهما يخرج من هذه القائمة.
    [few] تُعاد محاولة { $count } تغييرات، وما ينجح منها يخرج من هذه القائمة.
    [many] تُعاد محاولة { $count } تغييرًا، وما ينجح منها يخرج من هذه القائمة.
   *[other] تُعاد محاولة { $count } تغيير، وما ينجح منها يخرج من هذه القائمة.
}
problems-discard = تجاهل
problems-discard-title = هل تريد تجاهل هذا التغيير؟
problems-discard-text = لن يُنسخ التغيير في السجل { $document } من «{ $list }». سيبقى الجانبان مختلفين حتى يتغيّر السجل من جديد.
problems-more = { $count ->
    [zero] كلها معروضة.
    [one] واحدة أخرى في الملف.
    [two] اثنتان أخريان في الملف.
    [few] { $count } أخرى في الملف.
    [many] { $count } أخرى في الملف.
   *[other] { $count } أخرى في الملف.
}
problems-record = السجل
problems-list = القائمة
problems-way = في طريقه
problems-tried = المحاولات
problems-attempts = { $count ->
    [zero] لم تتم
    [one] مرة واحدة
    [two] مرتان
    [few] { $count } مرات
    [many] { $count } مرة
   *[other] { $count } مرة
}
problems-last = آخرها { $ago }
problems-way-upload = إلى السحابة
problems-way-download = إلى هذا الجهاز
problems-validation = الجانب الآخر لا يقبل هذا السجل.
problems-validation-todo = ربما ينقصه حقل مطلوب أو فيه خطأ. صحّح السجل في Bomba وستُعاد المحاولة تلقائيًا.
problems-clash = سجل آخر له الرقم أو الاسم نفسه، ولا يجوز تكراره.
problems-clash-todo = أعطِ أحد السجلين رقمًا أو اسمًا آخر في Bomba، ثم حاول مرة أخرى.
problems-too-large = هذا السجل كبير جدًا.
problems-too-large-todo = أزل الأجزاء الكبيرة مثل الصور من السجل، ثم حاول مرة أخرى.
problems-illegal-field = في هذا السجل حقل غير مسموح به في الجانب الآخر.
problems-illegal-field-todo = اطلب من الفني مراجعة التفاصيل، ثم حاول مرة أخرى.
problems-malformed = هذا السجل تالف.
problems-malformed-todo = افتح السجل في Bomba واحفظه من جديد. إن لم يفد ذلك فاسأل الفني.
problems-rules-refused = فحوصات Bomba الخاصة لا تسمح بهذا السجل.
problems-rules-refused-todo = يحتفظ هذا الجهاز بما كان لديه. صحّح السجل في Bomba على الجهاز الذي تغيّر فيه وستُعاد المحاولة تلقائيًا.
problems-rules-failed = تعطّلت فحوصات Bomba الخاصة عند هذا السجل.
problems-rules-failed-todo = يحتفظ هذا الجهاز بما كان لديه. أرِ التفاصيل للفني، وستُعاد المحاولة تلقائيًا بعد تصحيح الفحوصات أو السجل.
problems-rules-unsettled = تعطي فحوصات Bomba الخاصة نتيجة أخرى كلما نظرت في هذا السجل.
problems-rules-unsettled-todo = يحتفظ هذا الجهاز بما كان لديه. على الفني تصحيح طريقة حساب هذه القيم في Bomba، ثم تُعاد المحاولة تلقائيًا.
problems-rules-unfit = في هذا السجل شيء لا تستطيع فحوصات Bomba الخاصة قراءته.
problems-rules-unfit-todo = يحتفظ هذا الجهاز بما كان لديه. أرِ التفاصيل للفني.
problems-fields = الحقول
problems-other = تعذّر نسخ هذا التغيير.
problems-other-todo = حاول مرة أخرى. إن لم يفد ذلك فاحفظ المشكلات في ملف وأرسله إلى الدعم الفني.
