/**
 * A model runs as `save()` would run it, up to the write: one host for each major version, one model for each case.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { date, decimal, double, int, long, oid } from "./rig/ejson.mjs";
import { atEnd, startHost } from "./rig/engine.mjs";
import { BILL, commonJs, folder, MAJORS } from "./rig/folder.mjs";

const ITEM = { _id: oid(2), product: "شاي", quantity: int(2), price: double("2.5") };
const PAID = { _id: oid(1), number: "A-1", items: [ITEM], paid: int(5), total: int(5), status: "paid", __v: int(0) };

/**
 * @typedef {object} Case
 * @property {string} body makes the model `m`, in the collection of that name
 * @property {any} incoming
 * @property {any} [existing]
 * @property {any} gives
 */
/** @type {Record<string, Case>} */
const CASES = {
  "a hook is told that the change is replicated, in subdocuments through their owner": {
    body: `const sub = new Schema({ told: Boolean }, { _id: false });
      sub.pre("save", function () { this.told = this.ownerDocument().$locals.replicated; });
      const s = new Schema({ told: Boolean, sub, list: [sub] });
      s.pre("save", function () { this.told = this.$locals.replicated; });
      model("m", s, "m");`,
    incoming: { _id: oid(1), sub: {}, list: [{}], __v: int(0) },
    gives: { document: { _id: oid(1), sub: { told: true }, list: [{ told: true }], __v: int(0), told: true } },
  },
  "so is one for a document that Local has": {
    body: `const s = new Schema({ n: Number, told: Boolean }); s.pre("save", function () { this.told = this.$locals.replicated; }); model("m", s, "m");`,
    existing: { _id: oid(1), n: int(1) },
    incoming: { _id: oid(1), n: int(2) },
    gives: { document: { _id: oid(1), n: int(2), told: true } },
  },
  "a Long that JavaScript has no number for is a Long to hooks": {
    body: `const s = new Schema({ n: Number }, { strict: false }); s.pre("save", function () { this.set("copy", this.get("big")); }); model("m", s, "m");`,
    incoming: { _id: oid(1), big: long(9007199254740993n), __v: int(0) },
    gives: { document: { _id: oid(1), big: long(9007199254740993n), __v: int(0), copy: long(9007199254740993n) } },
  },
  "a Long that a hook changes by one is changed": {
    body: `const { Long } = mongoose.mongo; const s = new Schema({}, { strict: false }); s.pre("save", function () { this.set("big", Long.fromString("9007199254740992")); }); model("m", s, "m");`,
    incoming: { _id: oid(1), big: long(9007199254740993n), __v: int(0) },
    gives: { document: { _id: oid(1), big: long(9007199254740992n), __v: int(0) } },
  },
  "isNew and isModified tell the truth about a new document": {
    body: `const s = new Schema({ a: Number, b: Number, isNew$: String, modified: String });
      s.pre("save", function () { this.isNew$ = String(this.isNew); this.modified = this.modifiedPaths().filter((p) => p.length === 1).sort().join(); });
      model("m", s, "m");`,
    incoming: { _id: oid(1), a: int(1), b: int(2), __v: int(0) },
    gives: { document: { _id: oid(1), a: int(1), b: int(2), __v: int(0), isNew$: "true", modified: "a,b" } },
  },
  "and about a changed one, down to the field of a subdocument": {
    body: `const inner = new Schema({ x: Number, y: Number });
      const s = new Schema({ a: Number, b: Number, gone: Number, nest: { p: Number, q: Number }, sub: inner, list: [inner], told: String });
      s.pre("save", function () {
        this.told = [this.isNew, ...["a", "b", "gone", "nest.p", "nest.q", "sub.x", "sub.y", "list.0.x", "list.0.y", "list.1.x"].filter((path) => this.isModified(path))].join();
      });
      model("m", s, "m");`,
    existing: { _id: oid(1), a: int(1), b: int(2), gone: int(3), nest: { p: int(1), q: int(2) }, sub: { _id: oid(5), x: int(1), y: int(2) }, list: [{ _id: oid(6), x: int(1), y: int(1) }, { _id: oid(7), x: int(1) }] },
    incoming: { _id: oid(1), a: double("1.0"), b: int(5), nest: { p: int(1), q: int(9) }, sub: { _id: oid(5), x: int(7), y: int(2) }, list: [{ _id: oid(6), x: int(1), y: int(4) }, { _id: oid(7), x: int(1) }] },
    gives: { document: { _id: oid(1), a: double("1.0"), b: int(5), nest: { p: int(1), q: int(9) }, sub: { _id: oid(5), x: int(7), y: int(2) }, list: [{ _id: oid(6), x: int(1), y: int(4) }, { _id: oid(7), x: int(1) }], told: "false,b,gone,nest.q,sub.x,list.0.y" } },
  },
  "what the schema does not know survives, and is not brought back when it was removed": {
    body: `const item = new Schema({ q: Number });
      const s = new Schema({ n: Number, items: [item], sub: item, nest: { a: Number } });
      s.pre("save", function () { this.n = 1; this.items = [...this.items].sort((one, other) => other.q - one.q); });
      model("m", s, "m");`,
    existing: { _id: oid(1), old: int(1), items: [{ _id: oid(2), q: int(1), was: int(1) }], sub: { _id: oid(4), q: int(1), was: int(1) }, nest: { a: int(1), was: int(1) } },
    incoming: { _id: oid(1), zip: "10001", n: int(0), items: [{ _id: oid(2), q: int(1), x: long(1) }, { q: int(2), _id: oid(3), y: null }], sub: { _id: oid(4), z: int(1), q: int(2) }, nest: { w: int(1), a: int(2) } },
    gives: { document: { _id: oid(1), zip: "10001", n: int(1), items: [{ q: int(2), _id: oid(3), y: null }, { _id: oid(2), q: int(1), x: long(1) }], sub: { _id: oid(4), z: int(1), q: int(2) }, nest: { w: int(1), a: int(2) } } },
  },
  "a field that a hook removes is removed, and a list that it shortens is shortened": {
    body: `const s = new Schema({ a: Number, nest: { b: Number, c: Number }, plain: [Number], list: [new Schema({ q: Number })] }, { strict: false });
      s.pre("save", function () {
        this.a = undefined; this.set("loose", undefined); this.nest.b = undefined;
        this.plain = this.plain.filter((n) => n > 1); this.list = this.list.filter(({ q }) => q > 1);
      });
      model("m", s, "m");`,
    incoming: { _id: oid(1), a: int(1), loose: int(1), kept: int(1), nest: { b: int(1), c: long(2) }, plain: [int(1), long(2), double("3.0")], list: [{ _id: oid(2), q: int(1) }, { x: int(1), _id: oid(3), q: double("2.0") }], __v: int(0) },
    gives: { document: { _id: oid(1), kept: int(1), nest: { c: long(2) }, plain: [long(2), double("3.0")], list: [{ x: int(1), _id: oid(3), q: double("2.0") }], __v: int(0) } },
  },
  "defaults and values that are cast": {
    body: `model("m", new Schema({ a: { type: Number, default: 7 }, b: Number, c: Date, list: [String], empty: { x: Number } }), "m");`,
    incoming: { _id: oid(1), b: "5", c: "2026-01-02T03:04:05.006Z" },
    gives: { document: { _id: oid(1), b: int(5), c: date(1767323045006), a: int(7), list: [], __v: int(0) } },
  },
  "an empty object that came in stays": {
    body: `model("m", new Schema({ nest: { x: Number }, any: {} }), "m");`,
    incoming: { _id: oid(1), nest: {}, any: {}, __v: int(0) },
    gives: { unchanged: true },
  },
  "timestamps stay what the other PC wrote, immutable or not": {
    body: `model("m", new Schema({ n: Number, list: [new Schema({ n: Number }, { timestamps: true })] }, { timestamps: true }), "m");`,
    existing: { _id: oid(1), n: int(1), createdAt: date(1), updatedAt: date(2), list: [{ _id: oid(2), n: int(1), createdAt: date(1), updatedAt: date(2) }] },
    incoming: { _id: oid(1), n: int(2), createdAt: date(5), updatedAt: date(6), list: [{ _id: oid(2), n: int(2), createdAt: date(5), updatedAt: date(6) }] },
    gives: { unchanged: true },
  },
  "maps, mixed values and a schema that is not strict": {
    body: `const s = new Schema({ map: { type: Map, of: Number }, subs: { type: Map, of: new Schema({ n: Number }, { _id: false }) }, any: Schema.Types.Mixed }, { strict: false });
      s.pre("save", function () { this.map.set("c", 3); this.subs.get("x").n = 9; this.any.list.push({ made: 1.5 }); this.markModified("any"); this.any.list.splice(2); });
      model("m", s, "m");`,
    incoming: { _id: oid(1), map: { b: long(2), a: double("1.0") }, subs: { x: { n: int(1) }, y: { n: long(1) } }, any: { list: [int(1)], at: date(5) }, loose: { z: long(1) }, __v: int(0) },
    gives: { document: { _id: oid(1), map: { b: long(2), a: double("1.0"), c: int(3) }, subs: { x: { n: int(9) }, y: { n: long(1) } }, any: { list: [int(1), { made: double("1.5") }], at: date(5) }, loose: { z: long(1) }, __v: int(0) } },
  },
  "a document of a kind runs that kind's hooks": {
    body: `const s = new Schema({ n: Number }, { discriminatorKey: "kind" });
      const M = model("m", s, "m");
      const refund = new Schema({ why: { type: String, required: true }, n2: Number });
      refund.pre("save", function () { this.n2 = this.n * 2; });
      M.discriminator("Refund", refund, "refund");`,
    existing: { _id: oid(1), kind: "refund", n: int(1), why: "broken", n2: int(2) },
    incoming: { _id: oid(1), kind: "refund", n: int(2), why: "broken", n2: int(2) },
    gives: { document: { _id: oid(1), kind: "refund", n: int(2), why: "broken", n2: int(4) } },
  },
  "and that kind's validation": {
    body: `const M = model("m", new Schema({ n: Number }, { discriminatorKey: "kind" }), "m");
      M.discriminator("Refusal", new Schema({ why: { type: String, required: [true, "why?"] } }), "refund");`,
    incoming: { _id: oid(1), kind: "refund", n: int(1) },
    gives: { invalid: [{ path: "why", message: "why?" }] },
  },
  "a document that becomes another kind is new to that kind": {
    body: `const M = model("m", new Schema({ n: Number }, { discriminatorKey: "kind" }), "m");
      const refund = new Schema({ isNew$: Boolean });
      refund.pre("save", function () { this.isNew$ = this.isNew; });
      M.discriminator("Return", refund, "refund"); M.discriminator("Sale", new Schema({}), "sale");`,
    existing: { _id: oid(1), kind: "sale", n: int(1) },
    incoming: { _id: oid(1), kind: "refund", n: int(1), __v: int(0) },
    gives: { document: { _id: oid(1), kind: "refund", n: int(1), __v: int(0), isNew$: true } },
  },
  "hooks run in order, parallel ones to their end, and none after the save": {
    body: `const s = new Schema({ trace: [String] });
      s.pre("validate", function () { this.trace = ["validate"]; });
      s.post("validate", function () { this.trace.push("validated"); });
      s.pre("save", async function () { await new Promise(setImmediate); this.trace.push("slow"); });
      s.pre("save", function () { this.trace.push("last"); });
      s.post(["save"], function () { process.abort(); });
      s.post(/^save/, { document: true }, function () { process.abort(); });
      s.post("save", function (error, doc, next) { process.abort(); });
      const M = model("m", s, "m");
      M.on("error", () => process.abort());`,
    incoming: { _id: oid(1), __v: int(0) },
    gives: { document: { _id: oid(1), __v: int(0), trace: ["validate", "validated", "slow", "last"] } },
  },
  "every path that failed is told": {
    body: `const s = new Schema({ a: { type: Number, required: true }, b: { type: String, enum: ["x"] }, c: Number, list: [new Schema({ q: { type: Number, min: [1, "too few"] } })] });
      s.pre("validate", function () { this.invalidate("whole", "not today"); });
      model("m", s, "m");`,
    incoming: { _id: oid(1), b: "y", c: "many", list: [{ _id: oid(2), q: int(0) }] },
    gives: {
      invalid: [
        { path: "a", message: "Path `a` is required." },
        { path: "b", message: "`y` is not a valid enum value for path `b`." },
        { path: "c", message: 'Cast to Number failed for value "many" (type string) at path "c"' },
        { path: "list.0.q", message: "too few" },
        { path: "whole", message: "not today" },
      ],
    },
  },
  "a changed document is validated as a whole": {
    body: `model("m", new Schema({ a: { type: Number, max: 5 }, b: { type: Number, max: 5 } }), "m");`,
    existing: { _id: oid(1), a: int(9), b: int(1) },
    incoming: { _id: oid(1), a: int(9), b: int(2) },
    gives: { invalid: [{ path: "a", message: "Path `a` (9) is more than maximum allowed value (5)." }] },
  },
  "a schema that refuses what it does not know": {
    body: `model("m", new Schema({ a: Number }, { strict: "throw" }), "m");`,
    incoming: { _id: oid(1), extra: int(1) },
    gives: { invalid: [{ path: "extra", message: "Field `extra` is not in schema and strict mode is set to throw." }] },
  },
  "a reference that a hook filled in is written as its key": {
    body: `const Other = model("Other", new Schema({ name: String }));
      const s = new Schema({ other: { type: Schema.Types.ObjectId, ref: "Other" }, n: Number });
      s.pre("save", function () { this.other = Other.hydrate({ _id: this.other, name: "x" }); this.n = 2; });
      model("m", s, "m");`,
    incoming: { _id: oid(1), other: oid(7), n: int(1), __v: int(0) },
    gives: { document: { _id: oid(1), other: oid(7), n: int(2), __v: int(0) } },
  },
  "numbers that a model computes are written as the driver would": {
    body: `const s = new Schema({ a: Number, b: Number, c: Number, d: Number, e: Schema.Types.Decimal128 });
      s.pre("save", function () { this.a = 2147483647; this.b = 2147483648; this.c = 0.1; this.d = -0; this.e = "1.50"; });
      model("m", s, "m");`,
    incoming: { _id: oid(1), __v: int(0) },
    gives: { document: { _id: oid(1), __v: int(0), a: int(2147483647), b: double("2147483648.0"), c: double("0.1"), d: double("-0.0"), e: decimal("1.50") } },
  },
  "keys that are numbers keep their order": {
    body: `const s = new Schema({ n: Number }); s.pre("save", function () { this.n = 1; }); model("m", s, "m");`,
    incoming: { _id: oid(1), b: int(1), days: { x: int(1), 31: int(1), 4: int(2) }, n: int(0), __v: int(0) },
    gives: { document: { _id: oid(1), b: int(1), days: { x: int(1), 31: int(1), 4: int(2) }, n: int(1), __v: int(0) } },
  },
  "what looks like an operator is data": {
    body: `const s = new Schema({ n: Number, any: {} }); s.pre("save", function () { this.n = 1; }); model("m", s, "m");`,
    existing: { _id: oid(1), any: { $set: { n: int(5) } } },
    incoming: { _id: oid(1), any: { $inc: { n: int(5) }, $where: "process.exit()", "a.b": int(1) } },
    gives: { document: { _id: oid(1), any: { $inc: { n: int(5) }, $where: "process.exit()", "a.b": int(1) }, n: int(1) } },
  },
  "an operator where a number belongs is refused": {
    body: `model("m", new Schema({ n: Number }), "m");`,
    existing: { _id: oid(1), n: int(1) },
    incoming: { _id: oid(1), n: { $gt: "" } },
    gives: { invalid: [{ path: "n", message: `Cast to Number failed for value "{ '$gt': '' }" (type Object) at path "n"` }] },
  },
  "a document cannot change what all objects have": {
    body: `const s = new Schema({ n: Number, any: {}, map: { type: Map, of: {} } }, { strict: false });
      s.pre("save", function () { this.n = [{}.polluted, this.any && this.any.polluted, [].polluted].filter(Boolean).length; });
      model("m", s, "m");`,
    incoming: JSON.parse(`{"_id":${JSON.stringify(oid(1))},"__proto__":{"polluted":true},"any":{"__proto__":{"polluted":true},"b":{"$numberInt":"1"}},"__v":{"$numberInt":"0"}}`),
    gives: { document: JSON.parse(`{"_id":${JSON.stringify(oid(1))},"__proto__":{"polluted":true},"any":{"__proto__":{"polluted":true},"b":{"$numberInt":"1"}},"__v":{"$numberInt":"0"},"n":{"$numberInt":"0"}}`) },
  },
}; // prettier-ignore

for (const major of MAJORS) {
  describe(`mongoose ${major}`, () => {
    const suite = atEnd(after);
    /** @type {import("./rig/engine.mjs").Host} */
    let host;
    before(async () => {
      const cases = Object.values(CASES).map(({ body }, at) => [`m${at}.js`, commonJs(`{ ${body.replaceAll('"m"', `"m${at}"`)} }`)]);
      host = startHost(folder(major, { ...Object.fromEntries(cases), "bill.js": BILL }, suite), suite);
      assert.deepEqual((await host.read()).ready.problems, []);
    });

    for (const [at, [name, { incoming, existing = null, gives }]] of Object.entries(CASES).entries()) {
      test(name, async () => {
        const [result] = await host.batch(`m${at}`, [{ incoming, existing }]);
        // Order counts, so the texts are compared. Mongoose 9 names the model in its messages, the others do not.
        const text = JSON.stringify(result).replaceAll(/ for model \\"m\d+\\"/g, "");
        assert.equal(text, JSON.stringify(gives), host.printed.text);
      });
    }

    test("a bill gets its total and status", async () => {
      const { total, status, __v, ...raw } = PAID;
      const changed = { ...PAID, items: [{ ...ITEM, quantity: int(4) }] };
      const results = await host.batch("bills", [
        { incoming: PAID },
        { incoming: raw },
        { incoming: changed, existing: PAID },
        { incoming: { ...PAID, number: "none" } },
      ]);
      assert.deepEqual(results, [
        { unchanged: true },
        { document: { ...raw, total, status, __v } },
        { document: { ...changed, total: int(10), status: "part" } },
        { invalid: [{ path: "number", message: "Path `number` is invalid (none)." }] },
      ]);
      assert.equal(Object.keys(results[1]?.document ?? {}).join(), "_id,number,items,paid,total,status,__v");
    });
  });
}
