# Read by the Rust side: the tray and the notifications.
tray-tooltip-starting = يبدأ Bomba Sync العمل
tray-tooltip-synced = كل شيء محدَّث
tray-tooltip-synced-now = كل شيء محدَّث. آخر تغيير الآن
tray-tooltip-synced-ago = { $minutes ->
    [zero] كل شيء محدَّث. آخر تغيير الآن
    [one] كل شيء محدَّث. آخر تغيير قبل دقيقة
    [two] كل شيء محدَّث. آخر تغيير قبل دقيقتين
    [few] كل شيء محدَّث. آخر تغيير قبل { $minutes } دقائق
    [many] كل شيء محدَّث. آخر تغيير قبل { $minutes } دقيقة
   *[other] كل شيء محدَّث. آخر تغيير قبل { $minutes } دقيقة
}
tray-tooltip-synced-hours = { $hours ->
    [zero] كل شيء محدَّث. آخر تغيير الآن
    [one] كل شيء محدَّث. آخر تغيير قبل ساعة
    [two] كل شيء محدَّث. آخر تغيير قبل ساعتين
    [few] كل شيء محدَّث. آخر تغيير قبل { $hours } ساعات
    [many] كل شيء محدَّث. آخر تغيير قبل { $hours } ساعة
   *[other] كل شيء محدَّث. آخر تغيير قبل { $hours } ساعة
}
tray-tooltip-syncing = { $count ->
    [0] جارٍ التأكد من تطابق الجانبين
    [zero] جارٍ التأكد من تطابق الجانبين
    [one] تغيير واحد في الطريق
    [two] تغييران في الطريق
    [few] { $count } تغييرات في الطريق
    [many] { $count } تغييرًا في الطريق
   *[other] { $count } تغيير في الطريق
}
tray-tooltip-offline = غير متصل. تُرسل التغييرات عند عودة الاتصال
tray-tooltip-offline-waiting = { $count ->
    [zero] غير متصل. لا تغييرات على هذا الجهاز وحده
    [one] غير متصل. تغيير واحد موجود على هذا الجهاز فقط
    [two] غير متصل. تغييران موجودان على هذا الجهاز فقط
    [few] غير متصل. { $count } تغييرات موجودة على هذا الجهاز فقط
    [many] غير متصل. { $count } تغييرًا موجودة على هذا الجهاز فقط
   *[other] غير متصل. { $count } تغيير موجودة على هذا الجهاز فقط
}
tray-tooltip-paused = متوقف مؤقتًا. التغييرات تنتظر حتى تستأنف
tray-tooltip-attention = هناك أمر يحتاج إلى نظرة. افتح Bomba Sync
tray-tooltip-setup = لم يتم إعداد Bomba Sync بعد. افتحه للبدء

menu-open = افتح Bomba Sync
menu-state-starting = جارٍ البدء
menu-state-synced = كل شيء محدَّث
menu-state-syncing = جارٍ النسخ
menu-state-offline = غير متصل
menu-state-paused = متوقف مؤقتًا
menu-state-attention = يحتاج إلى انتباه
menu-state-setup = لم يتم الإعداد بعد
menu-pause = أوقف مؤقتًا
menu-resume = استأنف
menu-sync-now = حدِّث الآن
menu-conflicts = { $count ->
    [0] التعارضات
   *[other] التعارضات ({ $count })
}
menu-collections = القوائم
menu-settings = الإعدادات
menu-quit = إنهاء

notify-conflicts-title = تغيّر سجل على جهازين
notify-conflicts-body = { $count ->
    [zero] لا سجلات لها نسختان.
    [one] سجل واحد له نسختان. إحداهما مستخدمة والأخرى محفوظة.
    [two] سجلان لكل منهما نسختان. إحداهما مستخدمة والأخرى محفوظة.
    [few] { $count } سجلات لكل منها نسختان. إحداهما مستخدمة والأخرى محفوظة.
    [many] { $count } سجلًا لكل منها نسختان. إحداهما مستخدمة والأخرى محفوظة.
   *[other] { $count } سجل لكل منها نسختان. إحداهما مستخدمة والأخرى محفوظة.
}
notify-attention-title = يحتاج Bomba Sync إلى نظرة
notify-attention-body = هناك ما يعيق العمل. افتح النافذة لمعرفة المطلوب.
notify-back-title = عاد الاتصال
notify-back-body = { $count ->
    [0] لم يكن هناك ما يُرسل.
    [zero] لم يكن هناك ما يُرسل.
    [one] أُرسل تغيير واحد إلى السحابة.
    [two] أُرسل تغييران إلى السحابة.
    [few] أُرسلت { $count } تغييرات إلى السحابة.
    [many] أُرسل { $count } تغييرًا إلى السحابة.
   *[other] أُرسل { $count } تغيير إلى السحابة.
}
notify-open = افتح
