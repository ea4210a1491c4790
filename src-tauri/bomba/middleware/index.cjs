/**
 * The sync middleware: notes in Local's `_sync_queue` which documents Bomba writes, so that a Local without change
 * streams (a standalone mongod) can be kept in step. On a replica set it notes nothing: the engine sees every write.
 *
 *     mongoose.plugin(bombaSync());     // before the first model is made
 *
 * A row says "look at this document": `{collection, documentId, operation, origin, instanceId, timestamp}`. It is
 * written before the document is, in the same session when there is one, so a crash leaves a row too many and never
 * one too few. If a row cannot be written the sale goes on: the engine's periodic scan finds what no row tells of.
 * (In a transaction a row that fails takes the transaction with it; that is MongoDB's rule.)
 *
 * Not noted: writes with the option `{ bombaSync: false }`, writes of a document whose `$locals.replicated` is true,
 * `$out` and `$merge`, the driver's own bulk builders, and programs that do not use these models. The scan finds those.
 */
"use strict";

const { capture } = require("./capture.cjs");
const { LocalQueue } = require("./queue.cjs");

/**
 * @typedef {object} Operation
 * @property {string} collection
 * @property {unknown} documentId
 * @property {"insert" | "update" | "replace" | "delete"} operation
 * @property {"local"} origin
 * @property {string | null} instanceId this PC's, or null while no engine has given it one
 * @property {Date} timestamp
 */
/**
 * @typedef {object} Context
 * @property {any} connection the mongoose connection that the write uses
 * @property {any} session the session of the write, or undefined
 */
/**
 * @typedef {object} Queue
 * @property {(operation: Operation, context: Context) => unknown} enqueue may return a promise
 * @property {(operations: Operation[], context: Context) => unknown} [enqueueAll] if many at once are cheaper
 */
/**
 * @typedef {object} Config
 * @property {boolean} [always] note writes on a replica set too
 * @property {boolean} [enabled] looked at for each write: false notes nothing for as long as it is so
 * @property {(error: unknown, operations: Operation[]) => void} [onError] told of rows that could not be written
 */

/**
 * @param {Queue} queueManager where the operations go
 * @param {Config} [config]
 */
function createSyncMiddleware(queueManager, config = {}) {
  const note = (/** @type {any} */ document, /** @type {Operation["operation"]} */ operation) => {
    if (config.enabled === false || document == null || document.$locals?.replicated) return;
    const connection = document.constructor.db;
    const session = document.$session?.();
    return capture.note(queueManager, config, connection, document.constructor.collection.name, session, [[document._id, operation]]);
  };
  return {
    /** For `mongoose.plugin` or `schema.plugin`; it catches every write that goes through the model. */
    plugin: (/** @type {any} */ schema) => {
      schema.on("init", (/** @type {any} */ model) => capture.watch(model, queueManager, config));
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
