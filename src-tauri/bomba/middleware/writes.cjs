/**
 * Which documents each kind of write touches, known before it is done wherever that can be. What is noted before is
 * confirmed by whoever runs the write, when it has ended.
 *
 * A filter says nothing about ids, so they are looked up first and the write is then held to them: what it may touch
 * is what was noted. `_id` never changes, so putting the ids found in the place of the filter's own `_id` means the
 * same. If the document is gone by then, somebody was quicker: look again.
 */
"use strict";

/** @typedef {import("./noting.cjs").Noted} Noted */
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

/** As many ids as a filter can well carry: 10,000 take 200 kB of the 16 MB. */
const HELD_IDS_MAX = 10_000;

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
  const unnamed = withoutId(documents);
  await call.noting.note(inserts(documents));
  return write(call, () => call.noting.noteDone(inserts(unnamed)));
}

/**
 * @param {Call} call
 * @param {Kind} kind
 */
async function one(call, kind) {
  const [filter, ...rest] = call.args;
  const known = exact(filter);
  if (known !== undefined) {
    await call.noting.note([[known, kind]]);
    return call.write(...call.args);
  }
  const withoutUpsert = rest.length > 0 ? [...rest.slice(0, -1), { ...rest.at(-1), upsert: false }] : rest;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const found = (await ids(call, filter, 1))?.[0];
    if (found === undefined) break;
    await call.noting.note([[found, kind]]);
    const result = await call.write({ ...filter, _id: found }, ...(call.options.upsert ? withoutUpsert : rest));
    if (hasMatched(result)) return result;
  }
  if (call.name.startsWith("findOneAnd") && call.options.upsert) return upsertAndFind(call, kind);
  const result = await call.write(...call.args);
  await noteAfter(call, filter, kind, result);
  return result;
}

/**
 * The result need not hold the new document; what the server tells beside it names its id.
 *
 * @param {Call} call
 * @param {Kind} kind
 */
async function upsertAndFind(call, kind) {
  const [filter, update] = call.args;
  const told = await call.write(filter, update, { ...call.options, includeResultMetadata: true });
  await noteAfter(call, filter, kind, told);
  return call.options.includeResultMetadata || call.alwaysTells ? told : told.value;
}

/**
 * An upsert's new document, or one that others moved into the filter.
 *
 * @param {Call} call
 * @param {any} filter
 * @param {Kind} kind
 * @param {any} result
 */
async function noteAfter(call, filter, kind, result) {
  const upserted = result?.upsertedId ?? result?.lastErrorObject?.upserted;
  if (upserted != null) return call.noting.noteDone([[upserted, "insert"]]);
  if (!hasMatched(result) && !call.options.upsert) return;
  const returned = (result?.lastErrorObject ? result.value : result)?._id;
  const found = returned === undefined ? await ids(call, filter, 1) : [returned];
  await call.noting.noteDone((found ?? []).map((id) => [id, kind]));
}

/**
 * @param {any} result
 */
function hasMatched(result) {
  if (result == null) return false;
  if (result.lastErrorObject) return result.lastErrorObject.n > 0;
  if (result.acknowledged === false) return true;
  if (result.acknowledged === true) return (result.matchedCount ?? result.deletedCount) > 0;
  return true;
}

/**
 * @param {Call} call
 * @param {Kind} kind
 */
async function many(call, kind) {
  const [filter, ...rest] = call.args;
  const known = exact(filter);
  const found = known === undefined ? await ids(call, filter) : [known];
  await call.noting.note((found ?? []).map((id) => [id, kind]));
  const isSearched = known === undefined && found !== null && found.length <= HELD_IDS_MAX;
  const isHeld = isSearched && !(call.options.upsert && found.length === 0);
  const result = await call.write(isHeld ? { ...filter, _id: { $in: found } } : filter, ...rest);
  if (result?.upsertedId != null) await call.noting.noteDone([[result.upsertedId, "insert"]]);
  return result;
}

/**
 * The steps of a bulk write may build on each other, so nothing is held to ids; filters are looked up before and after.
 *
 * @param {Call} call
 */
async function bulk(call) {
  /** @type {any[]} */
  const documents = [];
  /** @type {Noted[]} */
  const known = [];
  /** @type {{ body: any, kind: Kind }[]} */
  const searched = [];
  for (const step of call.args[0]) {
    const [name, body] = Object.entries(step)[0] ?? ["", {}];
    const kind = name.startsWith("update") ? "update" : name.startsWith("delete") ? "delete" : "replace";
    const id = exact(body.filter);
    if (name === "insertOne") documents.push(body.document ?? body);
    else if (id !== undefined) known.push([id, kind]);
    else searched.push({ body, kind });
  }
  const unnamed = withoutId(documents);
  const seen = new Set();
  const search = async () => {
    /** @type {Noted[]} */
    const found = [];
    for (const { body, kind } of searched) {
      for (const id of (await ids(call, body.filter, 0, body)) ?? []) {
        if (!seen.has(String(id))) found.push([id, kind]);
        seen.add(String(id));
      }
    }
    return found;
  };
  await call.noting.note([...inserts(documents), ...known, ...(await search())]);
  return write(call, async (told) => {
    const upserted = Object.values(told.upsertedIds ?? {}).map((_id) => ({ _id }));
    await call.noting.noteDone([...inserts([...unnamed, ...upserted]), ...(await search())]);
  });
}

/**
 * A write that fails may have done a part of it, so what comes to light after it is noted all the same. A transaction
 * that fails has done nothing, and takes no more rows.
 *
 * @param {Call} call
 * @param {(told: any) => Promise<void>} after
 */
async function write(call, after) {
  let result;
  try {
    result = await call.write(...call.args);
  } catch (error) {
    if (!call.noting.isInTransaction) await after(error);
    throw error;
  }
  await after(result);
  return result;
}

/**
 * @param {any[]} documents
 * @returns {Noted[]}
 */
function inserts(documents) {
  return documents.filter((document) => document?._id != null).map(({ _id }) => [_id, "insert"]);
}

/**
 * Only code that goes around Mongoose leaves the id to the driver, which puts it into the document.
 *
 * @param {any[]} documents
 */
function withoutId(documents) {
  return documents.filter((document) => document?._id == null);
}

/**
 * The one id that a filter can match, if it says so.
 *
 * @param {any} filter
 */
function exact(filter) {
  const id = filter?._id?.$eq ?? filter?._id;
  if (id === null || id === undefined || id instanceof RegExp) return undefined;
  const isPlain = typeof id === "object" && Object.getPrototypeOf(id) === Object.prototype;
  return isPlain ? undefined : id;
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
async function ids({ native, options, noting }, filter, limit = 0, how = options) {
  const { sort, collation, hint } = how;
  const find = { projection: { _id: 1 }, session: options.session, sort, collation, hint, limit, let: options.let };
  const told = Object.fromEntries(Object.entries(find).filter(([, value]) => value !== undefined));
  try {
    const documents = await native().find(filter ?? {}, told).toArray();
    return documents.map((/** @type {any} */ { _id }) => _id);
  } catch (error) {
    noting.report(error);
    return null;
  }
}

module.exports = { WRITES };
