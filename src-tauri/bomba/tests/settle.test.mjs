/**
 * A model that changes its own result is found out; what comes from the clock or from chance stays what the PC that
 * made the change wrote.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { date, double, int, oid } from "./rig/ejson.mjs";
import { atEnd, startHost } from "./rig/engine.mjs";
import { commonJs, folder, MAJORS } from "./rig/folder.mjs";

const OLD = { _id: oid(1), n: int(1), __v: int(0) };
const NEW = { _id: oid(1), n: int(2), __v: int(0) };

/** @type {Record<string, { fields: string, hook: string, incoming: any, existing?: any, gives: any }>} */
const CASES = {
  "a version that counts up": { fields: "version: Number", hook: `this.version = (this.version || 0) + 1;`, incoming: NEW, gives: { unsettled: ["version"] } },
  "a version that counts changes": {
    fields: "version: Number",
    hook: `if (!this.isNew && this.isModified("n")) this.version += 1;`,
    incoming: { ...NEW, version: int(2) },
    existing: { ...OLD, version: int(1) },
    gives: { unsettled: ["version"] },
  },
  "a discount given again": {
    fields: "items: [new Schema({ price: Number })]",
    hook: `for (const item of this.items) item.price *= 0.5;`,
    incoming: { ...NEW, items: [{ _id: oid(2), price: int(8) }] },
    gives: { unsettled: ["items.0.price"] },
  },
  "a list that grows": { fields: "log: [String]", hook: `this.log.push("saved");`, incoming: NEW, gives: { unsettled: ["log"] } },
  "a password hashed again": {
    fields: "password: String",
    hook: `if (this.isModified("password")) this.password = require("node:crypto").createHash("sha256").update(this.password).digest("hex");`,
    incoming: { ...NEW, password: "5e884898da" },
    gives: { unsettled: ["password"] },
  },
  "a password hashed again in a change": {
    fields: "password: String",
    hook: `if (this.isModified("password")) this.password = require("node:crypto").createHash("sha256").update(this.password).digest("hex");`,
    incoming: { ...NEW, password: "5e884898da" },
    existing: { ...OLD, password: "old" },
    gives: { unsettled: ["password"] },
  },
  "a password that did not change": {
    fields: "password: String",
    hook: `if (this.isModified("password")) this.password = "hash of " + this.password;`,
    incoming: { ...NEW, password: "5e884898da" },
    existing: { ...OLD, password: "5e884898da" },
    gives: { unchanged: true },
  },
  "a hash that knows it was replicated": {
    fields: "password: String",
    hook: `if (this.isModified("password") && !this.$locals.replicated) this.password = "hash of " + this.password;`,
    incoming: { ...NEW, password: "5e884898da" },
    gives: { unchanged: true },
  },
  "a salted hash stays the one that came": {
    fields: "password: String",
    hook: `if (this.isModified("password")) this.password = require("node:crypto").randomBytes(8).toString("hex") + "$hash";`,
    incoming: { ...NEW, password: "salt$hash" },
    gives: { unchanged: true },
  },
  "the time of the save stays the one that came": {
    fields: "updatedAt: Date, day: String, year: Number, stamps: { last: Number }",
    hook: `const now = new Date(); this.updatedAt = now; this.day = now.toISOString().slice(0, 10); this.year = now.getFullYear(); this.stamps.last = Date.now();`,
    incoming: { ...NEW, updatedAt: date(5), day: "1970-01-01", year: int(1970), stamps: { last: double("5.0") } },
    gives: { unchanged: true },
  },
  "with what the hook computes beside it": {
    fields: "updatedAt: Date, twice: Number",
    hook: `this.updatedAt = Date.now(); this.twice = this.n * 2;`,
    incoming: { ...NEW, updatedAt: date(5) },
    gives: { document: { ...NEW, updatedAt: date(5), twice: int(4) } },
  },
  "and does not hide what does not settle": {
    fields: "updatedAt: Date, version: { type: Number, default: 0 }",
    hook: `this.updatedAt = Date.now(); this.version++;`,
    incoming: { ...NEW, updatedAt: date(5) },
    gives: { unsettled: ["version"] },
  },
  "a hook that refuses its own result": {
    fields: "state: String",
    hook: `if (this.state === "done") throw new Error("already done"); this.state = "done";`,
    incoming: NEW,
    gives: { threw: "already done" },
  },
  "a hook that swings between two results": { fields: "flag: Boolean", hook: `this.flag = !this.flag;`, incoming: { ...NEW, flag: true }, gives: { unsettled: ["flag"] } },
  "a result that save() would store without validating it again": { fields: "m: { type: Number, max: 5 }", hook: `this.m = 9;`, incoming: { ...NEW, m: int(1) }, gives: { document: { ...NEW, m: int(9) } } },
  "a count in a hook around validation": { fields: "m: Number", hook: `}); s.post("validate", function () { this.m += 1;`, incoming: { ...NEW, m: int(1) }, gives: { unsettled: ["m"] } },
  "a count in such a hook of a subdocument": {
    fields: `list: [(() => { const item = new Schema({ m: Number }); item.pre("validate", function () { this.m += 1; }); return item; })()]`,
    hook: "",
    incoming: { ...NEW, list: [{ _id: oid(2), m: int(1) }] },
    gives: { unsettled: ["list.0.m"] },
  },
  "a default that is only made once": { fields: `state: { type: String, default: "open" }`, hook: "", incoming: NEW, gives: { document: { ...NEW, state: "open" } } },
}; // prettier-ignore

for (const major of MAJORS) {
  describe(`mongoose ${major}`, () => {
    const suite = atEnd(after);
    /** @type {import("./rig/engine.mjs").Host} */
    let host;
    before(async () => {
      const files = Object.values(CASES).map(({ fields, hook }, at) => {
        return [`m${at}.js`, commonJs(`const s = new Schema({ n: Number, ${fields} }); s.pre("save", function () { ${hook} }); model("m${at}", s, "m${at}");`)];
      });
      const made = commonJs(`const s = new Schema({ n: Number, at: Date, token: String, list: [new Schema({ q: Number })] });
        s.pre("save", function () { this.at = new Date(); this.token = String(Math.random()); }); model("Made", s, "made");`);
      host = startHost(folder(major, { ...Object.fromEntries(files), "made.js": made }, suite), suite);
      assert.deepEqual((await host.read()).ready.problems, []);
    });

    for (const [at, [name, { incoming, existing = null, gives }]] of Object.entries(CASES).entries()) {
      test(name, async () => {
        const [result] = await host.batch(`m${at}`, [{ incoming, existing }]);
        assert.equal(JSON.stringify(result), JSON.stringify(gives), host.printed.text);
      });
    }

    test("where nothing came, the model's time, token and ids are taken, of this time", async () => {
      const start = Date.now();
      const [{ document }] = await host.batch("made", [{ incoming: { ...NEW, list: [{ q: int(1) }] } }]);
      const at = Number(document.at.$date.$numberLong);
      assert.ok(at >= start && at <= Date.now(), `${at}`);
      assert.match(document.token, /^0\.\d+$/);
      assert.match(document.list[0]._id.$oid, /^[0-9a-f]{24}$/);
    });

    test("documents of one batch are judged each for itself", async () => {
      const results = await host.batch("m0", [NEW, NEW, OLD].map((incoming) => ({ incoming })));
      assert.deepEqual(results, Array(3).fill({ unsettled: ["version"] }));
    });
  });
}
