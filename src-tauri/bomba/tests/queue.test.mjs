/**
 * What the middleware asks of a queue: the owner's own, and Local's with its mark. And a queue that fails.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, describe, test } from "node:test";

import { createSyncMiddleware } from "../middleware/index.mjs";
import { MAJORS } from "./rig/folder.mjs";
import { openShops } from "./rig/shop.mjs";

const { version } = createRequire(import.meta.url)("../middleware/package.json");

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
    test("a queue that cannot confirm is told once, after the write, and not of one that fails", async (test) => {
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

    test("a queue that can is told of what it noted in vain, if it wants to hear", async (test) => {
      for (const names of [["enqueue", "confirm", "withdraw"], ["enqueue", "confirm"], ["enqueue"]]) {
        /** @type {any[]} */
        const told = [];
        const { plugin } = createSyncMiddleware(ownQueue({ told, names }));
        const { Bill } = await shop(major, "standalone", { test, plugin });
        await Bill.updateOne({ _id: 1 }, { status: "open" });
        await assert.rejects(Bill.insertMany([{ _id: 8, number: "A-1" }, { _id: 9, number: "A-9" }], { ordered: false }));
        const rows = told.map(({ name, documentId, done }) => `${name} ${documentId} ${done}`);
        assert.deepEqual(rows, {
          1: ["enqueue 9 true"],
          2: ["enqueue 1 false", "enqueue 8 false", "enqueue 9 false", "confirm 9 true"],
          3: ["enqueue 1 false", "withdraw 1 false", "enqueue 8 false", "enqueue 9 false", "confirm 9 true", "withdraw 8 false"],
        }[names.length]); // prettier-ignore
      }
    });

    test("a row that cannot be taken back stops no sale and hides no error", async (test) => {
      /** @type {any[]} */
      const told = [];
      const queue = { ...ownQueue({ told: [], names: ["enqueue", "confirm"] }), withdraw: () => assert.fail("no hands") };
      const { plugin } = createSyncMiddleware(queue, { onError: (/** @type {any} */ { message }, [row]) => told.push([message, row?.documentId]) });
      const { Bill } = await shop(major, "standalone", { test, plugin });
      assert.equal((await Bill.updateOne({ _id: 1 }, { status: "open" })).modifiedCount, 0);
      await assert.rejects(Bill.create({ _id: 9, number: "A-1" }), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
      assert.deepEqual(told, [["no hands", 1], ["no hands", 9]]); // prettier-ignore
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
      assert.deepEqual(told, [[REFUSED_BY_VALIDATION, 1, true]]);
      assert.deepEqual(await said({ done: false }), ["update 1"]);
    });

    test("a server that is gone is not waited for once more when it took no row before", async (test) => {
      /** @type {any[]} */
      const told = [];
      const enqueue = () => assert.fail("gone");
      const { plugin } = createSyncMiddleware({ ...ownQueue({ told, names: ["confirm"] }), enqueue }, { onError: () => {} });
      const write = { before: () => mongoose.disconnect(), after: () => assert.fail("no server") };
      const { mongoose, Bill } = await shop(major, "standalone", { test, plugin, write });
      await assert.rejects(Bill.create({ _id: 9, number: "A-9" }), /no server/);
      assert.deepEqual(told, []);
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

    test("a standalone bears a mark from the first write on, one for each time it is connected to", async (test) => {
      const { mongoose, connect, Bill, database } = await shop(major, "standalone", { test });
      const metadata = database.collection("_sync_metadata");
      const find = () => metadata.findOne({ _id: "middleware" });
      assert.equal(await find(), null);
      const start = new Date();
      await Promise.all([Bill.updateOne({ number: "none" }, { status: "paid" }), Bill.updateOne({ _id: 2 }, { status: "paid" })]);
      const { seen, ...mark } = await find();
      assert.deepEqual(mark, { _id: "middleware", version, mongoose: mongoose.version });
      assert.ok(seen >= start && seen <= new Date());
      await metadata.deleteMany({});
      await Bill.updateOne({ _id: 2 }, { status: "open" });
      assert.equal(await find(), null);
      await mongoose.disconnect();
      await connect();
      await Bill.updateOne({ _id: 2 }, { status: "paid" });
      assert.equal((await find()).version, version);
    });

    test("a mark that cannot be left is told once and stops no sale", async (test) => {
      /** @type {any[]} */
      const told = [];
      const options = { onError: (/** @type {any} */ error, /** @type {any[]} */ rows) => told.push([error.code, rows]) };
      const { Bill, database, said } = await shop(major, "standalone", { test, options });
      await database.createCollection("_sync_metadata", { validator: { never: { $exists: true } } });
      await Bill.updateOne({ _id: 1 }, { status: "paid" });
      await Bill.updateOne({ _id: 2 }, { status: "paid" });
      assert.deepEqual([told, await said({ done: true })], [[[REFUSED_BY_VALIDATION, []]], ["update 1", "update 2"]]);
    });

    test("no mark is left on a replica set, and none for a queue that the engine does not read", async (test) => {
      const always = await shop(major, "replicaSet", { test, options: { always: true } });
      const { plugin } = createSyncMiddleware(ownQueue({ told: [] }));
      const own = await shop(major, "standalone", { test, plugin });
      for (const { Bill, database } of [always, own]) {
        await Bill.updateOne({ _id: 1 }, { status: "paid" });
        assert.equal(await database.collection("_sync_metadata").countDocuments(), 0);
      }
    });
  });
}

test("the mark tells the version that the engine has too", () => {
  const workspace = readFileSync(path.resolve(import.meta.dirname, "../../../Cargo.toml"), "utf8");
  assert.equal(version, workspace.match(/^version = "(.+)"$/m)?.[1]);
});
