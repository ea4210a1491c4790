/**
 * A models folder of a shop, with a real mongoose of the wanted major version beside it. It goes when the test ends.
 */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const MAJORS = [7, 8, 9];

const PACKAGES = path.resolve(import.meta.dirname, "../../node_modules");

/**
 * @param {number} major
 * @param {Record<string, string>} files by their path inside the folder
 * @param {{ after: (done: () => void) => void }} test
 * @returns {string} the models folder
 */
export function folder(major, files, test) {
  const root = mkdtempSync(path.join(tmpdir(), "bomba-models-"));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, "node_modules"));
  symlinkSync(path.join(PACKAGES, `mongoose${major}`), path.join(root, "node_modules/mongoose"));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, "models", name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return path.join(root, "models");
}

/**
 * The usual head of a CommonJS model file around the body of a test.
 *
 * @param {string} body which may use `mongoose`, `Schema` and `model`
 */
export function commonJs(body) {
  return `const mongoose = require("mongoose");\nconst { Schema, model } = mongoose;\n${body}\n`;
}

/** A validator and two hooks: the total from the items, the status from what is paid. */
export const BILL = commonJs(`
  const item = new Schema({ product: String, name: String, quantity: { type: Number, min: 1 }, price: { type: Number, min: 0 } });
  const bill = new Schema({
    number: { type: String, required: true, match: /^[A-Z]+-\\d+$/ },
    customer: Schema.Types.ObjectId,
    items: [item],
    total: Number,
    paid: { type: Number, default: 0, min: 0 },
    status: { type: String, enum: ["open", "part", "paid"] },
    note: String,
  }, { timestamps: true });
  bill.pre("save", async function () {
    this.total = this.items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  });
  bill.pre("save", async function () {
    this.status = this.paid >= this.total ? "paid" : this.paid > 0 ? "part" : "open";
  });
  module.exports = model("Bill", bill);
`);
