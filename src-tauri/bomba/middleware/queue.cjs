/**
 * `_sync_queue` of the database that the write goes to.
 *
 * Rows have an ObjectId each. Two programs on one PC may write theirs in another order than the ids say, so the engine
 * has to take rows away as it handles them and not to remember how far it read.
 */
"use strict";

const { METADATA } = require("./local.cjs");
const { version } = require("./package.json");

const QUEUE = "_sync_queue";

/** What this middleware says of itself, for the engine's `check`. */
const MARK = "middleware";

const DUPLICATE_KEY = 11000;

/** @typedef {import("./index.cjs").Operation} Operation */
/** @typedef {import("./index.cjs").Context} Context */

class LocalQueue {
  /**
   * @param {Operation} operation
   * @param {Context} context
   */
  enqueue(operation, context) {
    return this.enqueueAll([operation], context);
  }

  /**
   * @param {Operation[]} operations
   * @param {Context} context
   */
  async enqueueAll(operations, { connection, session }) {
    await connection.db.collection(QUEUE).insertMany(operations, session ? { session } : {});
  }

  /**
   * A row that the engine has taken away in between comes back: what it saw may have been the document before the write.
   *
   * @param {Operation[]} operations
   * @param {Context} context
   */
  async confirm(operations, { connection, session }) {
    const queue = connection.db.collection(QUEUE);
    const options = session ? { session } : {};
    const filter = { _id: { $in: operations.map(({ _id }) => _id) } };
    const { matchedCount } = await queue.updateMany(filter, { $set: { done: true, timestamp: operations[0]?.timestamp }, $unset: { taken: "" } }, options);
    if (matchedCount === operations.length) return;
    try {
      await queue.insertMany(operations, { ...options, ordered: false });
    } catch (error) {
      if (!isOfRowsStillThere(error)) throw error;
    }
  }

  /**
   * @param {Operation[]} operations of what did not happen
   * @param {Context} context
   */
  async withdraw(operations, { connection, session }) {
    const filter = { _id: { $in: operations.map(({ _id }) => _id) } };
    await connection.db.collection(QUEUE).deleteMany(filter, session ? { session } : {});
  }

  /** @param {Context} context */
  async leaveMark({ connection }) {
    const mark = { version, mongoose: connection.base.version, seen: new Date() };
    await connection.db.collection(METADATA).updateOne({ _id: MARK }, { $set: mark }, { upsert: true });
  }
}

/** @param {any} error of an unordered insert, which has one for each row that was not inserted */
function isOfRowsStillThere(error) {
  const errors = [error.writeErrors ?? []].flat();
  return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
}

module.exports = { LocalQueue };
