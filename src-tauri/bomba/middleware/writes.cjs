/**
 * Which documents each kind of write touches, known before it is done wherever that can be, and what became of it.
 *
 * A filter says nothing about ids, so they are looked up first and the write is then held to them: what it may touch
 * is what was noted. `_id` never changes, so putting the ids found in the place of the filter's own `_id` means the
 * same. If the document is gone by then, somebody was quicker: look again.
 *
 * A deletion is looked up even if the filter names the id, for that does not say that the document is here; and it is
 * looked after, for a deletion of what is still here would be made everywhere.
 */
"use strict";

const { bulk } = require("./bulk.cjs");
const { HELD_IDS_MAX, exact, ids, judgeDeletes, named, present, stored } = require("./look.cjs");
const { answer, became, fates, hasMatched, isFind, outcomeOf, tells } = require("./outcome.cjs");

/** @typedef {import("./noting.cjs").Noted} Noted */
/** @typedef {import("./noting.cjs").Row} Row */
/** @typedef {import("./outcome.cjs").Outcome} Outcome */
/** @typedef {Noted[1]} Kind */
/**
 * @typedef {object} Call
 * @property {(...args: any[]) => Promise<any>} write
 * @property {any[]} args
 * @property {any} options the last of them
 * @property {string} name
 * @property {boolean} alwaysTells whether `findOneAnd...` is expected to answer with what the server tells beside it
 * @property {() => any} native the driver's collection
 * @property {import("./noting.cjs").Noting} noting
 */
/** @typedef {{ optionsAt: number, run: (call: Call) => Promise<any> }} Write */

/** Others change the same documents all the time if it takes more; then the row is written after the write. */
const LOOKS_MAX = 3;

/** A deletion that is noted by nobody comes back. So it takes as many others as there are hardly tills. */
const LOOKS_TO_DELETE_MAX = 100;

/** @type {Record<string, Write>} */
const WRITES = {
  insertOne: { optionsAt: 1, run: (call) => insert(call, [call.args[0]]) },
  insertMany: { optionsAt: 1, run: (call) => insert(call, call.args[0]) },
  bulkWrite: { optionsAt: 1, run: bulk },
  updateOne: { optionsAt: 2, run: (call) => one(call, "update") },
  replaceOne: { optionsAt: 2, run: (call) => one(call, "replace") },
  deleteOne: { optionsAt: 1, run: (call) => one(call, "delete") },
  findOneAndUpdate: { optionsAt: 2, run: (call) => one(call, "update") },
  findOneAndReplace: { optionsAt: 2, run: (call) => one(call, "replace") },
  findOneAndDelete: { optionsAt: 1, run: (call) => one(call, "delete") },
  updateMany: { optionsAt: 2, run: (call) => many(call, "update") },
  deleteMany: { optionsAt: 1, run: (call) => many(call, "delete") },
};

/**
 * @param {Call} call
 * @param {any[]} documents
 */
async function insert(call, documents) {
  const { noting } = call;
  const places = documents.map((document, at) => ({ document, at }));
  const before = places.filter(({ document }) => document?._id != null);
  // Only code that goes around Mongoose leaves the id to the driver, which puts it into the document.
  const unnamed = places.filter((place) => !before.includes(place));
  const rows = await noting.note(before.map(({ document }) => [document._id, "insert"]));
  const outcome = await attempt(call, call.args, rows);
  const fate = fates(outcome, call.options.ordered !== false);
  const isIn = (/** @type {{ at: number } | undefined} */ place) => place !== undefined && ["ran", "unclear"].includes(fate(place.at));
  noting.withdraw(rows.filter((_, row) => !isIn(before[row])));
  if (became(call, outcome) !== "nothing" && !("error" in outcome && noting.isInTransaction)) {
    const late = unnamed.filter((place) => place.document?._id != null && isIn(place));
    await noting.noteDone(late.map(({ document }) => [document._id, "insert"]));
  }
  return answer(outcome);
}

/**
 * @param {Call} call
 * @param {Kind} kind
 */
async function one(call, kind) {
  const [filter, ...rest] = call.args;
  const known = kind === "delete" ? undefined : exact(filter, call.options);
  if (known !== undefined) return attemptOn(call, known, kind, call.args);
  const withoutUpsert = rest.length > 0 ? [...rest.slice(0, -1), { ...rest.at(-1), upsert: false }] : rest;
  for (let look = 0; look < (kind === "delete" ? LOOKS_TO_DELETE_MAX : LOOKS_MAX); look += 1) {
    const found = await ids(call, filter, 1);
    if (found === null) break;
    if (found.length === 0) {
      // What comes into the filter from now on came too late.
      if (kind === "delete") return call.write({ ...filter, _id: { $in: [] } }, ...rest);
      const id = call.options.upsert && !call.options.collation ? named(filter) : undefined;
      if (id !== undefined) return attemptOn(call, id, kind, call.args);
      break;
    }
    const upserts = call.options.upsert === true;
    const held = { ...call, options: { ...call.options, upsert: false } };
    const result = await attemptOn(held, found[0], kind, [{ ...filter, _id: found[0] }, ...(upserts ? withoutUpsert : rest)]);
    if (hasMatched(call, result)) return result;
  }
  if (isFind(call) && call.options.upsert) return upsertAndFind(call, kind);
  const result = await call.write(...call.args);
  await noteAfter(call, kind, result);
  return result;
}

/**
 * @param {Call} call
 * @param {unknown} id
 * @param {Kind} kind
 * @param {any[]} args
 */
async function attemptOn(call, id, kind, args) {
  const rows = await call.noting.note([[id, kind]]);
  return answer(await attempt(call, args, rows));
}

/**
 * The result need not hold the new document; what the server tells beside it names its id.
 *
 * @param {Call} call
 * @param {Kind} kind
 */
async function upsertAndFind(call, kind) {
  const [filter, update] = call.args;
  const options = { ...call.options, includeResultMetadata: true };
  const told = await call.write(filter, update, options);
  await noteAfter({ ...call, options }, kind, told);
  return tells(call) ? told : told.value;
}

/**
 * An upsert's new document, or one that others moved into the filter. Which document a deletion took in the end is not
 * guessed: a wrong one would be deleted everywhere.
 *
 * @param {Call} call
 * @param {Kind} kind
 * @param {any} result
 */
async function noteAfter(call, kind, result) {
  const isTold = isFind(call) && tells(call);
  const upserted = isTold ? result.lastErrorObject?.upserted : isFind(call) ? undefined : result.upsertedId;
  if (upserted != null) return call.noting.noteDone([[await stored(call, upserted), "insert"]]);
  if (!hasMatched(call, result)) return;
  const returned = isFind(call) ? (isTold ? result.value : result)?._id : undefined;
  if (kind === "delete") {
    const id = returned ?? exact(call.args[0], call.options);
    const isSure = id !== undefined && became(call, { result }) === "something";
    return call.noting.noteDone(isSure ? [[id, kind]] : []);
  }
  const found = returned === undefined ? await ids(call, call.args[0], 1) : [await stored(call, returned)];
  await call.noting.noteDone((found ?? []).map((id) => [id, kind]));
}

/**
 * @param {Call} call
 * @param {Kind} kind
 */
async function many(call, kind) {
  const [filter, ...rest] = call.args;
  const known = kind === "delete" ? undefined : exact(filter, call.options);
  const found = known === undefined ? await ids(call, filter) : [known];
  const rows = await call.noting.note((found ?? []).map((id) => [id, kind]));
  const isSearched = known === undefined && found !== null && found.length <= HELD_IDS_MAX;
  const isHeld = isSearched && !(call.options.upsert && found.length === 0);
  const outcome = await attempt(call, [isHeld ? { ...filter, _id: { $in: found } } : filter, ...rest], rows);
  const upserted = outcome.result?.upsertedId;
  if (upserted != null) await call.noting.noteDone([[await stored(call, upserted), "insert"]]);
  return answer(outcome);
}

/**
 * Writes, and says of the rows what became of them: by the answer, and of deletions by looking who is still here.
 *
 * @param {Call} call
 * @param {any[]} args
 * @param {Row[]} rows
 * @returns {Promise<Outcome>}
 */
async function attempt(call, args, rows) {
  const { noting } = call;
  const outcome = await outcomeOf(() => call.write(...args));
  const end = became(call, outcome);
  // A transaction that fails has done nothing, and is asked nothing more.
  if (end === "nothing" || ("error" in outcome && noting.isInTransaction)) noting.withdraw(rows);
  else await settleDeletes(call, rows, end);
  return outcome;
}

/**
 * @param {Call} call
 * @param {Row[]} rows
 * @param {import("./outcome.cjs").Became} end
 */
async function settleDeletes(call, rows, end) {
  const wanted = rows.filter(({ operation }) => operation === "delete").map(({ documentId }) => documentId);
  if (wanted.length === 0) return;
  judgeDeletes(call, rows, end === "unknown" ? null : await present(call, wanted));
}

module.exports = { WRITES };
