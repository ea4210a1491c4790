/**
 * The made-up shop sells through real Mongoose: what it stores is right, its writes are noted, and the model host finds
 * nothing left to do on any of it.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";

import { startHost } from "./rig/engine.mjs";
import { startMongod, until } from "./rig/mongod.mjs";

const SHOP = path.resolve(import.meta.dirname, "../../../tests/shop");
const COLLECTIONS = ["bills", "sessions", "products", "customers", "payments", "logs"];

const { BSON } = createRequire(import.meta.url)("mongoose9").mongo;

/** @type {Awaited<ReturnType<typeof startMongod>>} */
let server;
before(async () => {
  server = await startMongod({ isReplicaSet: false });
});
after(() => server.stop());

/**
 * @param {string[]} args
 * @param {{ after: (done: () => void) => void }} test
 */
function sell(args, test) {
  const env = { ...process.env, BOMBA_SHOP_URI: server.uri };
  const child = spawn(process.execPath, ["sell.mjs", ...args], { cwd: SHOP, env, stdio: ["ignore", "pipe", "pipe"] });
  test.after(() => void child.kill("SIGKILL"));
  const printed = { out: "", error: "" };
  child.stdout.on("data", (chunk) => (printed.out += chunk));
  child.stderr.on("data", (chunk) => (printed.error += chunk));
  return { child, printed, ended: once(child, "exit") };
}

test("sales are stored as the models say, noted, and leave the model host nothing to do", async (test) => {
  const { printed, ended } = sell(["--database", "shop", "--count", "12", "--every-ms", "0"], test);
  assert.deepEqual(await ended, [0, null], printed.error);
  const sales = printed.out.trim().split("\n");
  assert.equal(sales.length, 12, printed.out);
  for (const sale of sales) assert.match(sale, /^A-\d{6} {2}\d+ IQD {2}(open|partial|paid) {2}[1-4] items$/);

  const database = server.client.db("shop");
  const host = startHost(path.join(SHOP, "models"), test);
  const { ready } = await host.read();
  assert.deepEqual(ready.problems, []);
  assert.deepEqual(ready.models.map((/** @type {any} */ { collection }) => collection).sort(), [...COLLECTIONS].sort());
  const noted = await database.collection("_sync_queue").find().toArray();
  for (const name of COLLECTIONS) {
    const stored = await database.collection(name).find({}, { promoteValues: false }).toArray();
    assert.ok(stored.length > 0, name);
    const documents = JSON.parse(BSON.EJSON.stringify(stored, { relaxed: false }));
    const results = await host.batch(name, documents.map((/** @type {any} */ incoming) => ({ incoming })));
    assert.deepEqual(results, stored.map(() => ({ unchanged: true })), name);
    const ids = new Set(noted.filter((/** @type {any} */ row) => row.collection === name).map((/** @type {any} */ row) => String(row.documentId)));
    assert.deepEqual(stored.filter((/** @type {any} */ { _id }) => !ids.has(String(_id))), [], name);
  }
  const bills = await database.collection("bills").find().toArray();
  for (const { items, total, paid, status } of bills) {
    assert.equal(total, items.reduce((/** @type {number} */ sum, /** @type {any} */ { quantity, price }) => sum + quantity * price, 0));
    assert.equal(status, paid >= total ? "paid" : paid > 0 ? "partial" : "open");
  }
});

test("SIGTERM closes the till after the sale that is being rung up", async (test) => {
  const { child, printed, ended } = sell(["--database", "closing", "--every-ms", "600000", "--till", "B"], test);
  await until(() => printed.out.includes("B-000001"), () => printed);
  child.kill("SIGTERM");
  assert.deepEqual(await ended, [0, null], printed.error);
  const [session] = await server.client.db("closing").collection("sessions").find().toArray();
  assert.equal(session.isOpen, false);
  assert.ok(session.closedAt instanceof Date);
});
