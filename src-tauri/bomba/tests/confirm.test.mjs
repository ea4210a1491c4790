/**
 * The rows of a write are there before it, and after it confirmed or taken back by what it did, whatever becomes of the
 * rows or of the connection in between.
 */

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { MAJORS } from "./rig/folder.mjs";
import { openShops } from "./rig/shop.mjs";

const { shop, close } = await openShops();
after(close);

const DUPLICATE_KEY = 11000;
const REFUSED_BY_VALIDATION = 121;

/** The next millisecond, so that a time from before it is an earlier one. */
function tick() {
  const start = Date.now();
  while (Date.now() === start);
}

/**
 * What the server refuses, and what is confirmed all the same.
 *
 * @type {Record<string, [clash: (Bill: any) => Promise<unknown>, expected: string[]]>}
 */
const CLASHES = {
  save: [(Bill) => new Bill({ _id: 9, number: "A-1" }).save(), []],
  updateOne: [(Bill) => Bill.updateOne({ _id: 9 }, { number: "A-1" }), []],
  "updateMany, which may have changed some": [(Bill) => Bill.updateMany({ number: "A-9" }, { number: "A-1" }), ["update 9"]],
  findOneAndUpdate: [(Bill) => Bill.findOneAndUpdate({ number: "A-9" }, { number: "A-1" }), []],
  bulkWrite: [(Bill) => Bill.bulkWrite([{ updateOne: { filter: { number: "A-9" }, update: { number: "A-1" } } }]), []],
  "insertMany past Mongoose": [(Bill) => Bill.collection.insertMany([{ number: "A-1" }]), []],
  "insertMany in order": [(Bill) => Bill.insertMany([{ _id: 7, number: "A-7" }, { _id: 8, number: "A-1" }, { _id: 10, number: "A-10" }]), ["insert 7"]],
  "a bulk write in order": [
    (Bill) =>
      Bill.bulkWrite([
        { updateOne: { filter: { _id: 2 }, update: { status: "paid" } } },
        { updateOne: { filter: { _id: 9 }, update: { number: "A-1" } } },
        { updateMany: { filter: { status: "open" }, update: { status: "paid" } } },
        { deleteOne: { filter: { _id: 3 } } },
      ]),
    ["update 2"],
  ],
  "a bulk write in any order": [
    (Bill) =>
      Bill.bulkWrite(
        [
          { insertOne: { document: { _id: 8, number: "A-1", status: "open" } } },
          { updateOne: { filter: { _id: 9 }, update: { number: "A-1" } } },
          { updateOne: { filter: { _id: 2 }, update: { status: "paid" } } },
          { deleteOne: { filter: { _id: 3 } } },
        ],
        { ordered: false },
      ),
    ["delete 3", "update 2"],
  ],
};

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 4 }, () => {
    test("the confirmation is one command, and tells of a time after the write", async (test) => {
      let end = 0;
      /** @type {string[]} */
      const commands = [];
      const write = { before: tick, after: () => ((end = Date.now()), tick(), (commands.length = 0)) };
      const { mongoose, Bill, rows } = await shop(major, "standalone", { test, write });
      mongoose.connection.getClient().on("commandStarted", (/** @type {any} */ { commandName }) => commands.push(commandName));
      await Bill.updateMany({ status: "open" }, { status: "paid" });
      assert.deepEqual(commands, ["update"]);
      for (const { timestamp, done } of await rows()) assert.ok(done && timestamp > end, `${timestamp.getTime()} is not after ${end}`);
    });

    for (const [name, [clash, expected]] of Object.entries(CLASHES)) {
      test(`of ${name} that fails only what it did is confirmed, and its error is the caller's`, async (test) => {
        const { Bill, database, rows, said } = await shop(major, "standalone", { test });
        if (name !== "save") await database.collection("bills").insertOne({ _id: 9, number: "A-9" });
        await assert.rejects(clash(Bill), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
        assert.deepEqual([(await said({ done: true })).sort(), (await rows()).length], [expected, expected.length]);
      });
    }

    test("documents of which the server refuses some are all confirmed", async (test) => {
      const { Bill, database, rows } = await shop(major, "standalone", { test });
      await database.command({ collMod: "bills", validator: { status: { $ne: "lost" } } });
      const lost = Bill.updateMany({ status: "open" }, { status: "lost" });
      await assert.rejects(lost, (/** @type {any} */ error) => error.code === REFUSED_BY_VALIDATION);
      assert.deepEqual((await rows()).map((/** @type {any} */ { done }) => done), [true, true, true]);
    });

    test("a bulk write that fails on its way tells what it has inserted", async (test) => {
      const { Bill, said } = await shop(major, "standalone", { test });
      const steps = [
        { insertOne: { document: { number: "C-1" } } },
        { updateOne: { filter: { number: "C-2" }, update: { $set: { number: "C-3" }, $setOnInsert: { _id: 78 } }, upsert: true } },
        { insertOne: { document: { _id: 79, number: "A-1" } } },
      ];
      await assert.rejects(Bill.collection.bulkWrite(steps), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
      const made = await Bill.collection.findOne({ number: "C-1" });
      assert.deepEqual((await said({ done: true })).sort(), [`insert ${made._id}`, "insert 78"].sort());
    });

    for (const taken of [["all of them", {}], ["one of them", { documentId: 2 }]]) {
      test(`rows that the engine takes away during the write come back: ${taken[0]}`, async (test) => {
        /** @type {any[]} */
        let before = [];
        /** @type {unknown[]} */
        const told = [];
        const options = { onError: (/** @type {unknown} */ error) => told.push(error) };
        const write = { before: async () => ((before = await rows()), await queue.deleteMany(taken[1])) };
        const { Bill, rows, queue } = await shop(major, "standalone", { test, write, options });
        await Bill.updateMany({ status: "open" }, { status: "paid" });
        const names = (/** @type {any[]} */ rows) => rows.map(({ _id, documentId, operation }) => `${_id} ${operation} ${documentId}`);
        assert.deepEqual(names(await rows({ done: true })), names(before));
        assert.deepEqual([before.length, told], [3, []]);
      });
    }

    test("a bill that a search tried to take in vain is taken back", async (test) => {
      let tries = 0;
      const write = {
        before: async (/** @type {string} */ name, /** @type {any[]} */ [{ _id }]) => {
          tries += 1;
          if (tries < 3) await database.collection("bills").deleteOne({ _id });
        },
      };
      const { Bill, database, rows, said } = await shop(major, "standalone", { test, write });
      assert.equal((await Bill.findOneAndUpdate({ status: "open" }, { status: "paid" }, { sort: { _id: 1 } }))._id, 3);
      assert.deepEqual(await said({ done: true }), ["update 3"]);
      assert.equal((await rows()).length, 1);
    });

    test("more rows than one command carries are all confirmed", async (test) => {
      const { Bill, database, queue } = await shop(major, "standalone", { test });
      await database.collection("bills").insertMany(Array.from({ length: 2_500 }, (_, at) => ({ number: `B-${at}`, status: "old" })));
      await Bill.deleteMany({ status: "old" });
      assert.deepEqual([await queue.countDocuments({ done: true }), await queue.countDocuments()], [2_500, 2_500]);
    });

    test("a session without a transaction carries rows and confirmation", async (test) => {
      const { mongoose, Bill, said } = await shop(major, "standalone", { test });
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      /** @type {string[]} */
      const inSession = [];
      mongoose.connection.getClient().on("commandStarted", (/** @type {any} */ { commandName, command }) => {
        if (command.lsid?.id.toString("hex") === session.id.id.toString("hex")) inSession.push(`${commandName} ${command[commandName]}`);
      });
      await Bill.updateOne({ _id: 1 }, { status: "paid" }, { session });
      assert.deepEqual(inSession, ["find bills", "insert _sync_queue", "update bills", "update _sync_queue"]);
      assert.deepEqual(await said({ done: true }), ["update 1"]);
    });

    test("in a transaction a row is done at once, and is gone when it aborts", async (test) => {
      const { mongoose, Bill, database, rows, said } = await shop(major, "replicaSet", { test, options: { always: true } });
      await database.createCollection("_sync_queue");
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      /** @type {string[]} */
      const writes = [];
      mongoose.connection.getClient().on("commandStarted", (/** @type {any} */ { commandName, command }) => {
        if (["insert", "update"].includes(commandName)) writes.push(`${commandName} ${command[commandName]}`);
      });
      session.startTransaction();
      await Bill.updateOne({ _id: 1 }, { status: "paid" }, { session });
      const inside = await mongoose.connection.db.collection("_sync_queue").find({}, { session }).toArray();
      assert.deepEqual(inside.map((/** @type {any} */ { done }) => done), [true]);
      await session.abortTransaction();
      assert.deepEqual(await rows(), []);
      session.startTransaction();
      await Bill.updateOne({ _id: 1 }, { status: "paid" }, { session });
      await session.commitTransaction();
      assert.deepEqual(await said({ done: true }), ["update 1"]);
      assert.deepEqual(writes, ["update bills", "insert _sync_queue", "update bills", "insert _sync_queue"]);
    });

    test("a transaction that fails is not asked for more rows", async (test) => {
      /** @type {unknown[]} */
      const told = [];
      const options = { always: true, onError: (/** @type {unknown} */ error) => told.push(error) };
      const { mongoose, Bill, database, rows } = await shop(major, "replicaSet", { test, options });
      await database.createCollection("_sync_queue");
      const session = await mongoose.startSession();
      test.after(() => session.endSession());
      session.startTransaction();
      const steps = [{ insertOne: { document: { number: "A-1" } } }, { updateMany: { filter: { status: "open" }, update: { $set: { status: "paid" } } } }];
      await assert.rejects(Bill.collection.bulkWrite(steps, { session }), (/** @type {any} */ error) => error.code === DUPLICATE_KEY);
      await session.abortTransaction();
      assert.deepEqual([told, await rows()], [[], []]);
    });
  });
}
