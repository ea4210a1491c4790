/**
 * A host that is connected to Local: hooks may read there, and write nowhere. And the random bills: what the host makes
 * of them is, to the byte, what a real `save()` stores.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import fc from "fast-check";

import { int, oid } from "./rig/ejson.mjs";
import { atEnd, startHost } from "./rig/engine.mjs";
import { BILL, commonJs, folder, MAJORS } from "./rig/folder.mjs";
import { startMongod } from "./rig/mongod.mjs";

const require = createRequire(import.meta.url);

/** @type {Awaited<ReturnType<typeof startMongod>>} */
let server;
before(async () => {
  server = await startMongod({ isReplicaSet: false });
});
after(() => server.stop());

/** Ways for a hook to write, and the place that the refusal names. @type {Record<string, [code: string, place: RegExp]>} */
const WRITES = {
  create: [`await Stock.create({ name: "x" })`, /`stocks` \(insertOne\)/],
  save: [`await new Stock({ name: "x" }).save()`, /`stocks` \(insertOne\)/],
  change: [`const s = await Stock.findOne(); s.left = 0; await s.save()`, /`stocks` \(updateOne\)/],
  insertMany: [`await Stock.insertMany([{ name: "x" }])`, /`stocks` \(insertMany\)/],
  updateOne: [`await Stock.updateOne({}, { $inc: { left: -1 } })`, /`stocks` \(updateOne\)/],
  updateMany: [`await Stock.updateMany({}, { $inc: { left: -1 } })`, /`stocks` \(updateMany\)/],
  replaceOne: [`await Stock.replaceOne({}, { left: 0 })`, /`stocks` \(replaceOne\)/],
  deleteOne: [`await Stock.deleteOne({})`, /`stocks` \(deleteOne\)/],
  deleteMany: [`await Stock.deleteMany({})`, /`stocks` \(deleteMany\)/],
  deleteDocument: [`await (await Stock.findOne()).deleteOne()`, /`stocks` \(deleteOne\)/],
  findOneAndUpdate: [`await Stock.findOneAndUpdate({}, { $inc: { left: -1 } })`, /`stocks` \(findOneAndUpdate\)/],
  findOneAndReplace: [`await Stock.findOneAndReplace({}, { left: 1 })`, /`stocks` \(findOneAndReplace\)/],
  findOneAndDelete: [`await Stock.findOneAndDelete({})`, /`stocks` \(findOneAndDelete\)/],
  bulkWrite: [`await Stock.bulkWrite([{ deleteMany: { filter: {} } }])`, /`stocks` \(bulkWrite\)/],
  bulkSave: [`const s = await Stock.findOne(); s.left = 0; await Stock.bulkSave([s])`, /`stocks` \(bulkSave\)/],
  out: [`await Stock.aggregate([{ $match: {} }, { $out: "stolen" }])`, /what `\$out` or `\$merge` names/],
  merge: [`await mongoose.connection.db.collection("stocks").aggregate([{ $merge: "stolen" }]).toArray()`, /what `\$out` or `\$merge` names/],
  driver: [`await mongoose.connection.db.collection("stocks").insertOne({})`, /`stocks` \(insertOne\)/],
  driverBulk: [`await Stock.collection.initializeOrderedBulkOp()`, /`stocks` \(initializeOrderedBulkOp\)/],
  client: [`await mongoose.connection.getClient().db("other").collection("x").deleteMany({})`, /`x` \(deleteMany\)/],
  drop: [`await Stock.collection.drop()`, /`stocks` \(drop\)/],
  dropDatabase: [`await mongoose.connection.dropDatabase()`, /the database \(dropDatabase\)/],
  createCollection: [`await mongoose.connection.db.createCollection("new")`, /the database \(createCollection\)/],
  createIndex: [`await Stock.collection.createIndex({ left: 1 })`, /`stocks` \(createIndex\)/],
  createIndexes: [`await Stock.createIndexes()`, /`stocks` \(createIndexes\)/],
  syncIndexes: [`await Stock.syncIndexes()`, /`stocks` \(syncIndexes\)/],
  command: [`await mongoose.connection.db.command({ delete: "stocks", deletes: [{ q: {}, limit: 0 }] })`, /the database \(command delete\)/],
  admin: [`await mongoose.connection.db.admin().command({ shutdown: 1 })`, /the database \(command shutdown\)/],
}; // prettier-ignore

const STOCK = `const Stock = mongoose.models.Stock || model("Stock", new Schema({ name: { type: String, index: true }, left: Number }));`;
const writers = Object.entries(WRITES).map(([name, [code]]) => `async ${name}() { ${code}; }`);
const MODEL = commonJs(`${STOCK}
  const writes = { ${writers.join(", ")} };
  const s = new Schema({ n: Number, action: String, product: String, left: Number });
  s.pre("save", async function () {
    if (this.action) await writes[this.action]();
    const stock = await Stock.findOne({ name: this.product });
    this.left = stock ? stock.left : -1;
  });
  model("Sale", s, "sales");`);

/** A bill as the till has it before Bomba's hooks, and a change to it. */
const money = fc.oneof(fc.integer({ min: 0, max: 3_000_000_000 }), fc.double({ min: 0, max: 1e9, noNaN: true }));
const item = fc.record({
  _id: fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 24, maxLength: 24 }),
  product: fc.string({ unit: "grapheme", maxLength: 12 }),
  name: fc.constantFrom("شاي", "Tea", "رز عنبر"),
  quantity: fc.integer({ min: 1, max: 500 }),
  price: money,
});
const fields = {
  number: fc.integer({ min: 1, max: 1e9 }).map((number) => `A-${number}`),
  items: fc.uniqueArray(item, { maxLength: 5, selector: ({ _id }) => _id }),
  paid: fc.option(money, { nil: undefined }),
  note: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
};
const bill = fc.record(fields);

for (const major of MAJORS) {
  describe(`mongoose ${major}`, () => {
    const suite = atEnd(after);
    /** @type {import("./rig/engine.mjs").Host} */
    let host;
    /** @type {any} */
    let models;
    const name = `local${major}`;
    before(async () => {
      models = folder(major, { "bill.js": BILL, "sale.js": MODEL }, suite);
      host = startHost(models, suite);
      assert.deepEqual((await host.read()).ready.problems, []);
      await server.client.db(name).collection("stocks").insertOne({ name: "tea", left: 7 });
    });

    test("without a connection a hook that reads is told so at once", async () => {
      const [result] = await host.batch("sales", [{ incoming: { _id: oid(1), product: "tea" } }]);
      assert.match(result.threw, /before initial connection/);
      const nowhere = startHost(models, suite);
      await nowhere.read();
      const { connected } = await nowhere.ask({ connect: { uri: "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", database: name } });
      assert.match(connected.error, /ECONNREFUSED/);
      assert.deepEqual(await nowhere.batch("bills", [{ incoming: { _id: oid(1) } }]), [{ invalid: [{ path: "number", message: "Path `number` is required." }] }]); // prettier-ignore
    });

    test("a hook reads Local, and writes nowhere", async () => {
      assert.deepEqual(await host.ask({ connect: { uri: server.uri, database: name } }), { connected: {} });
      const [read] = await host.batch("sales", [{ incoming: { _id: oid(1), product: "tea", __v: int(0) } }]);
      assert.deepEqual(read, { document: { _id: oid(1), product: "tea", __v: int(0), left: int(7) } });
      const world = async () => {
        const databases = await server.client.db("admin").command({ listDatabases: 1, nameOnly: true });
        const collections = await server.client.db(name).listCollections().toArray();
        const indexes = await server.client.db(name).collection("stocks").indexes();
        return [databases.databases, collections, indexes, await server.client.db(name).collection("stocks").find().toArray()];
      };
      const was = await world();
      const results = await host.batch("sales", Object.keys(WRITES).map((action) => ({ incoming: { _id: oid(1), action } })));
      for (const [at, [action, [, place]]] of Object.entries(WRITES).entries()) {
        assert.match(String(results[at].threw), place, action);
        assert.match(results[at].threw, /^a hook wrote to .*: the PC that made this change has done so already; let the hook end where this\.\$locals\.replicated is true$/);
      }
      assert.deepEqual(await world(), was);
    });

    test("random bills come out as a real save() stores them", async (test) => {
      const { Bill, stop } = await realShop(major, models, name);
      test.after(stop);
      const { EJSON, serialize, deserialize } = require(`mongoose${major}`).mongo.BSON;
      // By way of BSON, because EJSON alone takes a large whole number for a Long and the driver writes a Double.
      const canonical = (/** @type {any} */ document) => {
        const written = deserialize(serialize(document), { promoteValues: false });
        return JSON.parse(EJSON.stringify(written, { relaxed: false }));
      };
      const stored = async (/** @type {any} */ _id) => canonical(await Bill.collection.findOne({ _id }, { promoteValues: false }));
      let number = 0;
      await fc.assert(
        fc.asyncProperty(bill, fc.record(fields, { requiredKeys: [] }), async (made, change) => {
          const raw = JSON.parse(JSON.stringify(oid((number += 1))));
          const _id = Bill.base.Types.ObjectId.createFromHexString(raw.$oid);
          const fresh = { _id, ...withoutUndefined(withIds(made, Bill)) };
          // Made: what Atlas holds without the hooks' work, against a save of the same values here.
          await new Bill(fresh).save({ timestamps: false });
          const afterSave = await stored(_id);
          const [computed] = await host.batch("bills", [{ incoming: canonical(fresh) }]);
          sameDocument(computed.document, afterSave);
          // Saved by another PC: nothing is left to do.
          assert.deepEqual(await host.batch("bills", [{ incoming: afterSave }]), [{ unchanged: true }]);
          // Changed: another program's change on Atlas, against the same change by a save here.
          const changed = withIds(change, Bill);
          const document = await Bill.findById(_id);
          for (const [path, value] of Object.entries(changed)) document.set(path, value);
          await document.save({ timestamps: false });
          // What another PC counted stays; only a save of this PC's own counts on.
          const expected = { ...(await stored(_id)), __v: afterSave.__v };
          const incoming = { ...afterSave, ...canonical(withoutUndefined(changed)) };
          for (const [path, value] of Object.entries(changed)) if (value === undefined) delete incoming[path];
          const [result] = await host.batch("bills", [{ incoming, existing: afterSave }]);
          sameDocument(result.unchanged ? incoming : result.document, expected);
        }),
        { numRuns: 100, seed: 42 + major, includeErrorInReport: true },
      );
    });
  });
}

/**
 * The same models in this process, with a mongoose that saves for real.
 *
 * @param {number} major
 * @param {string} models
 * @param {string} database
 */
async function realShop(major, models, database) {
  const mongoose = require(`mongoose${major}`);
  const Bill = require(`${models}/bill.js`);
  await mongoose.connect(server.uri, { dbName: database });
  return { Bill, stop: () => mongoose.disconnect() };
}

/** @param {any} made @param {any} Bill */
function withIds({ items, ...rest }, Bill) {
  if (items === undefined) return rest;
  const { ObjectId } = Bill.base.Types;
  return { ...rest, items: items.map((/** @type {any} */ item) => ({ ...item, _id: ObjectId.createFromHexString(item._id) })) };
}

/** @param {object} fields */
function withoutUndefined(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * Byte for byte, but for the order of fields: that is the incoming document's.
 *
 * @param {any} one
 * @param {any} other
 */
function sameDocument(one, other) {
  assert.equal(JSON.stringify(sorted(one)), JSON.stringify(sorted(other)));
}

/** @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}
