//! Words the made-up shop is made of. Arabic ones test every byte on the way.

pub(super) const GIVEN_ARABIC: &[&str] = &[
    "أحمد",
    "فاطمة",
    "علي",
    "زينب",
    "حسين",
    "مريم",
    "عمر",
    "نور",
    "يوسف",
    "سارة",
    "كرار",
    "هدى",
];
pub(super) const FAMILY_ARABIC: &[&str] = &[
    "الجبوري",
    "العبيدي",
    "الدليمي",
    "التميمي",
    "الساعدي",
    "الحسني",
    "البصري",
    "الموصلي",
];
pub(super) const GIVEN_ENGLISH: &[&str] = &[
    "Maria", "John", "Layla", "David", "Noor", "Sam", "Anna", "Zoë",
];
pub(super) const FAMILY_ENGLISH: &[&str] = &[
    "Haddad",
    "Smith",
    "Khoury",
    "O'Neil",
    "Petrosyan",
    "Brown-Ali",
];
pub(super) const CITIES: &[&str] = &["بغداد", "البصرة", "أربيل", "الموصل", "النجف", "Basra"];
pub(super) const STAFF: &[&str] = &["أم علي", "حيدر", "Sara", "مصطفى"];
pub(super) const CATEGORIES: &[&str] = &["grocery", "household", "phones", "مشروبات"];
pub(super) const SIZES: &[&str] = &["250g", "500g", "1kg", "2L", "12×"];
pub(super) const PRODUCTS: &[(&str, &str)] = &[
    ("رز عنبر", "Amber rice"),
    ("شاي سيلاني", "Ceylon tea"),
    ("تمر برحي", "Barhi dates"),
    ("زيت زيتون", "Olive oil"),
    ("سكر", "Sugar"),
    ("معجون طماطم", "Tomato paste"),
    ("شاحن هاتف", "Phone charger"),
    ("صابون", "Soap"),
    ("ماء معدني", "Mineral water"),
    ("هيل 🌿", "Cardamom 🌿"),
];
pub(super) const NOTES: &[&str] = &[
    "",
    "",
    "دفع لاحقاً",
    "deliver after 6 pm",
    "يسلّم إلى الجار — الطابق ٢",
];
pub(super) const LOG_LINES: &[&str] = &[
    "bill saved",
    "printer offline, retrying",
    "تم تسجيل الدخول",
    "stock below minimum",
    "تعذّر الاتصال بالطابعة",
];
