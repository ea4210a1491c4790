welcome-steps = الخطوة { $at } من { $of }
welcome-back = السابق
welcome-next = التالي
welcome-start = ابدأ النسخ
welcome-keep = اتركه فارغًا للإبقاء على العنوان المستخدم: { $servers }

welcome-hello-title = مرحبًا بك في Bomba Sync
welcome-hello-text = يُبقي Bomba Sync هذا الجهاز والسحابة متطابقين، لتعمل كل أجهزة المتجر على الفواتير والمنتجات والعملاء أنفسهم.
welcome-hello-safe = لن يُحذف شيء أثناء هذه البداية. ما يوجد في جانب واحد يُنسخ إلى الآخر.
welcome-hello-offline = يمكنك متابعة العمل بدون إنترنت. تُرسل التغييرات عند عودته.
welcome-hello-need = ستحتاج إلى عنوان السحابة. اطلبه من الفني.

welcome-pc-title = قاعدة البيانات على هذا الجهاز
welcome-pc-text = يحفظ Bomba سجلاته في قاعدة بيانات على هذا الجهاز. أيّها هي؟
welcome-pc-which = الموجودة على هذا الجهاز
welcome-pc-looking = جارٍ البحث عنها…
welcome-pc-none = لم يُعثر على قاعدة بيانات على هذا الجهاز.
welcome-pc-none-todo = شغّل Bomba ثم ابحث من جديد، أو أدخل العنوان.
welcome-pc-holds = تحتوي على: { $databases }
welcome-pc-password-badge = تطلب كلمة مرور
welcome-pc-prepared = جاهزة
welcome-pc-unprepared = غير جاهزة بعد
welcome-pc-unprepared-title = يجب تجهيز قاعدة البيانات هذه مرة واحدة.
welcome-pc-unprepared-todo = يمكنك المتابعة: سيوضح الفحص المطلوب، ويحتاج الفني إلى دقائق قليلة.
welcome-pc-another = غيرها: أدخل عنوانها
welcome-pc-look-again = ابحث من جديد
welcome-pc-address = عنوان قاعدة البيانات على هذا الجهاز
welcome-pc-address-hint = يبدأ بـ { "\u2066" }mongodb://{ "\u2069" } ويُحفظ بأمان على هذا الجهاز.
welcome-pc-user = اسم المستخدم
welcome-pc-password = كلمة المرور

welcome-cloud-title = السحابة
welcome-cloud-text = يحتوي العنوان على كلمة المرور. يُحفظ بأمان على هذا الجهاز ولا يُعرض مرة أخرى.
welcome-cloud-address = عنوان السحابة
welcome-cloud-address-hint = يبدأ بـ { "\u2066" }mongodb+srv://{ "\u2069" } أو { "\u2066" }mongodb://{ "\u2069" }
welcome-cloud-names = أسماء للاختيار منها

welcome-test-title = افحص الاتصال
welcome-test-busy = جارٍ فحص الجانبين. قد يستغرق ذلك نصف دقيقة…
welcome-test-again = افحص من جديد

welcome-lists-title = اختر القوائم
welcome-lists-text = يمكن نسخ كل قائمة في الاتجاهين، أو إلى السحابة فقط، أو عدم نسخها. يمكنك تغيير ذلك في أي وقت.
welcome-lists-busy = جارٍ عدّ السجلات في الجانبين…
welcome-lists-none = لا توجد قوائم بعد في أي من الجانبين. القوائم الجديدة تُنسخ في الاتجاهين.

welcome-copy-title = النسخ الأول
welcome-copy-running = جارٍ نسخ المختلف…
welcome-copy-more = قد يستغرق ذلك بعض الوقت. يمكنك متابعة عملك أو حتى إطفاء الجهاز: يُستأنف النسخ من حيث توقف.
welcome-copy-done = تم. هذا الجهاز والسحابة متطابقان.
welcome-copy-done-more = من الآن يُنسخ كل تغيير تلقائيًا.
welcome-copy-tray = الأيقونة بجانب الساعة تبيّن الوضع دائمًا. اضغط عليها لفتح هذه النافذة.
welcome-copy-open = افتح Bomba Sync
welcome-copy-background = تابع في الخلفية
