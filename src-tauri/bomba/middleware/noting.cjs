/**
 * What one write makes the queue say: before it that a document is about to change, after it that it has, or that it
 * has not after all.
 *
 * Nothing here throws: a shop must be able to sell.
 */
"use strict";

const { instanceId } = require("./local.cjs");

/** @typedef {import("./index.cjs").Operation} Operation */
/** @typedef {import("./index.cjs").Queue} Queue */
/** @typedef {import("./index.cjs").Config} Config */
/** @typedef {[id: unknown, operation: Operation["operation"]]} Noted */
/** @typedef {Pick<Operation, "_id" | "documentId" | "operation">} Row */

/** Rows of one command. */
const ROWS_AT_ONCE = 1_000;

/** A mongoose connection's `readyState`. */
const CONNECTED = 1;

class Noting {
  /** @type {Row[]} */
  #intents = [];

  /** Rows of what did not happen. @type {Set<Row>} */
  #withdrawn = new Set();

  /** Rows of what nobody can say of whether it happened. @type {Set<Row>} */
  #left = new Set();

  #isRefused = false;

  /** @type {string | null | undefined} */
  #instanceId;

  /**
   * @param {Queue} queue
   * @param {Config} config
   * @param {any} connection
   * @param {string} collection
   * @param {any} session
   */
  constructor(queue, config, connection, collection, session) {
    this.queue = queue;
    this.config = config;
    this.context = { connection, session };
    this.collection = collection;
    /** Row and write then come true in one moment, or not at all. */
    this.isInTransaction = session?.inTransaction?.() === true;
  }

  /**
   * Before the write. A queue that cannot be told a second time would hear of it too early: it is told by `settle`. So
   * is one in a transaction, where nobody sees a row before the write is seen.
   *
   * @param {Noted[]} noted
   * @returns {Promise<Row[]>} as many and in the same order
   */
  async note(noted) {
    const rows = this.#rows(noted);
    for (const row of rows) this.#intents.push(row);
    if (!this.#isToldOnce) await this.#send("enqueue", rows, false);
    return rows;
  }

  /**
   * After the write, what could not be known before it.
   *
   * @param {Noted[]} noted
   */
  async noteDone(noted) {
    await this.#send("enqueue", this.#rows(noted), true);
  }

  /**
   * What these rows tell of has not happened.
   *
   * @param {Row[]} rows
   */
  withdraw(rows) {
    for (const row of rows) this.#withdrawn.add(row);
  }

  /**
   * They stay as they were before the write: the engine watches such documents for a while.
   *
   * @param {Row[]} rows
   */
  leave(rows) {
    for (const row of rows) this.#left.add(row);
  }

  /**
   * After the write, however it went: one that failed may have done a part.
   *
   * Rows that could not be written before are tried again, but where the server is gone the write has failed as they
   * did, and to wait for it once more (30 s by default) would only keep the shop from hearing of it.
   */
  async settle() {
    if (this.#isRefused && this.context.connection.readyState !== CONNECTED) return;
    const happened = this.#intents.filter((row) => !this.#withdrawn.has(row) && !this.#left.has(row));
    await this.#send(this.#isToldOnce ? "enqueue" : "confirm", happened, true);
    if (!this.#isToldOnce && this.queue.withdraw) await this.#send("withdraw", [...this.#withdrawn], false);
  }

  get #isToldOnce() {
    return this.isInTransaction || !this.queue.confirm;
  }

  /**
   * @param {unknown} error
   * @param {Operation[]} [operations]
   */
  report(error, operations = []) {
    report(this.config, error, operations, `note a write to ${this.collection}; its scan will find it`);
  }

  /**
   * @param {Noted[]} noted
   * @returns {Row[]}
   */
  #rows(noted) {
    const { ObjectId } = this.context.connection.base.Types;
    return noted.map(([documentId, operation]) => ({ _id: new ObjectId(), documentId, operation }));
  }

  /**
   * @param {"enqueue" | "confirm" | "withdraw"} how
   * @param {Row[]} rows
   * @param {boolean} done
   */
  async #send(how, rows, done) {
    const { queue, context } = this;
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const portion = rows.slice(at, at + ROWS_AT_ONCE);
      try {
        if (this.#instanceId === undefined) this.#instanceId = await instanceId(context.connection);
        const operations = this.#operations(portion, done);
        if (how !== "enqueue") await queue[how]?.(operations, context);
        else if (queue.enqueueAll) await queue.enqueueAll(operations, context);
        else for (const operation of operations) await queue.enqueue(operation, context);
      } catch (error) {
        this.#isRefused = true;
        this.report(error, this.#operations(portion, done));
      }
    }
  }

  /**
   * @param {Row[]} rows
   * @param {boolean} done
   * @returns {Operation[]}
   */
  #operations(rows, done) {
    const from = { origin: /** @type {const} */ ("local"), instanceId: this.#instanceId ?? null, timestamp: new Date() };
    return rows.map(({ _id, ...row }) => ({ _id, collection: this.collection, ...row, ...from, done }));
  }
}

/**
 * A listener that throws is no reason to fail a sale either, nor to hide why one failed.
 *
 * @param {Config} config
 * @param {unknown} error
 * @param {Operation[]} operations
 * @param {string} failed
 */
function report(config, error, operations, failed) {
  try {
    if (config.onError) return config.onError(error, operations);
  } catch (thrown) {
    console.error("Bomba Sync's onError failed:", thrown);
  }
  console.error(`Bomba Sync could not ${failed}:`, error);
}

module.exports = { Noting, report };
