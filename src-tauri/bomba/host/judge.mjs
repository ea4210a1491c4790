/**
 * What becomes of each document of a batch: the model's result, once it is known to be a fixed point.
 *
 * The document was saved on another PC, where the same hooks ran; here they run once more. That is sound only if a hook
 * run on its own result changes nothing, asked in the very situation of the first run (a new document as a new one, a
 * change as the same change), because that is what happened: `if (isModified("password")) hash()` and `version++`
 * change their own result and are reported. Asking with `existing` set to the result would hide them, since nothing is
 * modified then. A model that changes nothing has shown its fixed point in the first run.
 *
 * A value that comes out differently for the same document comes from the clock or from chance (`updatedAt = new
 * Date()`, a salt, a token). The PC that made the change has made that value already, so the incoming one stays; where
 * there is none the model's is taken.
 */

import { LATER_MS, shift } from "./clock.mjs";
import { differences, dotted, isUnder, restored } from "./paths.mjs";
import { run } from "./run.mjs";
import { why } from "./why.mjs";

/** @typedef {import("./wire.mjs").Node} Node */
/** @typedef {import("./wire.mjs").Fields} Fields */
/** @typedef {import("./wire.mjs").Translator} Translator */
/** @typedef {import("./protocol.mjs").Task} Task */
/** @typedef {import("./protocol.mjs").Result} Result */
/** @typedef {{ fields: Fields } | { failed: Result }} Outcome */

/** A hook that reads Local keeps one of these waiting; so many may wait at a time, as at a shop's server. */
const DOCUMENTS_AT_ONCE = 32;

/**
 * @param {any} model
 * @param {Task[]} tasks
 * @param {{ translator: Translator, limitMs: number }} options
 * @returns {Promise<Result[]>}
 */
export async function judge(model, tasks, options) {
  /** @type {Result[]} */
  const results = [];
  // One clock for all documents that run at the same time.
  /** @param {number} clockMs @param {{ at: number, incoming: Fields }[]} inputs */
  const round = (clockMs, inputs) => {
    shift(clockMs);
    return inLanes(inputs, ({ at, incoming }) => outcome(model, { ...task(at), incoming }, incoming !== task(at).incoming, options));
  };
  const task = (/** @type {number} */ at) => /** @type {Task} */ (tasks[at]);
  const settle = (/** @type {number} */ at, /** @type {Fields} */ fields) => {
    results[at] = differences(fields, task(at).incoming).length === 0 ? { unchanged: true } : { document: fields };
  };

  const first = await round(0, tasks.map(({ incoming }, at) => ({ at, incoming })));
  const changed = first.flatMap((outcome, at) => {
    if ("failed" in outcome) results[at] = outcome.failed;
    else if (outcome.fields === task(at).incoming) results[at] = { unchanged: true };
    else return [{ at, incoming: outcome.fields }];
    return [];
  });

  const again = await round(LATER_MS, changed);
  const moved = changed.filter(({ at, incoming }, index) => {
    const outcome = /** @type {Outcome} */ (again[index]);
    if ("failed" in outcome) results[at] = outcome.failed;
    else if (differences(incoming, outcome.fields).length === 0) settle(at, incoming);
    else return true;
    return false;
  });

  const later = await round(LATER_MS, moved.map(({ at }) => ({ at, incoming: task(at).incoming })));
  const steadied = moved.flatMap(({ at, incoming: made }, index) => {
    const outcome = /** @type {Outcome} */ (later[index]);
    if ("failed" in outcome) {
      results[at] = outcome.failed;
      return [];
    }
    const unsteady = differences(made, outcome.fields);
    return [{ at, unsteady, incoming: restored(made, task(at).incoming, unsteady) }];
  });

  const last = await round(0, steadied);
  for (const [index, { at, unsteady, incoming }] of steadied.entries()) {
    const outcome = /** @type {Outcome} */ (last[index]);
    if ("failed" in outcome) {
      results[at] = outcome.failed;
      continue;
    }
    const paths = differences(incoming, outcome.fields).filter((path) => !isUnder(path, unsteady));
    if (paths.length === 0) settle(at, incoming);
    else results[at] = { unsettled: paths.map(dotted) };
  }
  return results;
}

/**
 * @param {any} model
 * @param {Task} task
 * @param {boolean} isCheck
 * @param {{ translator: Translator, limitMs: number }} options
 * @returns {Promise<Outcome>}
 */
async function outcome(model, task, isCheck, { translator, limitMs }) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not finish within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return { fields: /** @type {Fields} */ (await Promise.race([run(model, task, translator, isCheck), late])) };
  } catch (error) {
    return { failed: why(error) };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @template T, R
 * @param {T[]} inputs
 * @param {(input: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
async function inLanes(inputs, work) {
  /** @type {R[]} */
  const done = [];
  const waiting = inputs.entries();
  const lane = async () => {
    for (const [at, input] of waiting) done[at] = await work(input);
  };
  await Promise.all(Array.from({ length: Math.min(DOCUMENTS_AT_ONCE, inputs.length) }, lane));
  return done;
}
