/**
 * A row of a write that changed nothing is taken back, and the id in a row is the stored one, byte for byte.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { MAJORS } from "./rig/folder.mjs";
import { openShops } from "./rig/shop.mjs";

const { shop, close } = await openShops();
after(close);

const none = { _id: 50 };
// Mongoose writes into the updates it is given.
const paid = () => ({ status: "paid" });
const set = () => ({ $set: { status: "open" } });

/** Writes that change nothing; the bills 1, 2 and 3 are open. @type {Record<string, (Bill: any) => Promise<unknown>>} */
const VAIN = {
  "updateOne by id in another state": (Bill) => Bill.updateOne({ _id: 1, ...paid() }, { status: "lost" }),
  "updateOne to what it is": (Bill) => Bill.updateOne({ _id: 1 }, { status: "open" }),
  "updateOne by filter to what it is": (Bill) => Bill.updateOne({ number: "A-1" }, { status: "open" }),
  "updateOne of a bill that is not here": (Bill) => Bill.updateOne(none, paid()),
  "updateMany to what they are": (Bill) => Bill.updateMany({}, { status: "open" }),
  "replaceOne of a bill that is not here": (Bill) => Bill.replaceOne(none, { number: "A-50" }),
  "an upsert that changes nothing": (Bill) => Bill.updateOne({ _id: 1 }, { status: "open" }, { upsert: true }),
  findOneAndUpdate: async (Bill) => assert.equal(await Bill.findOneAndUpdate({ _id: 1, ...paid() }, { status: "lost" }), null),
  findOneAndReplace: async (Bill) => assert.equal(await Bill.findOneAndReplace(none, { number: "A-50" }), null),
  "findOneAndUpdate that tells more": async (Bill) => {
    const told = await Bill.findOneAndUpdate({ _id: 1, ...paid() }, { status: "lost" }, { includeResultMetadata: true });
    assert.equal(told.value, null);
  },
  "a bulk write": (Bill) => Bill.bulkWrite([{ updateOne: { filter: { _id: 1 }, update: set() } }, { updateMany: { filter: {}, update: set() } }]),
};

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 4 }, () => {
    for (const [name, act] of Object.entries(VAIN)) {
      for (const strings of [false, true]) {
        test(`${name}: no row is left${strings ? ", with ids that need no look" : ""}`, async (test) => {
          const { mongoose, Bill, database, rows } = await shop(major, "standalone", { test });
          const model = strings ? mongoose.model("Text", new mongoose.Schema({ _id: String, number: String, status: String }, { collection: "texts" })) : Bill;
          await database.collection("texts").insertMany(["1", "2"].map((_id) => ({ _id, number: `A-${_id}`, status: "open" })));
          await act(model);
          assert.deepEqual(await rows(), []);
        });
      }
    }

    test("a bill whose field is called like the driver's is not updated three times", async (test) => {
      const { Bill, database, said } = await shop(major, "standalone", { test });
      await database.collection("bills").updateMany({}, { $set: { acknowledged: true } });
      await Bill.findOneAndUpdate({ status: "open" }, { status: "paid" }, { sort: { _id: 1 } });
      assert.deepEqual([await said({ done: true }), await database.collection("bills").countDocuments(paid())], [["update 1"], 1]);
    });

    test("an update of many of which some are changed is confirmed for all", async (test) => {
      const { Bill, database, said } = await shop(major, "standalone", { test });
      await database.collection("bills").updateOne({ _id: 2 }, { $set: paid() });
      await Bill.updateMany({ _id: { $in: [1, 2] } }, paid());
      assert.deepEqual(await said({ done: true }), ["update 1", "update 2"]);
    });

    test("a row's id has the type that is stored", async (test) => {
      const { mongoose, database, queue } = await shop(major, "standalone", { test });
      const { Double, Long, Decimal128, Int32 } = mongoose.mongo.BSON;
      const Thing = mongoose.model("Thing", new mongoose.Schema({ _id: {}, status: String }, { collection: "things" }));
      const things = database.collection("things");
      const raw = { raw: true, projection: { _id: 1 } };
      /** @type {[any, any][]} what is stored, and what the shop asks for */
      const ids = [
        [new Double(1), 1],
        [Long.fromNumber(2), 2],
        [Decimal128.fromString("3.0"), 3],
        [{ shop: new Double(1), till: Long.fromNumber(7) }, { shop: 1, till: 7 }],
        [new Int32(5), new Double(5)],
      ];
      /** @type {((_id: any) => Promise<unknown>)[]} */
      const writes = [
        (_id) => Thing.updateOne({ _id }, paid()),
        (_id) => Thing.updateMany({ _id }, paid()),
        (_id) => Thing.findOneAndUpdate({ _id }, paid()),
        () => Thing.updateOne({ status: "open" }, paid()),
        (_id) => Thing.bulkWrite([{ updateOne: { filter: { _id }, update: paid() } }]),
        (_id) => Thing.deleteOne({ _id }),
        () => Thing.deleteMany({ status: "open" }),
        (_id) => Thing.findOneAndDelete({ _id }),
        (_id) => Thing.bulkWrite([{ updateMany: { filter: { status: "open" }, update: paid() } }, { deleteOne: { filter: { _id } } }]),
      ];
      for (const [stored, asked] of ids) {
        for (const write of writes) {
          await things.deleteMany({});
          await queue.deleteMany({});
          await mongoose.connection.db.collection("things").insertOne({ _id: stored, status: "open" });
          const [there] = await things.find({}, raw).toArray();
          await write(asked);
          const rows = await queue.find({ done: true }, { raw: true, projection: { _id: 0, documentId: 1 } }).toArray();
          assert.ok(rows.length > 0, `${write}`);
          // The bytes behind the name of the field.
          const value = (/** @type {any} */ document, /** @type {string} */ name) => Buffer.from(document).subarray(4 + 1 + name.length + 1).toString("hex");
          for (const row of rows) assert.equal(value(row, "documentId"), value(there, "_id"), `${write}`);
          const types = (/** @type {any} */ document) => Buffer.from(document)[4];
          for (const row of rows) assert.equal(types(row), types(there), `${write}`);
        }
      }
    });

    test("in a collation the row has the letters that are stored", async (test) => {
      const { mongoose, database, said } = await shop(major, "standalone", { test });
      const Text = mongoose.model("Text", new mongoose.Schema({ _id: String, status: String }, { collection: "texts" }));
      await database.collection("texts").insertMany(["ABC", "DEF"].map((_id) => ({ _id, status: "open" })));
      const collation = { locale: "en", strength: 2 };
      await Text.updateOne({ _id: "abc" }, paid(), { collation });
      await Text.bulkWrite([{ updateOne: { filter: { _id: "def" }, update: paid(), collation } }]);
      await Text.deleteOne({ _id: "abc" }, { collation });
      assert.deepEqual(await said({ done: true }), ["update ABC", "update DEF", "delete ABC"]);
    });

    test("an upsert by a number, and by a compound id, is noted before it is there", async (test) => {
      /** @type {string[]} */
      const early = [];
      const write = { before: async () => void early.push(...(await said({ done: false }))) };
      const { mongoose, database, said, rows } = await shop(major, "standalone", { test, write });
      const Thing = mongoose.model("Thing", new mongoose.Schema({ _id: {}, status: String }, { collection: "things" }));
      await Thing.updateOne({ _id: 7 }, paid(), { upsert: true });
      await Thing.findOneAndUpdate({ _id: { shop: 1 } }, paid(), { upsert: true });
      await Thing.bulkWrite([{ updateOne: { filter: { _id: 8 }, update: paid(), upsert: true } }]);
      assert.deepEqual(early, ["update 7", "update [object Object]", "update 8"]);
      assert.deepEqual(await rows({ done: false }), []);
      assert.equal(await database.collection("things").countDocuments(), 3);
      assert.equal(await database.collection("_sync_queue").countDocuments({ "documentId.shop": 1, done: true }), 1);
    });
  });
}
