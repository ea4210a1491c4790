settings-save = حفظ
settings-saved = تم الحفظ.
settings-saved-connections = تم الحفظ. يتصل Bomba Sync من جديد.
settings-fixed-environment = يحدده متغير البيئة { $variable } ولا يمكن تغييره هنا.
settings-fixed-flag = يحدده خيار عند التشغيل ({ $variable }) ولا يمكن تغييره هنا.

settings-connections = الاتصال
settings-local = قاعدة البيانات على هذا الجهاز
settings-local-new = عنوان MongoDB جديد لهذا الجهاز
settings-atlas = السحابة
settings-atlas-new = عنوان MongoDB جديد للسحابة
settings-address-none = غير محدد بعد
settings-address-change = أدخل عنوانًا جديدًا
settings-address-keep = أبقِ العنوان الحالي
settings-address-hint = قد يحتوي على كلمة مرور. لا يمكن عرضه مرة أخرى بعد الحفظ.
settings-database = اسم قاعدة البيانات
settings-database-hint = الاسم نفسه على هذا الجهاز وفي السحابة، مثل bomba.
settings-secrets-keychain = تُحفظ العناوين في مخزن كلمات المرور على هذا الجهاز.
settings-secrets-file = تُحفظ العناوين في ملف لا يقرؤه أحد غيرك.
settings-test = افحص الاتصال

settings-copying = النسخ
settings-strategy = عندما يغيّر جهازان السجل نفسه
settings-strategy-hint = النسخة الخاسرة لا تضيع أبدًا: تُحفظ في صفحة التعارضات.
settings-strategy-last = يفوز التغيير الأحدث
settings-strategy-last-hint = الأنسب لمعظم المتاجر.
settings-strategy-atlas = تفوز السحابة
settings-strategy-atlas-hint = ما أرسلته الأجهزة الأخرى يُقدَّم على تغييرات هذا الجهاز.
settings-strategy-local = يفوز هذا الجهاز
settings-strategy-local-hint = تغييرات هذا الجهاز تُقدَّم على تغييرات غيره.
settings-bidirectional = استقبل التغييرات من السحابة
settings-bidirectional-hint = عند الإيقاف يرسل هذا الجهاز تغييراته فقط.

settings-this-pc = هذا الجهاز
settings-device-name = اسم هذا الجهاز
settings-device-name-hint = يظهر هذا الاسم للأجهزة الأخرى.

settings-notifications = الإشعارات
settings-notify-conflicts = عندما يتغيّر سجل على جهازين
settings-notify-attention = عندما يحتاج أمر إلى نظرة
settings-notify-back = عندما يعود الاتصال بعد انقطاع طويل

settings-window = النافذة
settings-language = اللغة
settings-language-system = كلغة النظام
settings-language-en = English
settings-language-ar = العربية
settings-theme = المظهر
settings-theme-system = كمظهر النظام
settings-theme-light = فاتح
settings-theme-dark = داكن
settings-start-at-login = ابدأ مع الجهاز
settings-start-at-login-hint = يبدأ Bomba Sync عند تسجيل الدخول وينتظر بجانب الساعة.

settings-help = المساعدة
settings-bundle-text = يوضح التقرير للدعم الفني الوضع على هذا الجهاز. لا يحتوي على كلمات مرور ولا على سجلات.
settings-bundle = احفظ تقريرًا للدعم الفني
settings-bundle-busy = جارٍ حفظ التقرير…
settings-bundle-saved = التقرير في هذا الملف. أرسله إلى الدعم الفني:
settings-file = ملف الإعدادات
settings-logs = مجلد السجل التقني

settings-advanced = خيارات متقدمة
settings-advanced-text = هذه القيم تناسب كل المتاجر تقريبًا. لا تغيّرها إلا إذا طلب الدعم الفني ذلك.
settings-batch-size = عدد التغييرات المجلوبة في المرة
settings-batch-size-hint = الأكثر أسرع ويحتاج إلى ذاكرة أكبر.
settings-reconnect-interval = الثواني قبل إعادة محاولة اتصال مقطوع
settings-reconnect-interval-hint = تطول فترات الانتظار التالية تلقائيًا.
settings-reconnect-attempts = عدد المحاولات قبل أن تطلب الأيقونة الانتباه
settings-reconnect-attempts-hint = تستمر المحاولات بعد ذلك.
settings-retention = عدد الأيام التي تُحفظ فيها النسخة الأخرى من التعارض
settings-retention-hint = بعدها تُحذف.
settings-origin-cleanup = عدد الثواني التي تُتذكَّر فيها تغييرات هذا الجهاز
settings-origin-cleanup-hint = يوفر ذلك قراءتها مرة ثانية.
settings-number-wrong = أدخل رقمًا من { $min } إلى { $max } من فضلك.
