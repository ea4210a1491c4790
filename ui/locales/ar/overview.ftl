overview-state = الوضع الآن

overview-starting = لحظة من فضلك…
overview-starting-more = يتفقد Bomba Sync الجانبين الآن.
overview-synced = كل شيء محدَّث.
overview-synced-ago = كل شيء محدَّث. آخر تغيير: { $ago }.
overview-synced-more = ليس عليك فعل أي شيء.
overview-syncing = { $count ->
    [zero] لا تغييرات في الطريق.
    [one] تغيير واحد في الطريق.
    [two] تغييران في الطريق.
    [few] { $count } تغييرات في الطريق.
    [many] { $count } تغييرًا في الطريق.
   *[other] { $count } تغيير في الطريق.
}
overview-checking = جارٍ التأكد من أن الجانبين متطابقان.
overview-syncing-more = يتم ذلك تلقائيًا. يمكنك متابعة عملك.
overview-copying = جارٍ النسخ: اكتمل { $done }.
overview-copying-left = جارٍ النسخ: اكتمل { $done }، والوقت المتبقي حوالي { $left }.
overview-copying-more = يمكنك متابعة عملك. إذا أُطفئ الجهاز يُستأنف النسخ من حيث توقف.

overview-local-unreachable = قاعدة البيانات على هذا الجهاز لا تعمل.
overview-local-password = قاعدة البيانات على هذا الجهاز لا تقبل اسم المستخدم أو كلمة المرور.
overview-local-rights = قاعدة البيانات على هذا الجهاز لا تسمح بما يلزم.
overview-local-certificate = الاتصال بقاعدة البيانات على هذا الجهاز غير موثوق.
overview-local-standalone = يجب تجهيز قاعدة البيانات على هذا الجهاز مرة واحدة.
overview-local-too-old = إصدار قاعدة البيانات على هذا الجهاز قديم جدًا.
overview-local-other = قاعدة البيانات على هذا الجهاز لا تستجيب.
overview-atlas-unreachable = غير متصل: تعذّر الوصول إلى السحابة.
overview-atlas-name-unknown = غير متصل: لا يوجد اتصال بالإنترنت.
overview-atlas-password = السحابة لا تقبل اسم المستخدم أو كلمة المرور.
overview-atlas-rights = السحابة لا تسمح لهذا المستخدم بما يلزم.
overview-atlas-certificate = الاتصال بالسحابة غير موثوق.
overview-atlas-standalone = يجب تجهيز السحابة مرة واحدة.
overview-atlas-too-old = إصدار السحابة قديم جدًا.
overview-atlas-other = غير متصل: السحابة لا تستجيب.
overview-offline-only-here = { $count ->
    [zero] لا تغييرات على هذا الجهاز وحده.
    [one] تغيير واحد موجود على هذا الجهاز فقط، وسيُرسل فور عودة الاتصال.
    [two] تغييران موجودان على هذا الجهاز فقط، وسيُرسلان فور عودة الاتصال.
    [few] { $count } تغييرات موجودة على هذا الجهاز فقط، وستُرسل فور عودة الاتصال.
    [many] { $count } تغييرًا موجودة على هذا الجهاز فقط، وستُرسل فور عودة الاتصال.
   *[other] { $count } تغيير موجودة على هذا الجهاز فقط، وستُرسل فور عودة الاتصال.
}
overview-offline-more = يمكنك متابعة عملك. سيُرسل كل شيء فور عودة الاتصال.
overview-offline-local-more = شغّل قاعدة البيانات أو أعد تشغيل الجهاز. لن يضيع شيء.

overview-paused = النسخ متوقف مؤقتًا.
overview-paused-upload = النسخ إلى السحابة متوقف مؤقتًا.
overview-paused-download = النسخ من السحابة متوقف مؤقتًا.
overview-paused-waiting = { $count ->
    [zero] لا تغييرات تنتظر الاستئناف.
    [one] تغيير واحد ينتظر الاستئناف.
    [two] تغييران ينتظران الاستئناف.
    [few] { $count } تغييرات تنتظر الاستئناف.
    [many] { $count } تغييرًا تنتظر الاستئناف.
   *[other] { $count } تغيير تنتظر الاستئناف.
}
overview-paused-more = لن يضيع شيء. التغييرات الجديدة تنتظر حتى تستأنف.

overview-attention = هناك أمر يحتاج إلى نظرة.
overview-attention-more = احفظ تقريرًا من الإعدادات وأرسله إلى الدعم الفني.
overview-conflicts-more = { $count ->
    [zero] لا سجلات تغيّرت على جهازين.
    [one] سجل واحد تغيّر على جهازين. ألقِ نظرة عندما يتسع وقتك.
    [two] سجلان تغيّرا على جهازين. ألقِ نظرة عندما يتسع وقتك.
    [few] { $count } سجلات تغيّرت على جهازين. ألقِ نظرة عندما يتسع وقتك.
    [many] { $count } سجلًا تغيّرت على جهازين. ألقِ نظرة عندما يتسع وقتك.
   *[other] { $count } سجل تغيّرت على جهازين. ألقِ نظرة عندما يتسع وقتك.
}
overview-problems-more = { $count ->
    [zero] نُسخت كل التغييرات.
    [one] تغيير واحد تعذّر نسخه.
    [two] تغييران تعذّر نسخهما.
    [few] { $count } تغييرات تعذّر نسخها.
    [many] { $count } تغييرًا تعذّر نسخها.
   *[other] { $count } تغيير تعذّر نسخها.
}

overview-step-sync = حدِّث الآن
overview-step-again = حاول مرة أخرى الآن
overview-step-resume = استأنف
overview-step-lists = اعرض القوائم
overview-step-connection = افحص الاتصال
overview-step-rules = اعرض الفحوصات في الإعدادات
overview-step-support = اطلب المساعدة
overview-step-see-problems = اعرض المشكلات
overview-step-conflicts = { $count ->
    [zero] اعرض التعارضات
    [one] اعرض التعارض
    [two] اعرض التعارضين
    [few] اعرض { $count } تعارضات
    [many] اعرض { $count } تعارضًا
   *[other] اعرض { $count } تعارض
}
overview-step-problems = { $count ->
    [zero] اعرض المشكلات
    [one] اعرض المشكلة
    [two] اعرض المشكلتين
    [few] اعرض { $count } مشكلات
    [many] اعرض { $count } مشكلة
   *[other] اعرض { $count } مشكلة
}

overview-notices = ما يحتاج إلى نظرة
overview-notice-dropped = القائمة «{ $list }» حُذفت أو تغيّر اسمها في أحد الجانبين.
overview-notice-dropped-all = كل القوائم حُذفت أو تغيّرت أسماؤها في أحد الجانبين.
overview-notice-dropped-todo = الجانب الآخر ما زال يحتفظ بكل شيء. قارن القائمة من جديد لإعادة نسخها.
overview-notice-unauthorized-local = قاعدة البيانات على هذا الجهاز لا تسمح بدخول Bomba Sync.
overview-notice-unauthorized-atlas = السحابة لا تسمح بدخول Bomba Sync.
overview-notice-unauthorized-todo = ربما تغيّر اسم المستخدم أو كلمة المرور. أدخل العنوان من جديد في الإعدادات.
overview-notice-reconnect-local = قاعدة البيانات على هذا الجهاز لا تستجيب منذ فترة.
overview-notice-reconnect-local-todo = شغّل قاعدة البيانات أو أعد تشغيل الجهاز. لن يضيع شيء.
overview-notice-reconnect-atlas = السحابة لا تستجيب منذ فترة.
overview-notice-reconnect-atlas-todo = تأكد من الاتصال بالإنترنت. التغييرات محفوظة على هذا الجهاز حتى يعود.
overview-notice-standalone = يجب تجهيز قاعدة البيانات على هذا الجهاز مرة واحدة.
overview-notice-standalone-todo = الفحص في الإعدادات يوضح المطلوب، ويحتاج الفني إلى دقائق قليلة.
overview-notice-too-old-todo = يجب التحديث إلى إصدار أحدث. الفحص في الإعدادات يوضح أي إصدار.
overview-notice-broken = توقفت المزامنة بسبب خلل، وهي تبدأ من جديد وحدها.
overview-notice-broken-todo = لم يضِع شيء. إذا استمر ذلك أو تكرر فاحفظ تقريرًا من الإعدادات وأرسله إلى الدعم الفني.
overview-notice-not-started = تعذّر بدء المزامنة.
overview-notice-not-started-todo = افحص الاتصال في الإعدادات. حتى تعمل تبقى التغييرات على هذا الجهاز.
overview-notice-not-writing-local = تعذّرت كتابة التغييرات على هذا الجهاز حاليًا.
overview-notice-not-writing-local-todo = التغييرات محفوظة في السحابة وتُعاد المحاولة. هل امتلأ قرص هذا الجهاز؟
overview-notice-not-writing-atlas = تعذّرت كتابة التغييرات في السحابة حاليًا.
overview-notice-not-writing-atlas-todo = التغييرات محفوظة على هذا الجهاز وتُعاد المحاولة. إذا استمر ذلك فربما امتلأت السحابة.
overview-notice-rules = تعذّر تشغيل فحوصات Bomba الخاصة.
overview-notice-rules-todo = تنتظر السجلات القادمة من السحابة حتى تعمل من جديد، ولن يضيع شيء. تأكد من صحة المجلد والملف في الإعدادات. إن كانا صحيحين فأرِ التفاصيل للفني.
overview-notice-clock = ساعة هذا الجهاز غير صحيحة.
overview-notice-clock-todo = اضبط التاريخ والوقت حتى يفوز التغيير الأحدث.
overview-notice-quarantine = { $count ->
    [zero] نُسخت كل التغييرات.
    [one] تغيير واحد تعذّر نسخه.
    [two] تغييران تعذّر نسخهما.
    [few] { $count } تغييرات تعذّر نسخها.
    [many] { $count } تغييرًا تعذّر نسخها.
   *[other] { $count } تغيير تعذّر نسخها.
}
overview-notice-quarantine-todo = التغييرات محفوظة. اعرف السبب وحاول مرة أخرى.
overview-notice-mass-deletion = { $count ->
    [zero] حُذفت سجلات كثيرة من «{ $list }» دفعة واحدة.
    [one] حُذف سجل واحد من «{ $list }».
    [two] حُذف سجلان من «{ $list }» دفعة واحدة.
    [few] حُذفت { $count } سجلات من «{ $list }» دفعة واحدة.
    [many] حُذف { $count } سجلًا من «{ $list }» دفعة واحدة.
   *[other] حُذف { $count } سجل من «{ $list }» دفعة واحدة.
}
overview-notice-mass-deletion-todo = لم يُحذف شيء في الجانب الآخر بعد. قل هل كان ذلك مقصودًا.
overview-notice-vault = { $count ->
    [zero] لا تعارضات تنتظر.
    [one] تعارض واحد ينتظر: تعذّر حفظ النسخة الأخرى على هذا الجهاز.
    [two] تعارضان ينتظران: تعذّر حفظ النسختين الأخريين على هذا الجهاز.
    [few] { $count } تعارضات تنتظر: تعذّر حفظ النسخ الأخرى على هذا الجهاز.
    [many] { $count } تعارضًا تنتظر: تعذّر حفظ النسخ الأخرى على هذا الجهاز.
   *[other] { $count } تعارض تنتظر: تعذّر حفظ النسخ الأخرى على هذا الجهاز.
}
overview-notice-vault-todo = لن يُستبدل أي شيء حتى يمكن حفظها. احفظ تقريرًا من الإعدادات وأرسله إلى الدعم الفني.

overview-progress = النسخ
overview-progress-count = { $done } من { $total } سجل
overview-progress-rate = { $rate } في الثانية
overview-progress-left = المتبقي حوالي { $left }

overview-upload = من هذا الجهاز إلى السحابة
overview-download = من السحابة إلى هذا الجهاز
overview-link-connected = متصل
overview-link-paused = متوقف مؤقتًا
overview-link-off = مغلق
overview-link-no-pc = قاعدة بيانات هذا الجهاز لا تستجيب
overview-link-no-cloud = تعذّر الوصول إلى السحابة
overview-waiting = { $count ->
    [zero] لا تغييرات تنتظر
    [one] تغيير واحد ينتظر
    [two] تغييران ينتظران
    [few] { $count } تغييرات تنتظر
    [many] { $count } تغييرًا تنتظر
   *[other] { $count } تغيير تنتظر
}
overview-oldest = الأقدم: { $age }
overview-nothing-waits = لا شيء ينتظر
overview-rate = التغييرات في الثانية، آخر ١٠ دقائق
overview-chart = { $latest ->
    [0] لا يُنسخ شيء الآن. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
    [zero] لا يُنسخ شيء الآن. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
    [one] تغيير واحد في الثانية الأخيرة. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
    [two] تغييران في الثانية الأخيرة. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
    [few] { $latest } تغييرات في الثانية الأخيرة. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
    [many] { $latest } تغييرًا في الثانية الأخيرة. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
   *[other] { $latest } تغيير في الثانية الأخيرة. أعلى معدل في آخر ١٠ دقائق: { $highest } في الثانية.
}
overview-copied = تم نسخها
overview-failed = لم تُنسخ
overview-conflicts = تعارضات
overview-average = متوسط الوقت
overview-seconds = { NUMBER($seconds, maximumFractionDigits: 2) } ث
overview-pause-upload = أوقف الإرسال مؤقتًا
overview-resume-upload = استأنف الإرسال
overview-pause-download = أوقف الاستقبال مؤقتًا
overview-resume-download = استأنف الاستقبال
overview-download-off = التغييرات من السحابة لا تصل إلى هذا الجهاز. يمكنك تغيير ذلك من الإعدادات.

overview-others = الأجهزة الأخرى
overview-others-none = لم ينضم أي جهاز آخر بعد.
overview-others-away = تظهر الأجهزة الأخرى عند الوصول إلى السحابة.
overview-others-name = الاسم
overview-others-seen = آخر ظهور
overview-others-waiting = لم يُرسل بعد
overview-others-now = متصل
overview-others-last = { $ago }
overview-others-clock = ساعته غير صحيحة
overview-others-pending = { $count ->
    [zero] لا شيء
    [one] تغيير واحد
    [two] تغييران
    [few] { $count } تغييرات
    [many] { $count } تغييرًا
   *[other] { $count } تغيير
}
overview-others-nothing = لا شيء
