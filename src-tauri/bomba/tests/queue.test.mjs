/**
 * What the middleware asks of a queue: the owner's own. And a queue that fails.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { createSyncMiddleware } from "../middleware/index.mjs";
import { MAJORS } from "./rig/folder.mjs";
import { openShops } from "./rig/shop.mjs";

const { shop, close } = await openShops();
after(close);

const DUPLICATE_KEY = 11000;
const REFUSED_BY_VALIDATION = 121;

/** @param {{ told: any[], names?: string[] }} options */
function ownQueue({ told, names = ["enqueue"] }) {
  const note = (/** @type {string} */ name) => (/** @type {any} */ operations, /** @type {any} */ context) => {
    for (const operation of [operations].flat()) told.push({ name, ...operation, context });
  };
  return /** @type {any} */ (Object.fromEntries(names.map((name) => [name, note(name)])));
}

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 4 }, () => {
    test("a queue that cannot confirm is told once, after the write, and after one that fails", async (test) => {
      /** @type {any[]} */
      const told = [];
      const { plugin } = createSyncMiddleware(ownQueue({ told }));
      const write = { before: () => void told.push({ name: "write" }), after: () => void told.push({ name: "written" }) };
      const { Bill } = await shop(major, "standalone", { test, plugin, write });
      await Bill.updateMany({ _id: { $gt: 1 } }, { status: "paid" });
      await assert.rejects(Bill.create({ _id: 9, number: "A-1" }));
      await Bill.collection.insertOne({ number: "C-1" });
      assert.deepEqual(told.map(({ name, documentId, done }) => [name, typeof documentId, done]), [
        ["write", "undefined", undefined],
        ["written", "undefined", undefined],
        ["enqueue", "number", true],
        ["enqueue", "number", true],
        ["write", "undefined", undefined],
        ["written", "undefined", undefined],
        ["enqueue", "number", true],
        ["write", "undefined", undefined],
        ["written", "undefined", undefined],
        ["enqueue", "object", true],
      ]); // prettier-ignore
    });

    test("a queue that cannot confirm is told within the transaction", async (test) => {
      /** @type {any[]} */
      const told = [];
      const { plugin } = createSyncMiddleware(ownQueue({ told }), { always: true });
      const { mongoose, Bill } = await shop(major, "replicaSet", { test, plugin });
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      await session.withTransaction(() => Bill.updateOne({ _id: 1 }, { status: "paid" }, { session }));
      assert.deepEqual(told.map(({ documentId, done, context }) => [documentId, done, context.session === session]), [[1, true, true]]);
    });

    test("a queue that can is told of the same rows twice", async (test) => {
      /** @type {any[]} */
      const told = [];
      const { plugin } = createSyncMiddleware(ownQueue({ told, names: ["enqueue", "confirm"] }));
      const { Bill } = await shop(major, "standalone", { test, plugin });
      await Bill.updateMany({ _id: { $gt: 1 } }, { status: "paid" });
      const rows = told.map(({ name, documentId, done }) => [name, documentId, done]);
      assert.deepEqual(rows, [["enqueue", 2, false], ["enqueue", 3, false], ["confirm", 2, true], ["confirm", 3, true]]); // prettier-ignore
      const ids = told.map(({ _id }) => String(_id));
      assert.deepEqual(ids.slice(2), ids.slice(0, 2));
    });

    test("a row that cannot be confirmed stops no sale and hides no error", async (test) => {
      /** @type {any[]} */
      const told = [];
      const options = { onError: (/** @type {any} */ error, /** @type {any[]} */ [{ documentId, done }]) => told.push([error.code, documentId, done]) };
      const { Bill, database, said } = await shop(major, "standalone", { test, options });
      await database.createCollection("_sync_queue", { validator: { done: false } });
      await Bill.updateOne({ _id: 1 }, { status: "paid" });
      await assert.rejects(Bill.create({ _id: 9, number: "A-1" }), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
      assert.equal((await Bill.findById(1)).status, "paid");
      assert.deepEqual(told, [[REFUSED_BY_VALIDATION, 1, true], [REFUSED_BY_VALIDATION, 9, true]]); // prettier-ignore
      assert.deepEqual(await said({ done: false }), ["update 1", "insert 9"]);
    });

    test("an onError that throws stops no sale and hides no error", async (test) => {
      const printed = test.mock.method(console, "error", () => {});
      const options = { onError: () => assert.fail("no paper in the printer") };
      const { Bill, database } = await shop(major, "standalone", { test, options });
      await database.createCollection("_sync_queue", { validator: { never: { $exists: true } } });
      await Bill.updateOne({ _id: 1 }, { status: "paid" });
      await assert.rejects(Bill.create({ _id: 9, number: "A-1" }), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
      assert.match(String(printed.mock.calls[0]?.arguments[1]), /no paper/);
    });
  });
}
