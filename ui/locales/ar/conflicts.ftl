conflicts-text = عندما يغيّر جهازان السجل نفسه تُستخدم نسخة واحدة في كل مكان وتُحفظ الأخرى هنا.
conflicts-open = { $count ->
    [zero] لا سجلات تغيّرت في مكانين.
    [one] سجل واحد تغيّر في مكانين. إحدى النسختين مستخدمة والأخرى محفوظة هنا.
    [two] سجلان تغيّرا في مكانين. إحدى النسختين مستخدمة والأخرى محفوظة هنا.
    [few] { $count } سجلات تغيّرت في مكانين. إحدى النسختين مستخدمة والأخرى محفوظة هنا.
    [many] { $count } سجلًا تغيّرت في مكانين. إحدى النسختين مستخدمة والأخرى محفوظة هنا.
   *[other] { $count } سجل تغيّرت في مكانين. إحدى النسختين مستخدمة والأخرى محفوظة هنا.
}
conflicts-list = التعارضات، الأحدث أولًا
conflicts-search = ابحث بالاسم أو القائمة أو الجهاز
conflicts-filter = أي تعارضات
conflicts-filter-open = التي تحتاج إلى نظرة
conflicts-filter-all = كل المحفوظة
conflicts-filter-list = أي قائمة
conflicts-filter-lists = كل القوائم
conflicts-mark-all = اعتبر الكل مقروءًا
conflicts-mark-shown = اعتبر هذه مقروءة
conflicts-marked = { $count ->
    [zero] لم يُعتبر أي تعارض مقروءًا.
    [one] تعارض واحد صار مقروءًا.
    [two] تعارضان صارا مقروءين.
    [few] { $count } تعارضات صارت مقروءة.
    [many] { $count } تعارضًا صارت مقروءة.
   *[other] { $count } تعارض صارت مقروءة.
}
conflicts-undo = تراجع
conflicts-none-open = لا تعارضات تحتاج إلى نظرة
conflicts-none = لا توجد تعارضات
conflicts-none-text = عندما يغيّر جهازان السجل نفسه تظهر النسختان هنا.
conflicts-none-found = لا نتائج
conflicts-none-found-text = لا يوجد تعارض يناسب هذا البحث.
conflicts-choose = اختر تعارضًا لرؤية النسختين.
conflicts-seen = مقروء

conflicts-happened-edited = تغيّر هذا السجل في مكانين قبل أن يعلم أحدهما بالآخر.
conflicts-happened-deleted-later = تغيّر هذا السجل هنا ثم حُذف في مكان آخر.
conflicts-happened-deleted-unseen = حُذف هذا السجل هنا مع أنه تغيّر في مكان آخر.
conflicts-happened-dead = عادت نسخة قديمة من هذا السجل المحذوف ثم أُزيلت من جديد.
conflicts-happened-rolled-back = عادت السحابة إلى نسخة أقدم من هذا السجل.
conflicts-happened-other = وُجدت نسختان من هذا السجل.
conflicts-why-later = فاز التغيير الأحدث.
conflicts-why-atlas = فازت نسخة السحابة كما هو محدد في الإعدادات.
conflicts-why-local = فازت نسخة هذا الجهاز كما هو محدد في الإعدادات.
conflicts-who = { $name }
conflicts-who-atlas = السحابة
conflicts-who-unknown = جهاز غير معروف
conflicts-won = المستخدمة: { $name }
conflicts-won-atlas = المستخدمة: السحابة
conflicts-won-unknown = المستخدمة: جهاز غير معروف
conflicts-deleted = محذوف
conflicts-deleted-by = محذوف: { $name }
conflicts-deleted-atlas = محذوف: في السحابة
conflicts-found = اكتُشف في { $when } من { $name }
conflicts-caution = لم يُعرف وقت أحد التغييرين بدقة. يرجى التدقيق.

conflicts-use-other = استخدم النسخة الأخرى
conflicts-keep = أبقِ الوضع كما هو
conflicts-restore-title = هل تريد استخدام النسخة الأخرى من «{ $label }»؟
conflicts-restore-text = ستحل محل النسخة المستخدمة على كل الأجهزة.
conflicts-restore-deleted = سيعود السجل على كل الأجهزة.

conflicts-table = النسختان حقلًا بحقل
conflicts-version-used = المستخدمة
conflicts-version-deleted = محذوفة
conflicts-version-gone = غير محفوظة
conflicts-version-other = النسخة الأخرى
