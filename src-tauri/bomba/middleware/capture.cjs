/**
 * Catches a model's writes where all of Mongoose's ways to write come together: at its collection. So nothing depends
 * on which hooks a version of Mongoose runs for which method.
 */
"use strict";

const { AsyncLocalStorage } = require("node:async_hooks");

const { isReplicaSet } = require("./local.cjs");
const { Noting, report } = require("./noting.cjs");
const { WRITES } = require("./writes.cjs");

/** @typedef {import("./index.cjs").Queue} Queue */
/** @typedef {import("./index.cjs").Config} Config */

/** Collections whose writes are caught: two models may share one. @type {WeakSet<object>} */
const caught = new WeakSet();
/** @type {WeakSet<object>} */
const marked = new WeakSet();
/** Connections that bear the queue's mark. @type {WeakSet<object>} */
const bearing = new WeakSet();

/** The document that is being written with nothing noted. Its hooks may write others, which are noted. @type {AsyncLocalStorage<any>} */
const silent = new AsyncLocalStorage();

/**
 * @param {any} model
 * @param {Queue} queue
 * @param {Config} config
 */
function watch(model, queue, config) {
  markDocuments(model);
  const { collection } = model;
  if (caught.has(collection) || collection.name.startsWith("_sync_")) return;
  caught.add(collection);
  for (const [name, write] of Object.entries(WRITES)) {
    const original = collection[name].bind(collection);
    collection[name] = (/** @type {any[]} */ ...args) => {
      // Mongoose 7 passes a callback in places.
      const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
      const written = run(name, write, original, args);
      if (callback === undefined) return written;
      written.then((result) => callback(null, result), callback);
    };
  }

  /**
   * @param {string} name
   * @param {import("./writes.cjs").Write} write
   * @param {(...args: any[]) => Promise<any>} original
   * @param {any[]} args
   */
  async function run(name, write, original, args) {
    const at = write.optionsAt;
    const { bombaSync, ...options } = args[at] ?? {};
    if (at < args.length) args = args.with(at, options);
    const isSilent = bombaSync === false || config.enabled === false || options.explain || isOf(silent.getStore(), collection, args[0]);
    if (isSilent || !(await isWanted(collection.conn, queue, config))) return original(...args);
    const noting = new Noting(queue, config, collection.conn, collection.name, options.session);
    try {
      return await write.run({
        write: original,
        args,
        options,
        name,
        alwaysTells: collection.conn.base.version.startsWith("7."),
        native: () => collection.conn.db.collection(collection.name),
        noting,
      });
    } finally {
      await noting.settle();
    }
  }
}

/**
 * Without a server to ask the write itself fails, and says so better.
 *
 * @param {any} connection
 * @param {Queue} queue
 * @param {Config} config
 */
async function isWanted(connection, queue, config) {
  try {
    if (await isReplicaSet(connection)) return config.always === true;
  } catch {
    return connection.db != null;
  }
  await leaveMark(connection, queue, config);
  return true;
}

/**
 * Once for each time that the connection is made, even where it failed: each write would only fail at it again.
 *
 * @param {any} connection
 * @param {Queue} queue
 * @param {Config} config
 */
async function leaveMark(connection, queue, config) {
  if (!queue.leaveMark || bearing.has(connection)) return;
  bearing.add(connection);
  connection.once("disconnected", () => void bearing.delete(connection));
  try {
    await queue.leaveMark({ connection, session: undefined });
  } catch (error) {
    report(config, error, [], "leave the mark by which `check` knows that Bomba carries it");
  }
}

/**
 * Lets a document say that its write is not to be noted. Options of `save` do not reach the collection, so the way
 * there carries it.
 *
 * @param {any} model
 */
function markDocuments(model) {
  const { prototype } = model;
  if (marked.has(prototype)) return;
  marked.add(prototype);
  for (const name of ["save", "deleteOne", "updateOne", "replaceOne"]) {
    const original = prototype[name];
    if (typeof original !== "function") continue;
    prototype[name] = /** @this {any} @param {any[]} args */ function (...args) {
      const isSilent = this.$locals?.replicated || args.some((arg) => arg?.bombaSync === false);
      if (!isSilent) return original.apply(this, args);
      const result = silent.run(this, () => original.apply(this, args));
      // A query runs later, when somebody waits for it; it carries its own options.
      return typeof result?.setOptions === "function" ? result.setOptions({ bombaSync: false }) : result;
    };
  }
}

/**
 * @param {any} document
 * @param {any} collection
 * @param {any} target what is inserted, or the filter
 */
function isOf(document, collection, target) {
  if (document === undefined || document.constructor.collection.name !== collection.name) return false;
  return target?._id !== undefined && String(target._id) === String(document._id);
}

module.exports = { watch };
