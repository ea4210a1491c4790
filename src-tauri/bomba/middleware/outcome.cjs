/**
 * What the answer to a write says of what it did.
 */
"use strict";

/**
 * @typedef {object} Outcome
 * @property {any} [result]
 * @property {any} [error]
 */
/** @typedef {"nothing" | "something" | "unknown"} Became unknown: the server did not say, and may be still at it */
/** @typedef {"ran" | "failed" | "skipped" | "unclear"} Fate of one document of an insert, or of one step of a bulk write */

/**
 * @param {import("./writes.cjs").Call} call
 * @param {Outcome} outcome
 * @returns {Became}
 */
function became(call, outcome) {
  const { result, error } = outcome;
  if ("error" in outcome) {
    if (!isAnswer(error)) return "unknown";
    // Many documents are not written in one step, and a write that waits in vain for other members is done.
    const isPartly = call.name.endsWith("Many") || call.name === "bulkWrite" || error.name === "MongoWriteConcernError";
    return isPartly ? "something" : "nothing";
  }
  if (isUnacknowledged(call, result)) return "unknown";
  if (isFind(call)) {
    if (tells(call)) return result?.lastErrorObject?.n > 0 ? "something" : "nothing";
    // An upsert answers with the document from before it: none.
    return result != null || call.options.upsert ? "something" : "nothing";
  }
  const counts = [result.insertedCount, result.modifiedCount, result.upsertedCount, result.deletedCount];
  return "insertedId" in result || counts.some((count) => count > 0) ? "something" : "nothing";
}

/**
 * Whether the write met a document, changed or not. True where nobody can tell.
 *
 * @param {import("./writes.cjs").Call} call
 * @param {any} result
 */
function hasMatched(call, result) {
  if (isUnacknowledged(call, result)) return true;
  if (!isFind(call)) return (result.matchedCount ?? result.deletedCount) > 0;
  return tells(call) ? result?.lastErrorObject?.n > 0 : result != null;
}

/**
 * What became of each document of an insert or each step of a bulk write.
 *
 * @param {Outcome} outcome
 * @param {boolean} isOrdered
 * @returns {(at: number) => Fate}
 */
function fates(outcome, isOrdered) {
  if (!("error" in outcome)) return () => "ran";
  /** @type {Set<number>} */
  const failed = new Set([outcome.error?.writeErrors ?? []].flat().map(({ index }) => index));
  if (failed.size === 0) return () => "unclear";
  const end = isOrdered ? Math.min(...failed) : Infinity;
  return (at) => (failed.has(at) ? "failed" : at > end ? "skipped" : "ran");
}

/**
 * The driver gives an error a number only where it comes from the server.
 *
 * @param {any} error
 */
function isAnswer(error) {
  return typeof error?.code === "number" && String(error.name).startsWith("Mongo");
}

/**
 * @param {import("./writes.cjs").Call} call
 * @param {any} result
 */
function isUnacknowledged(call, result) {
  const { writeConcern, w } = call.options;
  // A document that is found may have a field of that name.
  const isSaid = !isFind(call) && result?.acknowledged === false;
  return isSaid || (writeConcern?.w ?? w ?? call.native().writeConcern?.w) === 0;
}

/** @param {import("./writes.cjs").Call} call */
function isFind({ name }) {
  return name.startsWith("findOneAnd");
}

/**
 * Whether `findOneAnd...` answers with what the server tells beside the document.
 *
 * @param {import("./writes.cjs").Call} call
 */
function tells({ options, alwaysTells }) {
  return options.includeResultMetadata ?? alwaysTells;
}

/**
 * @param {() => Promise<any>} write
 * @returns {Promise<Outcome>}
 */
async function outcomeOf(write) {
  try {
    return { result: await write() };
  } catch (error) {
    return { error };
  }
}

/**
 * To the caller, as if nobody had listened.
 *
 * @param {Outcome} outcome
 */
function answer(outcome) {
  if ("error" in outcome) throw outcome.error;
  return outcome.result;
}

module.exports = { answer, became, fates, hasMatched, isFind, outcomeOf, tells };
