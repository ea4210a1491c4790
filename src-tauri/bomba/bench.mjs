/**
 * How many bills a second go through a model host, with the lines printed and parsed on this side too. Each row is the
 * median of the rounds. `node bench.mjs [MAJOR]`
 */

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
const rows = {
  "new, computed by the PC that sold it": indexes.map((at) => ({ incoming: bill(at, true) })),
  "new, made on Atlas: total and status missing": indexes.map((at) => ({ incoming: bill(at, false) })),
  "changed on Atlas: every item, total and status": indexes.map(changed),
};

const host = startHost(folder(Number(process.argv[2] ?? 9), { "bill.js": BILL }, test), test);
console.log(`mongoose ${(await host.read()).ready.mongoose}, node ${process.version}, ${BATCHES} batches of ${BATCH} bills with ${ITEMS} items`);
for (const [name, tasks] of Object.entries(rows)) {
  await host.batch("bills", tasks);
  const figures = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    for (let batch = 0; batch < BATCHES; batch += 1) await host.batch("bills", tasks);
    figures.push((BATCH * BATCHES * 1_000) / (performance.now() - start));
  }
  figures.sort((one, other) => one - other);
  console.log(`${name}: ${Math.round(figures[ROUNDS >> 1] ?? 0)} a second (${Math.round(figures[0] ?? 0)} to ${Math.round(figures.at(-1) ?? 0)})`);
}
for (const end of endings) end();
