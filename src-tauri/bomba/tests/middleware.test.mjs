/**
 * Every way to write through Mongoose leaves its rows in `_sync_queue`, with a real server of each kind and each major
 * version of Mongoose.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, describe, test } from "node:test";

import { bombaSync, createSyncMiddleware } from "../middleware/index.mjs";
import { MAJORS } from "./rig/folder.mjs";
import { until } from "./rig/mongod.mjs";
import { openShops } from "./rig/shop.mjs";

const { shop, close } = await openShops();
after(close);

/**
 * What each way to write leaves in the queue; then what of it can be known only after the write, and what was noted
 * before it and did not happen.
 *
 * @type {Record<string, [act: (Bill: any, mongoose: any) => any, expected: string[], late?: string[], vain?: string[]]>}
 */
const WRITES = {
  "save of a new document": [(Bill) => new Bill({ _id: 9, number: "A-9" }).save(), ["insert 9"]],
  "save of a changed one": [async (Bill) => Object.assign(await Bill.findById(1), { status: "paid" }).save(), ["update 1"]],
  "save of an unchanged one": [async (Bill) => (await Bill.findById(1)).save(), []],
  "create of several": [(Bill) => Bill.create([{ _id: 8, number: "A-8" }, { _id: 9, number: "A-9" }]), ["insert 8", "insert 9"]],
  insertMany: [(Bill) => Bill.insertMany([{ _id: 8, number: "A-8" }, { _id: 9, number: "A-9" }]), ["insert 8", "insert 9"]],
  "insertMany, of which one fails": [
    (Bill) => assert.rejects(Bill.insertMany([{ _id: 8, number: "A-1" }, { _id: 9, number: "A-9" }], { ordered: false })),
    ["insert 9"],
    [],
    ["insert 8"],
  ],
  "updateOne by id": [(Bill) => Bill.updateOne({ _id: 2 }, { status: "paid" }), ["update 2"]],
  "updateOne by filter": [(Bill) => Bill.updateOne({ number: "A-2" }, { status: "paid" }), ["update 2"]],
  "updateOne that matches nothing": [(Bill) => Bill.updateOne({ number: "none" }, { status: "paid" }), []],
  "updateOne that inserts": [(Bill) => Bill.updateOne({ _id: 7, number: "A-7" }, { status: "paid" }, { upsert: true }), ["update 7"]],
  "updateOne that finds what it might insert": [(Bill) => Bill.updateOne({ number: "A-3" }, { status: "paid" }, { upsert: true }), ["update 3"]],
  "updateMany by filter": [(Bill) => Bill.updateMany({ number: /A-[12]/ }, { status: "paid" }), ["update 1", "update 2"]],
  replaceOne: [(Bill) => Bill.replaceOne({ number: "A-3" }, { number: "A-33" }), ["replace 3"]],
  findOneAndUpdate: [(Bill) => Bill.findOneAndUpdate({ status: "open" }, { status: "paid" }, { sort: { number: -1 } }), ["update 3"]],
  findByIdAndUpdate: [(Bill) => Bill.findByIdAndUpdate(2, { status: "paid" }), ["update 2"]],
  findOneAndReplace: [(Bill) => Bill.findOneAndReplace({ number: "A-2" }, { number: "A-22" }), ["replace 2"]],
  findOneAndDelete: [(Bill) => Bill.findOneAndDelete({ number: "A-2" }), ["delete 2"]],
  findByIdAndDelete: [(Bill) => Bill.findByIdAndDelete(2), ["delete 2"]],
  "deleteOne by filter": [(Bill) => Bill.deleteOne({ number: "A-1" }), ["delete 1"]],
  "deleteMany by filter": [(Bill) => Bill.deleteMany({ number: { $ne: "A-2" } }), ["delete 1", "delete 3"]],
  "deleteMany of all": [(Bill) => Bill.deleteMany(), ["delete 1", "delete 2", "delete 3"]],
  "a document's updateOne": [async (Bill) => (await Bill.findById(1)).updateOne({ status: "paid" }), ["update 1"]],
  "a document's deleteOne": [async (Bill) => (await Bill.findById(1)).deleteOne(), ["delete 1"]],
  bulkWrite: [
    (Bill) =>
      Bill.bulkWrite([
        { insertOne: { document: { _id: 9, number: "A-9", status: "open" } } },
        { updateOne: { filter: { _id: 1 }, update: { status: "paid" } } },
        { updateMany: { filter: { status: "open" }, update: { $push: { items: { name: "tea" } } } } },
        { deleteOne: { filter: { number: "A-3" } } },
      ]),
    ["delete 3", "insert 9", "update 1", "update 2", "update 3", "update 9"],
    ["update 9"],
  ],
  bulkSave: [
    async (Bill) => {
      const bill = await Bill.findById(1);
      bill.status = "paid";
      await Bill.bulkSave([bill, new Bill({ _id: 9, number: "A-9" })]);
    },
    ["insert 9", "update 1"],
  ],
  "the collection behind the model": [(Bill) => Bill.collection.insertOne({ _id: 9, number: "A-9" }), ["insert 9"]],
  "a write that asks not to be noted": [(Bill) => Bill.updateMany({}, { status: "paid" }, { bombaSync: false }), []],
  "a save that asks not to be noted": [(Bill) => new Bill({ _id: 9, number: "A-9" }).save({ bombaSync: false }), []],
  "insertMany that asks not to be noted": [(Bill) => Bill.insertMany([{ _id: 9, number: "A-9" }], { bombaSync: false }), []],
  "a bulkWrite that asks not to be noted": [(Bill) => Bill.bulkWrite([{ deleteOne: { filter: { _id: 1 } } }], { bombaSync: false }), []],
  "a replicated document": [
    async (Bill) => {
      const bill = await Bill.findById(1);
      bill.$locals.replicated = true;
      bill.status = "paid";
      await bill.save();
      await bill.updateOne({ status: "open" });
      await bill.deleteOne();
    },
    [],
  ],
};

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 4 }, () => {
    for (const [name, [act, expected, late = [], vain = []]] of Object.entries(WRITES)) {
      test(`${name} on a standalone`, async (test) => {
        const early = new Set();
        const before = async () => (await said({ done: false })).forEach((/** @type {string} */ row) => early.add(row));
        const { Bill, mongoose, said } = await shop(major, "standalone", { test, write: { before } });
        await act(Bill, mongoose);
        assert.deepEqual([...new Set(await said({ done: true }))].sort(), [...new Set(expected)].sort());
        assert.deepEqual(await said({ done: { $ne: true } }), []);
        assert.deepEqual([...early].sort(), [...new Set([...expected, ...vain])].filter((row) => !late.includes(row)).sort());
      });
      test(`${name} on a replica set needs no rows, and gets them on demand`, async (test) => {
        const quiet = await shop(major, "replicaSet", { test });
        await act(quiet.Bill, quiet.mongoose);
        assert.deepEqual(await quiet.said(), []);
        const { Bill, mongoose, said } = await shop(major, "replicaSet", { test, options: { always: true } });
        await act(Bill, mongoose);
        assert.deepEqual([...new Set(await said())].sort(), [...new Set(expected)].sort());
      });
    }

    test("an upsert's new id is noted", async (test) => {
      const { Bill, database, said } = await shop(major, "standalone", { test });
      await Bill.updateOne({ number: "A-77" }, { status: "open", $setOnInsert: { _id: 77 } }, { upsert: true });
      const upsert = { upsert: true };
      assert.equal(await Bill.findOneAndUpdate({ number: "A-78" }, { number: "A-79", $setOnInsert: { _id: 78 } }, upsert), null);
      const made = await Bill.findOneAndReplace({ number: "A-80" }, { _id: 80, number: "A-80" }, { ...upsert, new: true });
      assert.equal(made.number, "A-80");
      assert.deepEqual(await said(), ["insert 77", "insert 78", "insert 80"]);
      assert.equal(await database.collection("bills").countDocuments({ _id: { $in: [77, 78, 80] } }), 3);
    });

    test("a row says who wrote what and when, and comes before the document", async (test) => {
      const { mongoose, Bill, database, rows } = await shop(major, "standalone", { test });
      await database.collection("_sync_metadata").insertOne({ _id: "identity", instanceId: "11111111-2222-4333-8444-555555555555" });
      /** @type {string[]} */
      const commands = [];
      mongoose.connection.getClient().on("commandStarted", (/** @type {any} */ { commandName, command }) => {
        if (["insert", "update"].includes(commandName)) commands.push(`${commandName} ${command[commandName]}`);
      });
      const start = new Date();
      await Bill.updateOne({ number: "A-1" }, { status: "paid" });
      const [{ _id, timestamp, ...row }] = await rows();
      assert.deepEqual(commands, ["update _sync_metadata", "insert _sync_queue", "update bills", "update _sync_queue"]);
      assert.deepEqual(row, {
        collection: "bills", documentId: 1, operation: "update", origin: "local", instanceId: "11111111-2222-4333-8444-555555555555", done: true,
      }); // prettier-ignore
      assert.ok(timestamp >= start && timestamp <= new Date());
      assert.equal(_id._bsontype, "ObjectId");
    });

    test("tills that take bills at the same time note each one they took", async (test) => {
      const { Bill, database, said } = await shop(major, "standalone", { test });
      const open = Array.from({ length: 40 }, (_, at) => ({ _id: 100 + at, number: `B-${at}`, status: "waiting" }));
      await database.collection("bills").insertMany(open);
      const taken = await Promise.all(open.map(() => Bill.findOneAndUpdate({ status: "waiting" }, { status: "taken" })));
      assert.equal(new Set(taken.map(({ _id }) => _id)).size, open.length);
      const noted = new Set(await said());
      assert.deepEqual(open.filter(({ _id }) => !noted.has(`update ${_id}`)), []);
    });

    test("a bill that comes between the look and the write is noted or not touched", async (test) => {
      /** @type {any[]} */
      const noted = [];
      const enqueue = async (/** @type {any} */ { documentId }, /** @type {any} */ { connection }) => {
        noted.push(documentId);
        if (noted.length === 1) await connection.db.collection("bills").insertOne({ _id: 200, number: "C-1", status: "open" });
      };
      const { plugin } = createSyncMiddleware({ enqueue, confirm: () => {} });
      const { Bill, database } = await shop(major, "standalone", { test, plugin });
      const bills = database.collection("bills");
      const { modifiedCount } = await Bill.updateMany({ status: "open" }, { status: "paid" });
      assert.deepEqual([modifiedCount, noted], [3, [1, 2, 3]]);
      assert.equal((await bills.findOne({ _id: 200 })).status, "open");
      const late = await Bill.deleteMany({ _id: { $gt: 1 }, status: /open|paid/ });
      assert.deepEqual([late.deletedCount, noted.slice(3)], [3, [2, 3, 200]]);
    });

    test("a transaction takes its rows with it", async (test) => {
      const { mongoose, Bill, database, said } = await shop(major, "replicaSet", { test, options: { always: true } });
      await database.createCollection("_sync_queue");
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      await assert.rejects(
        session.withTransaction(async () => {
          await Bill.create([{ _id: 8, number: "A-8" }], { session });
          await Bill.updateMany({ status: "open" }, { status: "paid" }, { session });
          assert.deepEqual(await said(), [], "nobody else sees the rows yet");
          throw new Error("the customer walks away");
        }),
        /walks away/,
      );
      assert.deepEqual(await said(), []);
      await session.withTransaction(() => Bill.create([{ _id: 9, number: "A-9" }], { session }));
      assert.deepEqual(await said(), ["insert 9"]);
    });

    test("a queue that takes no rows stops no sale", async (test) => {
      /** @type {unknown[]} */
      const told = [];
      const options = { onError: (/** @type {any} */ error, /** @type {any[]} */ rows) => told.push(error.code, rows[0].documentId) };
      const { Bill, database } = await shop(major, "standalone", { test, options });
      await database.createCollection("_sync_queue", { validator: { never: { $exists: true } } });
      await Bill.create({ _id: 9, number: "A-9" });
      assert.equal(await database.collection("bills").countDocuments({ _id: 9 }), 1);
      assert.deepEqual(told, [121, 9, 121, 9]);
    });

    test("the owner's queue manager and its switch", async (test) => {
      /** @type {any[]} */
      const queued = [];
      const config = { enabled: true };
      const { plugin } = createSyncMiddleware({ enqueue: (operation) => void queued.push(operation) }, config);
      const { Bill } = await shop(major, "standalone", { test, plugin });
      await Bill.updateOne({ _id: 1 }, { status: "paid" });
      config.enabled = false;
      await Bill.updateOne({ _id: 2 }, { status: "paid" });
      config.enabled = true;
      await Bill.deleteOne({ _id: 3 });
      assert.deepEqual(queued.map(({ operation, documentId, origin }) => [operation, documentId, origin]), [["update", 1, "local"], ["delete", 3, "local"]]); // prettier-ignore
    });

    test("the owner's hooks hung up by hand", async (test) => {
      /** @type {any[]} */
      const queued = [];
      const { postSave, postDelete } = createSyncMiddleware({ enqueue: (operation) => void queued.push(operation) });
      const plugin = (/** @type {any} */ schema) => {
        schema.post("save", postSave);
        schema.post("findOneAndDelete", postDelete);
      };
      const { Bill } = await shop(major, "standalone", { test, plugin });
      await Bill.create({ _id: 9, number: "A-9" });
      await Bill.findOneAndDelete({ _id: 1 });
      await until(() => queued.length === 2, () => queued);
      assert.deepEqual(queued.map(({ collection, operation, documentId }) => [collection, operation, documentId]), [["bills", "update", 9], ["bills", "delete", 1]]); // prettier-ignore
    });
  });
}

test("CommonJS and ES modules get the same functions", () => {
  assert.deepEqual(createRequire(import.meta.url)("../middleware/index.cjs"), { bombaSync, createSyncMiddleware });
});
