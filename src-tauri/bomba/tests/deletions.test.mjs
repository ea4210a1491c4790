/**
 * A deletion is noted for what has been deleted and for nothing else: the engine makes it everywhere, and a document
 * whose deletion nobody notes comes back.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { createSyncMiddleware } from "../middleware/index.mjs";
import { MAJORS } from "./rig/folder.mjs";
import { openShops } from "./rig/shop.mjs";

const { shop, close } = await openShops();
after(close);

const DUPLICATE_KEY = 11000;

const drafts = { status: "draft" };
const open = { status: "open" };
const old = { $set: { status: "old" } };
// Mongoose puts its own document into the step.
const clash = () => ({ insertOne: { document: { _id: 9, number: "A-1" } } });
const refused = (/** @type {Promise<unknown>} */ write) => assert.rejects(write, (/** @type {any} */ error) => error.code === DUPLICATE_KEY);

/**
 * What is done, to the bills 1, 2 and 3, which are open, and which deletions the queue then tells of.
 *
 * @type {Record<string, [act: (Bill: any) => Promise<unknown>, deleted: number[]]>}
 */
const CASES = {
  "deleteOne by id of a bill in another state": [(Bill) => Bill.deleteOne({ _id: 1, ...drafts }), []],
  "deleteOne by id": [(Bill) => Bill.deleteOne({ _id: 1, ...open }), [1]],
  "deleteOne of a bill that is not here": [(Bill) => Bill.deleteOne({ _id: 50 }), []],
  "deleteMany by id of a bill in another state": [(Bill) => Bill.deleteMany({ _id: 1, ...drafts }), []],
  "deleteMany of a bill that is not here": [(Bill) => Bill.deleteMany({ _id: 50 }), []],
  "findOneAndDelete by id that finds nothing": [async (Bill) => assert.equal(await Bill.findOneAndDelete({ _id: 1, ...drafts }), null), []],
  "findByIdAndDelete": [async (Bill) => assert.equal((await Bill.findByIdAndDelete(2)).number, "A-2"), [2]],
  "a document's deleteOne, with a version that has changed": [async (Bill) => Bill.deleteOne({ _id: 1, __v: 7 }), []],
  "deleteOne in an order, which MongoDB does not know there": [(Bill) => Bill.deleteOne(open, { sort: { number: -1 } }), [1]],
  "findOneAndDelete in order": [(Bill) => Bill.findOneAndDelete(open, { sort: { number: -1 } }), [3]],

  "bulk: deleteOne by id of a bill in another state": [(Bill) => Bill.bulkWrite([{ deleteOne: { filter: { _id: 1, ...drafts } } }]), []],
  "bulk: deleteOne of a bill that is not here": [(Bill) => Bill.bulkWrite([{ deleteOne: { filter: { _id: 50 } } }]), []],
  "bulk: deleteOne of what several are": [(Bill) => Bill.bulkWrite([{ deleteOne: { filter: open } }]), [1]],
  "bulk: deleteOne of them, twice": [(Bill) => Bill.bulkWrite([{ deleteOne: { filter: open } }, { deleteOne: { filter: open } }]), [1, 2]],
  "bulk: deleteOne of what is left by deleteMany": [(Bill) => Bill.bulkWrite([{ deleteMany: { filter: { _id: { $lt: 3 } } } }, { deleteOne: { filter: open } }]), [1, 2, 3]],
  "bulk: deleteOne of what is left by an update": [(Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 1 }, update: old } }, { deleteOne: { filter: open } }]), [2]],
  "bulk: deleteMany": [(Bill) => Bill.bulkWrite([{ deleteMany: { filter: { _id: { $gt: 1 } } } }]), [2, 3]],
  "bulk: an update and a deletion of one bill": [(Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 1 }, update: old } }, { deleteOne: { filter: { _id: 1 } } }]), [1]],
  "bulk: deleteMany of what an update by filter makes of them": [
    (Bill) => Bill.bulkWrite([{ updateMany: { filter: { number: /[12]$/ }, update: old } }, { deleteMany: { filter: { status: "old" } } }]),
    [1, 2],
  ],
  "bulk: deleteMany of what an update by id makes of it": [
    (Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 3 }, update: old } }, { deleteMany: { filter: { status: "old" } } }]),
    [3],
  ],
  "bulk: in any order": [
    (Bill) => Bill.bulkWrite([{ deleteOne: { filter: open } }, { updateOne: { filter: open, update: old } }, { deleteOne: { filter: open } }], { ordered: false }),
    [2, 3],
  ],
  "bulk: what it inserts itself": [(Bill) => Bill.bulkWrite([{ insertOne: { document: { _id: 9, number: "A-9" } } }, { deleteOne: { filter: { _id: 9 } } }]), [9]],
  "bulk: what it upserts itself": [
    (Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 8 }, update: { number: "A-8" }, upsert: true } }, { deleteOne: { filter: { number: "A-8" } } }]),
    [8],
  ],
  "bulk: an update of a bill that is not here, and a deletion": [
    (Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 50 }, update: old } }, { deleteOne: { filter: { _id: 1 } } }]),
    [1],
  ],
  "bulk: an insert that is refused before the deletion": [(Bill) => refused(Bill.bulkWrite([clash(), { deleteOne: { filter: { _id: 2 } } }])), []],
  "bulk: one that is refused after the deletion": [(Bill) => refused(Bill.bulkWrite([{ deleteOne: { filter: { _id: 2 } } }, clash()])), [2]],
  "bulk: one that is refused beside it": [(Bill) => refused(Bill.bulkWrite([clash(), { deleteOne: { filter: open } }], { ordered: false })), [1]],
}; // prettier-ignore

/** @param {any[]} rows @param {string} operation */
const noted = (rows, operation) => [...new Set(rows.filter((row) => row.operation === operation).map(({ documentId }) => documentId))].sort();

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 4 }, () => {
    for (const [name, [act, deleted]] of Object.entries(CASES)) {
      for (const kind of /** @type {const} */ (["standalone", "replicaSet"])) {
        test(`${name}, on a ${kind}`, async (test) => {
          const { Bill, mongoose, database, rows } = await shop(major, kind, { test, options: { always: true } });
          if (kind === "replicaSet") await database.createCollection("_sync_queue");
          await act(Bill);
          assert.deepEqual(noted(await rows(), "delete"), deleted);
          assert.deepEqual(await rows({ done: { $ne: true } }), []);
          const here = await database.collection("bills").distinct("_id");
          assert.deepEqual(deleted.filter((id) => here.includes(id)), []);
          assert.deepEqual([1, 2, 3].filter((id) => !here.includes(id) && !deleted.includes(id)), []);
          await mongoose.disconnect();
        });
      }
    }

    test("an update row of a bill that is deleted has its deletion beside it, and another id that looks alike has its own", async (test) => {
      const { mongoose, database, rows } = await shop(major, "standalone", { test });
      const Thing = mongoose.model("Thing", new mongoose.Schema({ _id: {}, status: String }, { collection: "things" }));
      const all = [1, "1", { shop: 1 }, { shop: 2 }];
      await database.collection("things").insertMany(all.map((_id) => ({ _id, ...open })));
      await Thing.bulkWrite([{ updateMany: { filter: open, update: old } }, { deleteMany: { filter: { status: "old" } } }]);
      for (const kind of ["update", "delete"]) assert.deepEqual((await rows({ operation: kind })).map((/** @type {any} */ { documentId }) => documentId), all);
    });

    test("what leaves the filter between the look and the write is not deleted", async (test) => {
      for (const write of ["deleteOne", "deleteMany", "findOneAndDelete"]) {
        const before = async () => void (await database.collection("bills").updateMany(open, { $set: { status: "paid" } }));
        const { Bill, database, rows } = await shop(major, "standalone", { test, write: { before } });
        await Bill[write]({ number: { $in: ["A-1", "A-2"] }, ...open });
        assert.deepEqual([await rows(), await database.collection("bills").countDocuments()], [[], 3], write);
      }
    });

    test("of several of which one leaves the filter only the others are confirmed", async (test) => {
      const before = async () => void (await database.collection("bills").updateOne({ _id: 2 }, { $set: { status: "paid" } }));
      const { Bill, database, said } = await shop(major, "standalone", { test, write: { before } });
      assert.equal((await Bill.deleteMany(open)).deletedCount, 2);
      assert.deepEqual(await said(), ["delete 1", "delete 3"]);
      assert.deepEqual(await said({ done: true }), ["delete 1", "delete 3"]);
    });

    test("what comes into the filter after the look is not deleted either", async (test) => {
      const before = async () => void (await database.collection("bills").updateMany({}, { $set: drafts }));
      const { Bill, database, rows } = await shop(major, "standalone", { test, write: { before } });
      assert.equal((await Bill.deleteOne(drafts)).deletedCount, 0);
      assert.deepEqual([await rows(), await database.collection("bills").countDocuments()], [[], 3]);
    });

    test("tills that take bills away at the same time each note their own", async (test) => {
      const { Bill, database, said } = await shop(major, "standalone", { test });
      const waiting = Array.from({ length: 20 }, (_, at) => ({ _id: 100 + at, number: `B-${at}`, status: "waiting" }));
      await database.collection("bills").insertMany(waiting);
      const taken = await Promise.all(waiting.map(() => Bill.findOneAndDelete({ status: "waiting" })));
      assert.equal(new Set(taken.map(({ _id }) => _id)).size, waiting.length);
      assert.deepEqual((await said({ done: true })).sort(), waiting.map(({ _id }) => `delete ${_id}`));
      assert.deepEqual(await said({ done: false }), []);
    });

    for (const [name, lose] of Object.entries({ "network error": lostAnswer, "write concern 0": undefined })) {
      test(`where the server does not answer (${name}) a deletion stays as it was noted, and a queue told once hears nothing`, async (test) => {
        const options = lose ? {} : { writeConcern: { w: 0 } };
        /** @type {((Bill: any) => Promise<unknown>)[]} */
        const writes = [
          (Bill) => Bill.deleteOne({ _id: 1 }, options),
          (Bill) => Bill.findOneAndDelete({ _id: 1 }, options),
          (Bill) => Bill.deleteMany({ _id: 1 }, options),
          (Bill) => Bill.bulkWrite([{ deleteOne: { filter: { _id: 1 } } }], options),
        ];
        for (const act of writes) {
          const { Bill, said } = await shop(major, "standalone", { test, write: lose && { after: lose } });
          await act(Bill).catch((error) => assert.equal(error.name, "MongoNetworkError"));
          assert.deepEqual([await said({ done: false }), await said({ done: true })], [["delete 1"], []]);

          /** @type {any[]} */
          const told = [];
          const { plugin } = createSyncMiddleware({ enqueue: (operation) => void told.push(operation) });
          const own = await shop(major, "standalone", { test, plugin, write: lose && { after: lose } });
          await act(own.Bill).catch((error) => assert.equal(error.name, "MongoNetworkError"));
          assert.deepEqual(told, []);
        }
      });
    }

    test("what is not here is not noted at all, so that no lost answer can delete it", async (test) => {
      const { mongoose, database, rows } = await shop(major, "standalone", { test, write: { after: lostAnswer } });
      const Text = mongoose.model("Text", new mongoose.Schema({ _id: String, status: String }, { collection: "texts" }));
      await database.collection("texts").insertOne({ _id: "1", ...open });
      for (const filter of [{ _id: "50" }, { _id: "1", ...drafts }]) {
        for (const name of ["deleteOne", "deleteMany", "findOneAndDelete"]) await assert.rejects(Text[name](filter), { name: "MongoNetworkError" });
        await assert.rejects(Text.bulkWrite([{ deleteOne: { filter } }]), { name: "MongoNetworkError" });
      }
      assert.deepEqual(await rows(), []);
    });

    test("an update of what is not here is no deletion beside one", async (test) => {
      const { mongoose, database, said } = await shop(major, "standalone", { test });
      const Text = mongoose.model("Text", new mongoose.Schema({ _id: String, status: String }, { collection: "texts" }));
      await database.collection("texts").insertOne({ _id: "1", ...open });
      await Text.bulkWrite([{ updateOne: { filter: { _id: "50" }, update: old } }, { deleteOne: { filter: { _id: "1" } } }]);
      assert.deepEqual(await said(), ["delete 1"]);
    });

    test("where the server does not answer an update is confirmed all the same", async (test) => {
      const { Bill, said } = await shop(major, "standalone", { test, write: { after: lostAnswer } });
      await assert.rejects(Bill.updateOne({ _id: 1 }, { status: "paid" }), { name: "MongoNetworkError" });
      await assert.rejects(Bill.create({ _id: 9, number: "A-9" }), { name: "MongoNetworkError" });
      assert.deepEqual(await said({ done: true }), ["update 1", "insert 9"]);
    });

    test("in a transaction only what was deleted is noted", async (test) => {
      const { mongoose, Bill, database, said } = await shop(major, "replicaSet", { test, options: { always: true } });
      await database.createCollection("_sync_queue");
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      await session.withTransaction(async () => {
        await Bill.deleteOne({ _id: 1, ...drafts }, { session });
        await Bill.deleteMany({ _id: { $gt: 2 } }, { session });
        await Bill.bulkWrite([{ updateOne: { filter: { _id: 2 }, update: old } }, { deleteMany: { filter: { status: "old" } } }], { session });
      });
      assert.deepEqual((await said()).sort(), ["delete 2", "delete 3", "update 2"]);
    });
  });
}

/** The write is done, and its answer does not come. */
function lostAnswer() {
  throw Object.assign(new Error("connection closed"), { name: "MongoNetworkError" });
}
