/**
 * Runs one model on one document exactly as `save()` would, up to the moment where `save()` would write.
 *
 * The hook that a schema added last is not a place to stop at: parallel hooks may be under way, and error hooks would
 * see the stop. So the document's own step that writes is replaced. If a version of Mongoose had no such step the
 * write would reach the driver and be refused there (refuse.mjs): the document is set aside, never written twice.
 */

import { bare, isDocument, same } from "./wire.mjs";
import { merge, stored } from "./merge.mjs";

/** @typedef {import("./wire.mjs").Node} Node */
/** @typedef {import("./wire.mjs").Fields} Fields */
/** @typedef {import("./wire.mjs").Translator} Translator */
/** @typedef {import("./merge.mjs").Path} Path */
/** @typedef {import("./protocol.mjs").Task} Task */
/** @typedef {any} Model */
/** @typedef {any} Doc */

const REACHED = new Error("the document would be written now");

/**
 * @param {Model} model
 * @param {Task} task
 * @param {Translator} translator
 * @param {boolean} [isCheck] whether this is the model's own result, which `save()` would not validate once more
 * @returns {Promise<Fields>} `task.incoming` itself when the model changed nothing
 */
export async function run(model, task, translator, isCheck = false) {
  const document = prepare(model, task, translator);
  await untilWritten(document, isCheck && !computesInValidation(document.$__schema));
  /** @type {Doc | undefined} */
  let before;
  const merged = merge(task.incoming, document._doc, {
    translator,
    minimize: document.$__schema.options.minimize !== false,
    wasSeen: (path) => at((before ??= prepare(model, task, translator))._doc, path) !== undefined,
  });
  const versionKey = document.$__schema.options.versionKey;
  const isNew = !isChange(model, task);
  if (!isNew || !versionKey || Object.hasOwn(merged, versionKey)) return merged;
  return { ...merged, [versionKey]: { $numberInt: "0" } };
}

/**
 * @param {Model} model
 * @param {Task} task
 */
function isChange(model, { incoming, existing }) {
  const kind = model.schema.options.discriminatorKey;
  // A document of another kind has another model: to that one it is new.
  return existing !== null && existing !== undefined && (!model.discriminators || same(existing[kind], incoming[kind]));
}

/**
 * The document as a hook meets it: new, or as Local holds it with the incoming values set.
 *
 * @param {Model} model
 * @param {Task} task
 * @param {Translator} translator
 * @returns {Doc}
 */
function prepare(model, task, translator) {
  if (!isChange(model, task)) {
    const made = new model(translator.toValue(task.incoming));
    made.$locals.replicated = true;
    return made;
  }
  const existing = /** @type {Fields} */ (task.existing);
  const document = model.hydrate(translator.toValue(existing));
  document.$locals.replicated = true;
  setFields(document, "", document._doc, existing, task.incoming, translator);
  return document;
}

/**
 * Sets what differs and nothing else, so that `isModified` tells the truth. A field that no schema knows goes where a
 * find would have put it.
 *
 * @param {Doc} document
 * @param {string} prefix
 * @param {any} holder the part of the document's values that `prefix` names
 * @param {Fields} existing
 * @param {Fields} incoming
 * @param {Translator} translator
 */
function setFields(document, prefix, holder, existing, incoming, translator) {
  const schema = document.$__schema;
  for (const key of new Set([...Object.keys(existing), ...Object.keys(incoming)])) {
    const [was, is] = [existing[key], incoming[key]];
    if (same(was, is)) continue;
    const path = prefix + bare(key);
    const kind = key.startsWith("\0") || path.includes("..") ? "unknown" : schema.pathType(path);
    const type = kind === "real" ? schema.path(path) : undefined;
    const isInside = kind === "nested" || (type?.$isSingleNested && !type.schema.discriminators);
    const value = is === undefined ? undefined : translator.toValue(is);
    if (isInside && isDocument(was) && isDocument(is)) {
      setFields(document, path + ".", stored(document.get(path)) ?? {}, was, is, translator);
    } else if (type?.$isMongooseDocumentArray && isSameList(was, is) && !type.schema.discriminators) {
      setElements(document.get(path), /** @type {Fields[]} */ (was), /** @type {Fields[]} */ (is), translator);
    } else if (kind === "real" || kind === "nested" || schema.options.strict === false || schema.options.strict === "throw") {
      // `createdAt` is immutable to the shop's own code; here somebody changed it where it may be changed.
      document.set(path, value, undefined, { overwriteImmutable: true });
    } else if (value === undefined) {
      delete holder[bare(key)];
    } else if (bare(key) !== "__proto__") {
      holder[bare(key)] = value;
    }
  }
}

/**
 * Whether two arrays hold the same subdocuments in the same order, whatever is in them.
 *
 * @param {Node | undefined} was
 * @param {Node | undefined} is
 */
function isSameList(was, is) {
  if (!Array.isArray(was) || !Array.isArray(is) || was.length !== is.length) return false;
  return was.every((node, at) => {
    const other = is[at];
    return isDocument(node) && isDocument(other) && node._id !== undefined && same(node._id, other._id);
  });
}

/**
 * @param {Doc[]} elements
 * @param {Fields[]} was
 * @param {Fields[]} is
 * @param {Translator} translator
 */
function setElements(elements, was, is, translator) {
  for (const [at, element] of elements.entries()) {
    setFields(element, "", element._doc, /** @type {Fields} */ (was[at]), /** @type {Fields} */ (is[at]), translator);
  }
}

/** @type {WeakMap<object, boolean>} */
const computing = new WeakMap();

/**
 * Whether hooks run around validation, where they may compute as well as before the save.
 *
 * @param {any} schema
 * @returns {boolean}
 */
function computesInValidation(schema) {
  const known = computing.get(schema);
  if (known !== undefined) return known;
  computing.set(schema, false); // a schema may hold itself
  const { _pres, _posts } = schema.s.hooks;
  const children = schema.childSchemas.map((/** @type {any} */ child) => child.schema);
  const inside = [...children, ...Object.values(schema.discriminators ?? {})];
  const isSo = _pres.has("validate") || _posts.has("validate") || inside.some(computesInValidation);
  computing.set(schema, isSo);
  return isSo;
}

/**
 * @param {Doc} document
 * @param {boolean} isValid
 */
async function untilWritten(document, isValid) {
  stopBeforeWriting(document);
  try {
    // `updatedAt` stays what the PC wrote that made the change.
    await document.save(isValid ? { timestamps: false, validateBeforeSave: false } : { timestamps: false });
  } catch (error) {
    if (error === REACHED) return;
    throw error;
  }
  throw new Error("save() ended before it came to writing the document");
}

/** @param {Doc} document */
function stopBeforeWriting(document) {
  const own = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(document, name, { value, configurable: true });
  // Nobody who listens for errors is to hear of the stop.
  own("$__handleReject", () => {});
  if (typeof document.$__handleSave === "function") {
    own("$__handleSave", (/** @type {unknown} */ _, /** @type {(error: Error) => void} */ done) => done(REACHED));
    return;
  }
  const { toObject } = document;
  own("$__delta", stop);
  own("$__hasOnlyPrimitiveValues", () => false);
  own("toObject", (/** @type {any} */ options) => (options?.bson ? stop() : toObject.call(document, options)));
}

/** @returns {never} */
function stop() {
  throw REACHED;
}

/**
 * @param {any} value
 * @param {Path} path
 * @returns {any}
 */
function at(value, path) {
  return path.reduce((/** @type {any} */ holder, key) => {
    const inside = stored(holder);
    if (typeof inside !== "object" || inside === null) return undefined;
    const name = typeof key === "string" ? bare(key) : key;
    if (inside instanceof Map) return inside.get(String(name));
    return Object.hasOwn(inside, name) ? inside[name] : undefined;
  }, value);
}
