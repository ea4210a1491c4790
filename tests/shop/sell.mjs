/**
 * Rings up sales through real Mongoose, one line of output each, until `--count` are done or SIGTERM comes.
 *
 *     node sell.mjs --uri URI --database NAME [--count N] [--every-ms N] [--till NAME]
 *
 * `BOMBA_SHOP_URI` takes the place of `--uri`, which other users of the PC could read.
 */

import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import "./sync.mjs";
import mongoose from "mongoose";

import { Bill, Customer, Log, Payment, Product, Session } from "./models/index.js";
import { stockUp } from "./shelves.mjs";

const STAFF = ["أم علي", "حيدر", "Sara", "مصطفى"];
/** @type {("cash" | "card" | "zaincash")[]} */
const METHODS = ["cash", "cash", "cash", "card", "zaincash"];

const { values: told } = parseArgs({
  options: {
    uri: { type: "string", default: process.env.BOMBA_SHOP_URI ?? "mongodb://127.0.0.1:27017" },
    database: { type: "string", default: "bomba" },
    count: { type: "string", default: "Infinity" },
    "every-ms": { type: "string", default: "1000" },
    till: { type: "string", default: "A" },
  },
});
const closing = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => closing.abort());

await mongoose.connect(told.uri, { dbName: told.database });
await Promise.all([Bill, Product].map((model) => model.init()));
await stockUp();
const session = await Session.create({ user: choice(STAFF), till: told.till });
for (let sale = 0; sale < Number(told.count) && !closing.signal.aborted; sale += 1) {
  if (sale > 0) await pause(Number(told["every-ms"]), undefined, { signal: closing.signal }).catch(() => {});
  if (closing.signal.aborted) break;
  const bill = await sell();
  console.log(`${bill.number}  ${bill.total} IQD  ${bill.status}  ${bill.items.length} items`);
  if (sale % 5 === 4) await payOff();
}
session.closedAt = new Date();
await session.save();
await mongoose.disconnect();

async function sell() {
  const [products, [customer]] = await Promise.all([
    Product.aggregate([{ $match: { active: true } }, { $sample: { size: 1 + Math.floor(Math.random() * 4) } }]),
    Customer.aggregate([{ $sample: { size: 1 } }]),
  ]);
  const items = products.map(({ _id, name, price }) => ({ product: _id, name, price, quantity: 1 + Math.floor(Math.random() * 6) }));
  const total = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const paid = Math.round(total * choice([1, 1, 1, 0.5, 0]));
  const bill = await Bill.create({ number: await nextNumber(), customer: customer._id, items, paid });
  await Product.bulkWrite(items.map(({ product, quantity }) => ({ updateOne: { filter: { _id: product }, update: { $inc: { stock: -quantity } } } })));
  if (paid > 0) await take(bill, paid);
  if (paid < total) await Customer.updateOne({ _id: customer._id }, { $inc: { balance: paid - total } });
  await Log.create({ message: `sold ${bill.number}`, details: { items: items.length, total } });
  return bill;
}

/** Somebody comes back to pay the rest of the oldest bill of this till. */
async function payOff() {
  const bill = await Bill.findOne({ number: ofThisTill(), status: { $ne: "paid" } }).sort({ number: 1 });
  if (bill?.total == null) return;
  const rest = bill.total - bill.paid;
  bill.paid = bill.total;
  await bill.save();
  await take(bill, rest);
  await Customer.updateOne({ _id: bill.customer }, { $inc: { balance: rest } });
}

/**
 * @param {{ _id: mongoose.Types.ObjectId }} bill
 * @param {number} amount
 */
async function take(bill, amount) {
  await Payment.create({ bill: bill._id, amount, method: choice(METHODS), receivedBy: session.user });
  session.takings += amount;
  await session.save();
}

async function nextNumber() {
  const last = await Bill.findOne({ number: ofThisTill() }).sort({ number: -1 }).lean();
  const next = Number(last?.number.split("-")[1] ?? 0) + 1;
  return `${told.till}-${String(next).padStart(6, "0")}`;
}

function ofThisTill() {
  return new RegExp(`^${told.till}-`);
}

/**
 * @template T
 * @param {T[]} values
 * @returns {T}
 */
function choice(values) {
  return /** @type {T} */ (values[Math.floor(Math.random() * values.length)]);
}
