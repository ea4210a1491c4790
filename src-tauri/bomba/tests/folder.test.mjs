/**
 * Which models a folder gives, whatever way they are written, and what is said when it gives none.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";

import { startHost } from "./rig/engine.mjs";
import { commonJs, folder, MAJORS } from "./rig/folder.mjs";

const BILL = commonJs(`module.exports = model("Bill", new Schema({ total: Number }));`);
const bills = { model: "Bill", collection: "bills" };

/** @type {Record<string, { files: Record<string, string>, models: object[], problems?: RegExp[] }>} */
const FOLDERS = {
  "CommonJS": { files: { "bill.js": BILL }, models: [bills] },
  "ES modules": {
    files: {
      "bill.mjs": `import mongoose from "mongoose"; export const Bill = mongoose.model("Bill", new mongoose.Schema({ total: Number }));`,
      "shop.mjs": `import { Schema, model } from "mongoose"; import { Bill } from "./bill.mjs"; export default [Bill, model("Shop", new Schema({}, { collection: "theShop" }))];`,
    },
    models: [bills, { model: "Shop", collection: "theShop" }],
  },
  "an index that leaves files out": {
    files: { "index.js": `require("./bill");`, "bill.js": BILL, "unused.js": `throw new Error("not to be loaded");` },
    models: [bills],
  },
  "folders in the folder": { files: { "sales/bill.js": BILL, "node_modules/x/index.js": "throw 1", "bill.test.js": "throw 2" }, models: [bills] },
  "a model of a connection": {
    files: { "bill.js": commonJs(`module.exports = mongoose.createConnection("mongodb://nowhere:1/x").model("Bill", new Schema({}));`) },
    models: [bills],
  },
  "a file that connects": {
    files: { "a-database.mjs": `import mongoose from "mongoose"; await mongoose.connect("mongodb://nowhere:1/x");`, "bill.js": BILL },
    models: [bills],
  },
  "discriminators": {
    files: { "bill.js": commonJs(`const Bill = model("Bill", new Schema({}, { discriminatorKey: "kind" })); Bill.discriminator("Refund", new Schema({ why: String }));`) },
    models: [bills],
  },
  "files that fail": {
    files: {
      "bill.js": BILL, "exits.js": `process.exit(3);`, "syntax.js": `const = ;`, "throws.js": `throw new Error("no such setting");`, "wants.js": `require("not-there");`,
    },
    models: [bills],
    problems: [/^exits\.js: process\.exit\(3\) was called$/, /^syntax\.js: Unexpected token/, /^throws\.js: no such setting$/, /^wants\.js: Cannot find module 'not-there'/],
  },
  "an index that fails": {
    files: { "index.js": `require("./bill"); require("./throws");`, "throws.js": `throw new Error("no such setting");`, "bill.js": BILL },
    models: [bills],
    problems: [/^index\.js: no such setting$/, /^throws\.js: no such setting$/],
  },
  "two models of one collection": {
    files: { "bill.js": BILL, "old.js": commonJs(`model("OldBill", new Schema({}, { collection: "bills" }));`) },
    models: [bills],
    problems: [/^: the models Bill and OldBill share the collection bills: Bill is used$/],
  },
}; // prettier-ignore

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 2 }, () => {
    for (const [name, { files, models, problems = [] }] of Object.entries(FOLDERS)) {
      test(name, async (test) => {
        const { ready } = await startHost(folder(major, files, test), test).read();
        assert.deepEqual(ready.models, models);
        assert.match(ready.mongoose, new RegExp(`^${major}\\.`));
        assert.equal(ready.node, process.version);
        const told = ready.problems.map((/** @type {any} */ problem) => `${problem.file}: ${problem.message}`);
        assert.equal(told.length, problems.length, told.join("\n"));
        for (const [at, problem] of problems.entries()) assert.match(told[at], problem);
      });
    }
  });
}

describe("a folder that cannot be used", { concurrency: 2 }, () => {
  /** @type {Record<string, [files: Record<string, string>, reason: RegExp]>} */
  const unusable = {
    "no model": [{ "a.js": "" }, /^No file in .* defines a Mongoose model: choose the folder that holds Bomba's models\.$/],
    "no model, because it fails": [{ "a.js": "throw new Error('oh')" }, /choose the folder that holds Bomba's models\. The first problem: a\.js: oh$/],
    "nothing": [{ "readme.txt": "" }, /holds no JavaScript file: choose the folder that holds Bomba's models\.$/],
    "TypeScript": [{ "bill.ts": "" }, /choose the folder that Bomba's TypeScript is compiled to\.$/],
  }; // prettier-ignore
  for (const [name, [files, reason]] of Object.entries(unusable)) {
    test(name, async (test) => {
      const host = startHost(folder(9, files, test), test);
      assert.match((await host.read()).failed.reason, reason);
      assert.deepEqual(await host.ended, { code: 1, signal: null });
    });
  }

  test("no folder", async (test) => {
    const host = startHost("/nowhere/at/all", test);
    assert.match((await host.read()).failed.reason, /^\/nowhere\/at\/all cannot be read: choose the folder/);
    assert.deepEqual(await host.ended, { code: 1, signal: null });
  });

  test("no mongoose, or one that is too old", async (test) => {
    const root = mkdtempSync(path.join(tmpdir(), "bomba-models-"));
    test.after(() => rmSync(root, { recursive: true }));
    writeFileSync(path.join(root, "bill.js"), "");
    assert.match((await startHost(root, test).read()).failed.reason, /has no mongoose: run `npm install` in Bomba's folder first\./);
    mkdirSync(path.join(root, "node_modules/mongoose"), { recursive: true });
    writeFileSync(path.join(root, "node_modules/mongoose/index.js"), `exports.version = "5.13.0";`);
    assert.match((await startHost(root, test).read()).failed.reason, /^Bomba's mongoose is 5\.13\.0, and only 7, 8, 9 work here/);
  });

  test("arguments that are none", async (test) => {
    const host = startHost(folder(9, { "bill.js": BILL }, test), test, { args: ["--document-limit-ms", "soon"] });
    assert.match((await host.read()).failed.reason, /^Start the host as `node host\.mjs FOLDER/);
  });
});
