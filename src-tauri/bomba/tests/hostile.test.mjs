/**
 * Models that mean harm, or do it: the documents get a reason, the others go on, and where the host cannot help itself
 * the engine can end it.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";

import { lines } from "../host/protocol.mjs";
import { int, oid } from "./rig/ejson.mjs";
import { startHost, within } from "./rig/engine.mjs";
import { commonJs, folder, MAJORS } from "./rig/folder.mjs";
import { until } from "./rig/mongod.mjs";

/** @param {string} action what the document to do, is done by a hook */
const doc = (action) => ({ incoming: { _id: oid(1), action, __v: int(0) } });

/** One model whose documents say what its hook is to do. */
const MODEL = commonJs(`
  const actions = {
    nothing() {},
    throws() { throw new Error("no such customer"); },
    throwsText() { throw "just text"; },
    throwsNothing() { throw undefined; },
    throwsUnprintable() { throw Object.create(null); },
    throwsMuch() { throw new Error("x".repeat(5000000)); },
    async rejects() { await null; throw new Error("no such customer"); },
    exits() { process.exit(0); },
    aborts() { process.abort(); },
    kills() { process.kill(process.pid, "SIGKILL"); },
    hangs() { return new Promise(() => {}); },
    prints() { console.log("from a hook"); process.stdout.write('{"id":1,"results":[]}\\n'); console.error("and an error"); },
    floods() { for (let i = 0; i < 2000; i += 1) console.log("x".repeat(5000)); },
    detached() { Promise.reject(new Error("nobody waits for this")); setImmediate(() => { throw new Error("nor for this"); }); setImmediate(() => process.exit(4)); },
    pollutes() { this.set("loose", JSON.parse('{"__proto__": {"polluted": true}}')); },
    loops() { for (;;); },
    eats() { const all = []; for (;;) all.push(new Array(100000).fill(all.length)); },
    listens() { setInterval(() => {}, 1000); require("node:net").createServer().listen(0); process.on("exit", () => { for (;;); }); },
  };
  const schema = new Schema({ action: String }, { strict: false });
  schema.pre("save", function () { return actions[this.action].call(this); });
  module.exports = model("Bad", schema, "bad");
`);

/** @type {Record<string, object>} */
const RESULTS = {
  nothing: { unchanged: true },
  throws: { threw: "no such customer" },
  throwsText: { threw: "just text" },
  throwsUnprintable: { threw: "something that cannot be printed was thrown" },
  throwsMuch: { threw: `${"x".repeat(2000)}...` },
  rejects: { threw: "no such customer" },
  exits: { threw: "process.exit(0) was called" },
  aborts: { threw: "process.abort() was called" },
  hangs: { threw: "did not finish within 0.2 s" },
  prints: { unchanged: true },
  floods: { unchanged: true },
  detached: { unchanged: true },
};

for (const major of MAJORS) {
  describe(`mongoose ${major}`, { concurrency: 2 }, () => {
    test("each document gets its own reason and the others go on", async (test) => {
      const host = startHost(folder(major, { "bad.js": MODEL }, test), test, { args: ["--document-limit-ms", "200"] });
      await host.read();
      const names = Object.keys(RESULTS);
      const start = performance.now();
      const results = await host.batch("bad", [...names, ...Array(60).fill("hangs"), "nothing"].map(doc));
      assert.deepEqual(Object.fromEntries(names.map((name, at) => [name, results[at]])), RESULTS);
      assert.deepEqual(results.slice(names.length), [...Array(60).fill(RESULTS.hangs), RESULTS.nothing]);
      assert.ok(performance.now() - start < 61 * 200, "documents that hang wait side by side");
      assert.deepEqual(await host.batch("bad", [doc("nothing")]), [RESULTS.nothing], "and the host goes on");
    });

    test("throwing nothing at all is what save() takes it for; killing is refused", async (test) => {
      const host = startHost(folder(major, { "bad.js": MODEL }, test), test);
      await host.read();
      const [result] = await host.batch("bad", [doc("throwsNothing")]);
      assert.deepEqual(Object.keys(result), [major < 9 ? "unchanged" : "threw"]);
      const [killed] = await host.batch("bad", [doc("kills")]);
      assert.match(killed.threw, /^process\.kill\(\d+, SIGKILL\) was called$/);
    });

    test("what a model prints goes to stderr, up to a limit", async (test) => {
      const host = startHost(folder(major, { "bad.js": MODEL }, test), test);
      await host.read();
      await host.batch("bad", [doc("prints")]);
      await until(() => /from a hook[^]*"results":\[\][^]*and an error/.test(host.printed.text), () => host.printed.text);
      await host.batch("bad", [doc("floods")]);
      await until(() => host.printed.text.includes("(the models print too much: the rest is left out)"), () => host.printed.text.length);
      assert.ok(host.printed.text.length < 80_000, `${host.printed.text.length} bytes`);
      await host.batch("bad", [doc("detached")]);
      const left = /nobody waits for this[^]*nor for this[^]*process\.exit\(4\) was called/;
      await until(() => left.test(host.printed.text), () => host.printed.text.slice(-2000));
      assert.deepEqual(await host.batch("bad", [doc("nothing")]), [RESULTS.nothing]);
    });

    test("a hook cannot change what all objects have through a document", async (test) => {
      const host = startHost(folder(major, { "bad.js": MODEL }, test), test);
      await host.read();
      const [result] = await host.batch("bad", [doc("pollutes"), doc("nothing")]);
      assert.ok(!("threw" in result) || typeof result.threw === "string");
      assert.deepEqual(await host.batch("bad", [doc("nothing")]), [RESULTS.nothing]);
    });
  });
}

describe("what only the engine can end", { concurrency: 2 }, () => {
  test("an endless loop is killed", async (test) => {
    const host = startHost(folder(9, { "bad.js": MODEL }, test), test);
    await host.read();
    host.write(JSON.stringify({ id: 1, collection: "bad", documents: [{ ...doc("prints"), existing: null }, { ...doc("loops"), existing: null }] }));
    await until(() => host.printed.text.includes("from a hook"), () => host.printed.text);
    host.child.kill("SIGKILL");
    assert.deepEqual(await host.ended, { code: null, signal: "SIGKILL" });
  });

  test("a hook that eats all memory ends the host and not the PC", async (test) => {
    const host = startHost(folder(9, { "bad.js": MODEL }, test), test, { node: ["--max-old-space-size=64"] });
    await host.read();
    host.write(JSON.stringify({ id: 1, collection: "bad", documents: [doc("eats")] }));
    const { code, signal } = await within(20_000, host.ended, () => host.printed.text);
    assert.ok(signal === "SIGABRT" || signal === "SIGTRAP" || code === 134, `${code} ${signal}`);
  });

  test("stdin that ends is the end, whatever a model left behind", async (test) => {
    const host = startHost(folder(9, { "bad.js": MODEL }, test), test);
    await host.read();
    await host.batch("bad", [doc("listens")]);
    host.write(JSON.stringify({ id: 9, collection: "bad", documents: [doc("hangs")] }));
    host.child.stdin.end();
    assert.deepEqual(await within(1_500, host.ended, () => host.printed.text), { code: 0, signal: null });
  });

  test("so it is while a file of the folder never finishes loading", async (test) => {
    const host = startHost(folder(9, { "slow.mjs": `console.log("loading"); setInterval(() => {}, 1000); await new Promise(() => {});` }, test), test);
    await until(() => host.printed.text.includes("loading"), () => host.printed.text);
    host.child.stdin.end();
    assert.deepEqual(await within(1_500, host.ended, () => host.printed.text), { code: 0, signal: null });
  });

  test("a host in an endless loop ends when its parent is gone", async (test) => {
    const models = folder(9, { "bad.js": MODEL }, test);
    const host = path.resolve(import.meta.dirname, "../host.mjs");
    // The parent hands the write end of the host's stdin to a process that outlives it, so that no end of stdin helps.
    const parent = spawn(process.execPath, ["-e", `
      const { spawn } = require("node:child_process");
      const host = spawn(process.execPath, [${JSON.stringify(host)}, ${JSON.stringify(models)}], { stdio: ["pipe", "pipe", "inherit"] });
      const keeper = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "ignore", "ignore", host.stdin], detached: true });
      host.stdout.once("data", () => host.stdin.write(${JSON.stringify(`${JSON.stringify({ id: 1, collection: "bad", documents: [doc("prints"), doc("loops")] })}\n`)}));
      console.log(JSON.stringify({ host: host.pid, keeper: keeper.pid }));
    `], { stdio: ["ignore", "pipe", "pipe"] }); // prettier-ignore
    const [line] = await once(createInterface({ input: parent.stdout }), "line");
    const pids = JSON.parse(line);
    test.after(() => {
      for (const pid of Object.values(pids)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    });
    let printed = "";
    parent.stderr.on("data", (chunk) => (printed += chunk));
    await until(() => printed.includes("and an error"), () => printed);
    assert.ok(isAlive(pids.host));
    parent.kill("SIGKILL");
    await until(() => !isAlive(pids.host), () => pids);
    assert.ok(isAlive(pids.keeper), "its stdin was open to the end");
  });
});

test("lines that are no orders are answered and do no harm", async (test) => {
  const host = startHost(folder(9, { "bad.js": MODEL }, test), test);
  await host.read();
  /** @type {[string, RegExp][]} */
  const wrong = [
    ["{", /^not JSON: /],
    ["[]", /^not a JSON object$/],
    [`{"id":1}`, /^`collection` is not a string$/],
    [`{"id":1,"collection":"bad","documents":{}}`, /^`documents` is not an array$/],
    [`{"id":1,"collection":"bad","documents":[{"incoming":{}},{"incoming":[]}]}`, /^document 1 has no `incoming` object/],
    [`{"connect":{"uri":1}}`, /^`connect` needs the strings `uri` and `database`$/],
  ];
  for (const [line, error] of wrong) {
    host.write(line);
    const answer = await host.read();
    assert.match(answer.error, error);
  }
  assert.deepEqual(await host.ask({ id: { any: "thing" }, collection: "__proto__", documents: [] }), { id: { any: "thing" }, noModel: true });
  const strange = await host.batch("bad", [{ incoming: { _id: { $oid: "no id" } } }, { incoming: { action: "nothing" } }, doc("nothing")]);
  assert.deepEqual(strange.map((result) => Object.keys(result)[0]), ["threw", "document", "unchanged"]); // prettier-ignore
});

test("bytes become lines wherever they are cut, and a line has a limit", () => {
  /** @type {string[]} */
  const taken = [];
  const cut = lines((line) => taken.push(line), 10);
  const bytes = Buffer.from("شاي\n\n12\n1234567890");
  for (const byte of bytes) cut(Buffer.from([byte]));
  assert.deepEqual(taken, ["شاي", "12"]);
  assert.throws(() => cut(Buffer.from("1")), RangeError);
});

test("many lines at once are answered in their order", async (test) => {
  const host = startHost(folder(9, { "bad.js": MODEL }, test), test);
  await host.read();
  const ids = Array.from({ length: 40 }, (_, id) => id);
  const documents = Array.from({ length: 200 }, () => doc("nothing"));
  for (const id of ids) host.write(JSON.stringify({ id, collection: "bad", documents }));
  for (const id of ids) {
    const answer = await host.read();
    assert.equal(answer.id, id);
    assert.equal(answer.results.length, documents.length);
  }
});

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
