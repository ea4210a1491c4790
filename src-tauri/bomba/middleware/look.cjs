/**
 * Which documents a filter finds, and which of them are still there.
 *
 * Ids come as they are stored, not as what JavaScript makes of them: a row whose `documentId` is an Int32 says nothing
 * of a document whose `_id` is a Double.
 */
"use strict";

/** @typedef {import("./writes.cjs").Call} Call */

/** As many ids as a filter can well carry: 10,000 take 200 kB of the 16 MB. */
const HELD_IDS_MAX = 10_000;

/** BSON types that equal no value of another type, so that a filter's is the stored one. */
const DISTINCT_TYPES = new Set(["ObjectId", "ObjectID", "Binary", "UUID"]);

const AS_STORED = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true, useBigInt64: false };

/**
 * The one id that a filter can match, if it says so, as the filter has it.
 *
 * @param {any} filter
 */
function named(filter) {
  const id = filter?._id?.$eq ?? filter?._id;
  if (id === null || id === undefined || id instanceof RegExp) return undefined;
  const isOperators = typeof id === "object" && Object.keys(id).some((key) => key.startsWith("$"));
  return isOperators ? undefined : id;
}

/**
 * The same, if it is sure to be what is stored: a number may be there as another type, a text in other letters.
 *
 * @param {any} filter
 * @param {any} how
 */
function exact(filter, how) {
  const id = named(filter);
  return id !== undefined && !how?.collation && isDistinct(id) ? id : undefined;
}

/** @param {any} id */
function isDistinct(id) {
  if (typeof id === "string" || typeof id === "boolean") return true;
  return id instanceof Date || id instanceof Uint8Array || DISTINCT_TYPES.has(id?._bsontype);
}

/**
 * Null when they cannot be found out. That is not the end of the write: the engine's scan is there for it.
 *
 * @param {Call} call
 * @param {any} filter
 * @param {number} [limit] 0 for none
 * @param {any} [how] whose collation and hint count
 * @returns {Promise<unknown[] | null>}
 */
async function ids({ native, options, noting, name }, filter, limit = 0, how = options) {
  const { collation, hint } = how;
  // MongoDB deletes the first that it finds, in whatever order it is asked to.
  const sort = name === "deleteOne" ? undefined : how.sort;
  const find = { projection: { _id: 1 }, session: options.session, sort, collation, hint, limit, let: options.let };
  const told = Object.fromEntries(Object.entries(find).filter(([, value]) => value !== undefined));
  try {
    const documents = await native().find(filter ?? {}, { ...told, ...AS_STORED, readPreference: "primary" }).toArray();
    // An Int32 is what a number of JavaScript's is stored as.
    return documents.map((/** @type {any} */ { _id }) => (_id?._bsontype === "Int32" ? _id.value : _id));
  } catch (error) {
    noting.report(error);
    return null;
  }
}

/**
 * An id that an answer told of, as it is stored.
 *
 * @param {Call} call
 * @param {any} id
 */
async function stored(call, id) {
  if (isDistinct(id)) return id;
  return (await ids(call, { _id: id }, 1, {}))?.[0] ?? id;
}

/**
 * Those that are there, by their key. Null when that cannot be found out.
 *
 * @param {Call} call
 * @param {unknown[]} wanted
 * @returns {Promise<Map<string, unknown> | null>}
 */
async function present(call, wanted) {
  /** @type {Map<string, unknown>} */
  const there = new Map();
  for (let at = 0; at < wanted.length; at += HELD_IDS_MAX) {
    const found = await ids(call, { _id: { $in: wanted.slice(at, at + HELD_IDS_MAX) } }, 0, {});
    if (found === null) return null;
    for (const id of found) there.set(keyOf(call, id), id);
  }
  return there;
}

/**
 * A deletion of what is still there has not happened; where nobody looked, nobody knows.
 *
 * @param {Call} call
 * @param {import("./noting.cjs").Row[]} rows
 * @param {Map<string, unknown> | null} there
 */
function judgeDeletes(call, rows, there) {
  const deletes = rows.filter(({ operation }) => operation === "delete");
  if (there === null) return call.noting.leave(deletes);
  call.noting.withdraw(deletes.filter(({ documentId }) => there.has(keyOf(call, documentId))));
}

/**
 * The bytes of an id: 1 and "1" are two, and so are two compound ids.
 *
 * @param {Call} call
 * @param {unknown} id
 * @returns {string}
 */
function keyOf({ noting }, id) {
  const { BSON } = noting.context.connection.base.mongo;
  return Buffer.from(BSON.serialize({ id })).toString("base64");
}

module.exports = { HELD_IDS_MAX, exact, ids, judgeDeletes, keyOf, named, present, stored };
