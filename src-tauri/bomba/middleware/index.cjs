/**
 * The sync middleware: notes in Local's `_sync_queue` which documents Bomba writes, so that a Local without change
 * streams (a standalone mongod) can be kept in step. On a replica set it notes nothing: the engine sees every write.
 *
 *     mongoose.plugin(bombaSync());     // before the first model is made
 *
 * A row says "look at this document": `{_id, collection, documentId, operation, origin, instanceId, timestamp, done}`.
 *
 * 1. Before the write its rows are there with `done: false`, so a crash leaves a row too many and never one too few.
 *    The engine may look at such a document too early; it must not take the row for the last word.
 * 2. When the write has ended, the same rows (the same `_id`) are `done: true` with the time of then. Those that the
 *    engine took away in between come back. Rows of what did not happen are taken back (deleted): the server refused the
 *    write, or it changed nothing. Whoever sees `done: true` sees all that the write has done, but for one that ended
 *    because its answer was lost while the server is still at it: that is left to the scan.
 * 3. A row of a deletion is `done: true` only when the document was here before the write and is not here after it. One
 *    that is here still is taken back. Where the server did not answer, the row stays `done: false`.
 * 4. What is known only afterwards (the id of an upsert) comes as a row that is `done: true` at once.
 * 5. In a transaction row and write commit together: the row comes after the write, `done: true` at once, and is gone if
 *    they abort.
 * 6. A row that cannot be written or confirmed is told to `onError` and stops no sale; the engine's periodic scan finds
 *    what no row tells of. (In a transaction a row that fails takes the transaction with it; that is MongoDB's rule.)
 *
 * On a standalone the middleware says that it is there: `{_id: "middleware", version, mongoose, seen}` in
 * `_sync_metadata`, before the first write over each connection.
 *
 * Not noted: writes with the option `{ bombaSync: false }`, writes of a document whose `$locals.replicated` is true,
 * `$out` and `$merge`, the driver's own bulk builders, and programs that do not use these models. The scan finds those.
 */
"use strict";

const { watch } = require("./capture.cjs");
const { Noting } = require("./noting.cjs");
const { LocalQueue } = require("./queue.cjs");

/**
 * @typedef {object} Operation
 * @property {any} _id the row's own: an ObjectId
 * @property {string} collection
 * @property {unknown} documentId
 * @property {"insert" | "update" | "replace" | "delete"} operation
 * @property {"local"} origin
 * @property {string | null} instanceId this PC's, or null while no engine has given it one
 * @property {Date} timestamp of this PC's clock: when the row was written, or confirmed
 * @property {boolean} done whether the write has ended
 */
/**
 * @typedef {object} Context
 * @property {any} connection the mongoose connection that the write uses
 * @property {any} session the session of the write, or undefined
 */
/**
 * Where operations go. All may return a promise, which the write waits for.
 *
 * With `confirm` each write is told twice: `enqueue` before it, `confirm` after it; or `withdraw`, if it changed nothing,
 * or neither, if a deletion was not answered. Without `confirm`, and in a transaction, it is told once, after the write,
 * as hooks would, and only of what has happened: told before, such a queue could act on a document that is still the old
 * one. A crash in between is then left to the scan.
 *
 * @typedef {object} Queue
 * @property {(operation: Operation, context: Context) => unknown} enqueue
 * @property {(operations: Operation[], context: Context) => unknown} [enqueueAll] if many at once are cheaper
 * @property {(operations: Operation[], context: Context) => unknown} [confirm] the same again, now done; puts back what is gone
 * @property {(operations: Operation[], context: Context) => unknown} [withdraw] what was enqueued and did not happen
 * @property {(context: Context) => unknown} [leaveMark] before the first write over a connection to a standalone
 */
/**
 * @typedef {object} Config
 * @property {boolean} [always] note writes on a replica set too
 * @property {boolean} [enabled] looked at for each write: false notes nothing for as long as it is so
 * @property {(error: unknown, operations: Operation[]) => void} [onError] told of rows that could not be written or confirmed
 */

/**
 * @param {Queue} queueManager
 * @param {Config} [config]
 */
function createSyncMiddleware(queueManager, config = {}) {
  const note = (/** @type {any} */ document, /** @type {Operation["operation"]} */ operation) => {
    if (config.enabled === false || document == null || document.$locals?.replicated) return;
    const connection = document.constructor.db;
    const session = document.$session?.();
    const noting = new Noting(queueManager, config, connection, document.constructor.collection.name, session);
    return noting.noteDone([[document._id, operation]]);
  };
  return {
    /** For `mongoose.plugin` or `schema.plugin`; it catches every write that goes through the model. */
    plugin: (/** @type {any} */ schema) => {
      schema.on("init", (/** @type {any} */ model) => watch(model, queueManager, config));
    },
    /** For code that hangs up its hooks itself: `schema.post("save", middleware.postSave)`. Not beside `plugin`. */
    postSave: (/** @type {any} */ document) => note(document, "update"),
    postFindOneAndUpdate: (/** @type {any} */ document) => note(document, "update"),
    postDelete: (/** @type {any} */ document) => note(document, "delete"),
  };
}

/**
 * @param {Config} [options]
 * @returns {(schema: any) => void} a Mongoose plugin
 */
function bombaSync(options) {
  return createSyncMiddleware(new LocalQueue(), options).plugin;
}

module.exports = { bombaSync, createSyncMiddleware };
