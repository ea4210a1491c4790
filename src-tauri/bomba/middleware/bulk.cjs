/**
 * A bulk write. Its steps may build on each other, so nothing is held to ids: filters are looked up before it, and
 * after it those of updates once more. If it deletes, whatever it may have touched is looked after, too: a step may
 * delete what another has just changed. What is absent then was deleted, for it was here before.
 */
"use strict";

const { exact, ids, judgeDeletes, keyOf, named, present, stored } = require("./look.cjs");
const { answer, became, fates, outcomeOf } = require("./outcome.cjs");

/** @typedef {import("./writes.cjs").Call} Call */
/** @typedef {import("./writes.cjs").Kind} Kind */
/** @typedef {import("./noting.cjs").Noted} Noted */
/** @typedef {import("./noting.cjs").Row} Row */
/** @typedef {import("./outcome.cjs").Outcome} Outcome */
/** @typedef {{ kind: Kind, body: any, isSingle: boolean }} Step */
/** @typedef {{ key: string, id: unknown, kind: Kind, steps: number[] }} Touched one document by one kind of step */

/** @param {Call} call */
async function bulk(call) {
  const { noting } = call;
  /** @type {Step[]} */
  const steps = call.args[0].map(read);
  const before = await look(call, steps);
  const unnamed = steps.filter(({ kind, body }) => kind === "insert" && body?._id == null);
  const rows = await noting.note(noted(before));
  const outcome = await outcomeOf(() => call.write(...call.args));
  if ("error" in outcome && noting.isInTransaction) {
    noting.withdraw(rows);
    return answer(outcome);
  }
  const end = became(call, outcome);
  const fate = fates(outcome, call.options.ordered !== false);
  const hasRun = (/** @type {number} */ at) => fate(at) === "ran" || fate(at) === "unclear";
  noting.withdraw(rows.filter((_, row) => isVain(before[row], { outcome, end, steps, fate })));
  const byDriver = unnamed.filter((step) => step.body?._id != null && hasRun(steps.indexOf(step))).map(({ body }) => body._id);
  const told = outcome.result ?? outcome.error;
  const upserted = await Promise.all(Object.values(told?.upsertedIds ?? {}).map((id) => stored(call, id)));
  const made = [...byDriver, ...upserted].map((id) => ({ key: keyOf(call, id), id, kind: /** @type {Kind} */ ("insert"), steps: [] }));
  const isSilent = end === "nothing" || ("error" in outcome && end === "unknown");
  const found = isSilent ? [] : await lookAgain(call, steps, before);
  const here = before.filter(({ kind, steps }) => kind !== "insert" || steps.some((at) => fate(at) === "ran"));
  const deleted = await lookAfter(call, [...here, ...made], rows, end);
  await noting.noteDone(noted([...made, ...found, ...deleted]));
  return answer(outcome);
}

/**
 * @param {any} step
 * @returns {Step}
 */
function read(step) {
  const [name, body] = Object.entries(step)[0] ?? ["", {}];
  if (name === "insertOne") return { kind: "insert", body: body.document ?? body, isSingle: true };
  const kind = name.startsWith("update") ? "update" : name.startsWith("delete") ? "delete" : "replace";
  return { kind, body, isSingle: !name.endsWith("Many") };
}

/**
 * What the steps may touch, as far as it can be known before.
 *
 * A step that takes one document takes the first that its filter finds, or, if steps before it have taken that out of
 * the filter, one behind it: so many are looked up as those steps may have touched, and one more.
 *
 * @param {Call} call
 * @param {Step[]} steps
 * @returns {Promise<Touched[]>}
 */
async function look(call, steps) {
  /** @type {Map<string, Touched>} */
  const touched = new Map();
  const add = (/** @type {unknown} */ id, /** @type {Kind} */ kind, /** @type {number} */ at) => {
    const key = keyOf(call, id);
    const one = touched.get(`${kind} ${key}`) ?? { key, id, kind, steps: [] };
    touched.set(`${kind} ${key}`, { ...one, steps: [...one.steps, at] });
  };
  const isDeleting = steps.some(({ kind }) => kind === "delete");
  const here = isDeleting ? await namedHere(call, steps) : null;
  // The driver takes the steps of an unordered bulk write in an order of its own.
  const others = call.options.ordered === false ? steps.length : 1;
  for (const [at, { kind, body, isSingle }] of steps.entries()) {
    if (kind === "insert") {
      if (body?._id != null) add(body._id, kind, at);
      continue;
    }
    const known = sure({ kind, body, isSingle });
    if (known !== undefined && (!isDeleting || here)) {
      if (!here || here.has(keyOf(call, known))) add(known, kind, at);
      continue;
    }
    const found = (await ids(call, body.filter, isSingle ? touched.size + others : 0, body)) ?? [];
    for (const id of found) add(id, kind, at);
    const id = found.length === 0 && body.upsert && !body.collation && !isDeleting ? named(body.filter) : undefined;
    if (id !== undefined) add(id, kind, at);
  }
  return [...touched.values()];
}

/**
 * The id that is all that a step says of what it wants.
 *
 * @param {Step} step
 */
function sure({ kind, body }) {
  const isAll = kind !== "delete" || Object.keys(body?.filter ?? {}).length === 1;
  return kind !== "insert" && isAll ? exact(body.filter, body) : undefined;
}

/**
 * @param {Call} call
 * @param {Step[]} steps
 */
function namedHere(call, steps) {
  return present(call, steps.map(sure).filter((id) => id !== undefined)); // prettier-ignore
}

/**
 * Whether it is known that nothing of this has happened.
 *
 * @param {Touched | undefined} touched
 * @param {{ outcome: Outcome, end: import("./outcome.cjs").Became, steps: Step[], fate: (at: number) => import("./outcome.cjs").Fate }} told
 */
function isVain(touched, { outcome: { result }, end, steps, fate }) {
  if (touched === undefined || end === "unknown") return false;
  // An update of many that fails on its way has changed some.
  const isOut = (/** @type {number} */ at) => fate(at) === "skipped" || (fate(at) === "failed" && steps[at]?.isSingle);
  if (touched.steps.every(isOut)) return true;
  if (result === undefined || touched.kind === "insert") return false;
  return touched.kind === "delete" ? result.deletedCount === 0 : result.modifiedCount === 0 && result.upsertedCount === 0;
}

/**
 * What others, or the steps themselves, have moved into the filters of updates.
 *
 * @param {Call} call
 * @param {Step[]} steps
 * @param {Touched[]} before
 */
async function lookAgain(call, steps, before) {
  /** @type {Map<string, Touched>} */
  const found = new Map();
  for (const [at, step] of steps.entries()) {
    const { kind, body, isSingle } = step;
    if (kind === "insert" || kind === "delete" || sure(step) !== undefined) continue;
    if (isSingle && before.some(({ steps }) => steps.includes(at))) continue;
    for (const id of (await ids(call, body.filter, isSingle ? 1 : 0, body)) ?? []) {
      const key = keyOf(call, id);
      if (!before.some((one) => one.kind === kind && one.key === key)) found.set(`${kind} ${key}`, { key, id, kind, steps: [at] });
    }
  }
  return [...found.values()];
}

/**
 * Settles the rows of deletions, and tells of others that this write has made, if it makes any.
 *
 * @param {Call} call
 * @param {Touched[]} touched what was here before, or was made
 * @param {Row[]} rows
 * @param {import("./outcome.cjs").Became} end
 * @returns {Promise<Touched[]>}
 */
async function lookAfter(call, touched, rows, end) {
  const isDeleting = call.args[0].some((/** @type {any} */ step) => read(step).kind === "delete");
  if (!isDeleting || end === "nothing") return [];
  const there = end === "unknown" ? null : await present(call, touched.map(({ id }) => id)); // prettier-ignore
  judgeDeletes(call, rows, there);
  if (there === null) return [];
  const known = new Set(touched.filter(({ kind }) => kind === "delete").map(({ key }) => key));
  const deleted = touched.filter(({ key }) => !there.has(key) && !known.has(key)).map(({ key, id }) => [key, { key, id, kind: "delete", steps: [] }]);
  return [...new Map(/** @type {[string, Touched][]} */ (deleted)).values()];
}

/**
 * @param {Touched[]} touched
 * @returns {Noted[]}
 */
function noted(touched) {
  return touched.map(({ id, kind }) => [id, kind]);
}

module.exports = { bulk };
