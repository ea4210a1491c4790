/**
 * What the shop has when it opens for the first time.
 */

import { Customer, Product } from "./models/index.js";

/** Arabic name, English name, price in dinars, category. @type {[string, string, number, string][]} */
const GOODS = [
  ["شاي أحمد", "Ahmad tea", 3_500, "grocery"],
  ["رز عنبر", "Amber rice", 2_750, "grocery"],
  ["سكر", "Sugar", 1_250, "grocery"],
  ["دبس تمر", "Date syrup", 4_000, "grocery"],
  ["خبز صمون", "Samoon bread", 250, "bakery"],
  ["حليب", "Milk", 1_500, "مشروبات"],
  ["ماء", "Water", 250, "مشروبات"],
  ["عصير رمان", "Pomegranate juice", 1_000, "مشروبات"],
  ["صابون غار", "Laurel soap", 1_750, "household"],
  ["شاحن هاتف", "Phone charger", 7_000, "phones"],
];

const CUSTOMERS = ["أحمد الجبوري", "فاطمة التميمي", "علي الساعدي", "زينب البصري", "Layla Haddad", "Zoë O'Neil"];

/** Fills an empty shop; another till of it may have done so already. */
export async function stockUp() {
  if ((await Product.estimatedDocumentCount()) === 0) {
    await Product.insertMany(
      GOODS.map(([ar, en, price, category], at) => ({
        sku: `SKU-${String(at + 1).padStart(5, "0")}`, name: { ar, en }, price, category,
        cost: (price * 0.813).toFixed(2), stock: 500, barcodes: [`626${String(at).padStart(10, "0")}`],
      })), // prettier-ignore
    );
  }
  if ((await Customer.estimatedDocumentCount()) === 0) {
    await Customer.insertMany(
      CUSTOMERS.map((name, at) => ({
        name, phone: `+96477${10_000_000 + at}`, address: { city: "بغداد", street: at + 1 }, tags: ["Retail"],
      })), // prettier-ignore
    );
  }
}
