/**
 * `_sync_queue` of the database that the write goes to.
 *
 * Rows have an ObjectId each. Two programs on one PC may write theirs in another order than the ids say, so the engine
 * has to take rows away as it handles them and not to remember how far it read.
 */
"use strict";

const QUEUE = "_sync_queue";

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
    const { ObjectId } = connection.base.Types;
    const rows = operations.map((operation) => ({ _id: new ObjectId(), ...operation }));
    await connection.db.collection(QUEUE).insertMany(rows, session ? { session } : {});
  }
}

module.exports = { LocalQueue };
