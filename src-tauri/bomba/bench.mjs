/**
 * How many bills a second go through a model host, with the lines printed and parsed on this side too. Each row is the
 * median of the rounds, with the slowest and the fastest; then the bills for each second of the host's processor time,
 * which other programs on the PC disturb less (Linux). `node bench.mjs [MAJOR]`
 */

import { readFileSync } from "node:fs";

import { BILL, folder } from "./tests/rig/folder.mjs";
import { startHost } from "./tests/rig/engine.mjs";

const BATCH = 250;
const BATCHES = 24;
const ROUNDS = 5;
const ITEMS = 4;

/** @type {(() => void)[]} */
const endings = [];
const test = { after: (/** @type {() => void} */ done) => void endings.push(done) };
const int = (/** @type {number} */ value) => ({ $numberInt: String(value) });
const oid = (/** @type {number} */ value) => ({ $oid: value.toString(16).padStart(24, "6") });

/** @param {number} at @param {boolean} isComputed */
function bill(at, isComputed) {
  const items = Array.from({ length: ITEMS }, (_, item) => ({
    product: `P-${item}`, name: "شاي أخضر / green tea", quantity: int(1 + (at % 5)), price: int(250 * (1 + item)), _id: oid(at * 10 + item),
  })); // prettier-ignore
  const total = items.reduce((sum, { quantity, price }) => sum + Number(quantity.$numberInt) * Number(price.$numberInt), 0);
  const computed = isComputed ? { total: int(total), status: "paid" } : {};
  const date = { $date: { $numberLong: String(1_764_000_000_000 + at) } };
  return {
    _id: oid(at), number: `A-${at}`, customer: oid(7), items, ...computed, paid: int(total), note: "", createdAt: date, updatedAt: date, __v: int(0),
  }; // prettier-ignore
}

const indexes = Array.from({ length: BATCH }, (_, at) => at);
const changed = (/** @type {number} */ at) => {
  const existing = bill(at, true);
  return { incoming: { ...bill(at + 1, false), _id: existing._id }, existing };
};
const paid = (/** @type {number} */ at) => {
  const existing = { ...bill(at, true), paid: int(0), status: "open" };
  return { incoming: { ...existing, paid: int(1), updatedAt: { $date: { $numberLong: "1764000000000" } } }, existing };
};
const rows = {
  "new, computed by the PC that sold it": indexes.map((at) => ({ incoming: bill(at, true) })),
  "new, made on Atlas: total and status missing": indexes.map((at) => ({ incoming: bill(at, false) })),
  "changed on Atlas: a payment, and so the status": indexes.map(paid),
  "changed on Atlas: every item replaced, and so the total and status": indexes.map(changed),
};

const host = startHost(folder(Number(process.argv[2] ?? 9), { "bill.js": BILL }, test), test);
console.log(`mongoose ${(await host.read()).ready.mongoose}, node ${process.version}, ${BATCHES} batches of ${BATCH} bills with ${ITEMS} items`);
for (const [name, tasks] of Object.entries(rows)) {
  await host.batch("bills", tasks);
  /** @type {number[]} */
  const figures = [];
  const used = processorSeconds(host.child.pid);
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let batch = 0; batch < BATCHES; batch += 1) await host.batch("bills", tasks);
    figures.push((BATCH * BATCHES * 1_000) / (performance.now() - start));
  }
  figures.sort((one, other) => one - other);
  const perProcessorSecond = (BATCH * BATCHES * ROUNDS) / (processorSeconds(host.child.pid) - used);
  const [least, median, most] = [0, ROUNDS >> 1, ROUNDS - 1].map((at) => Math.round(figures[at] ?? 0));
  console.log(`${name}: ${median} a second (${least} to ${most}); ${Math.round(perProcessorSecond)} for a second of processor time`);
}
for (const end of endings) end();

/** @param {number | undefined} pid */
function processorSeconds(pid) {
  const TICKS_A_SECOND = 100;
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13) ?? [];
    return (Number(user) + Number(system)) / TICKS_A_SECOND;
  } catch {
    return NaN;
  }
}
