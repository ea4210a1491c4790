fields-field = الحقل
fields-differs = مختلف
fields-show-same = { $count ->
    [zero] لا حقول متطابقة
    [one] أظهر حقلًا واحدًا متطابقًا
    [two] أظهر حقلين متطابقين
    [few] أظهر { $count } حقول متطابقة
    [many] أظهر { $count } حقلًا متطابقًا
   *[other] أظهر { $count } حقل متطابق
}
fields-hide-same = أظهر المختلف فقط
fields-truncated = في هذا السجل حقول أكثر مما يمكن عرضه هنا.
fields-yes = نعم
fields-no = لا
fields-empty = (فارغ)
fields-absent = غير موجود
