/**
 * Puts what a model changed into the document that came in, and leaves everything else as it came.
 *
 * A value is changed when it means something else: 5 is 5 whether it came as Int32, Long, Double or Decimal128. A field
 * that a model has not is kept when the schema dropped it on the way in, and removed when a hook took it away.
 */

import { bare, isDocument, marked, same, wrapper } from "./wire.mjs";

/** @typedef {import("./wire.mjs").Node} Node */
/** @typedef {import("./wire.mjs").Fields} Fields */
/** @typedef {import("./wire.mjs").Translator} Translator */
/** @typedef {(string | number)[]} Path */
/**
 * @typedef {object} Context
 * @property {Translator} translator
 * @property {(path: Path) => boolean} wasSeen whether the model had a value at this path of `incoming` before its hooks
 * @property {boolean} minimize whether the schema leaves out empty objects
 */

/**
 * @param {Fields} incoming
 * @param {any} fields what the model made of it: its `_doc`
 * @param {Context} context
 * @returns {Fields} `incoming` itself when nothing changed
 */
export function merge(incoming, fields, context) {
  return mergeDocument(incoming, fields, [], context);
}

/**
 * What a model's value is to MongoDB: the fields of a subdocument, the key of a document that was populated.
 *
 * @param {any} value
 * @returns {any}
 */
export function stored(value) {
  if (typeof value !== "object" || value === null) return value;
  if (value.$__ === undefined || value._doc === undefined) return value;
  if (value.$__.wasPopulated) return stored(value.$__.wasPopulated.value ?? value._doc._id);
  return value._doc;
}

/**
 * @param {Node} node
 * @param {any} held
 * @param {Path} path
 * @param {Context} context
 * @returns {Node | undefined}
 */
function mergeValue(node, held, path, context) {
  const value = stored(held);
  if (typeof value === "object" && value !== null) {
    if (Array.isArray(value)) {
      // Mongoose's arrays are proxies, and slow to walk; this is what they stand for.
      const list = /** @type {any} */ (value).__array ?? value;
      if (Array.isArray(node)) return mergeArray(node, list, path, context);
    } else if (hasFields(value) && isDocument(node)) {
      return mergeDocument(node, value, path, context);
    }
  }
  return agrees(node, value, context.translator) ? node : context.translator.toNode(value);
}

/**
 * @param {any} value an object
 */
function hasFields(value) {
  if (value instanceof Map) return true;
  if (value._bsontype !== undefined || value instanceof Date || value instanceof RegExp) return false;
  return !(value instanceof Uint8Array) && typeof value.toBSON !== "function";
}

/**
 * @param {Fields} node
 * @param {any} fields
 * @param {Path} path
 * @param {Context} context
 * @returns {Fields}
 */
function mergeDocument(node, fields, path, context) {
  const isMap = fields instanceof Map;
  /** @type {Fields} */
  const merged = {};
  let isChanged = false;
  let kept = 0;
  for (const key in node) {
    const name = key.charCodeAt(0) === 0 ? bare(key) : key;
    const was = /** @type {Node} */ (node[key]);
    const value = isMap ? fields.get(name) : Object.hasOwn(fields, name) ? fields[name] : undefined;
    const now = value === undefined ? undefined : mergeValue(was, value, [...path, key], context);
    if (now !== undefined) {
      merged[key] = now;
      isChanged ||= now !== was;
      kept += 1;
    } else if (isEmpty(was) || !context.wasSeen([...path, key])) {
      merged[key] = was;
    } else {
      isChanged = true;
    }
  }
  if ((isMap ? fields.size : count(fields)) > kept && addNew(merged, node, fields, context)) isChanged = true;
  return isChanged ? merged : node;
}

/**
 * @param {object} fields
 */
function count(fields) {
  let keys = 0;
  for (const _ in fields) keys += 1;
  return keys;
}

/**
 * @param {Fields} merged
 * @param {Fields} node
 * @param {any} fields
 * @param {Context} context
 */
function addNew(merged, node, fields, { translator, minimize }) {
  let isChanged = false;
  for (const [name, held] of fields instanceof Map ? fields : Object.entries(fields)) {
    const key = marked(String(name));
    if (Object.hasOwn(node, key) || typeof held === "function") continue;
    const value = stored(held);
    const added = translator.toNode(value);
    if (added === undefined || (minimize && isEmpty(added))) continue;
    merged[key] = minimize && isDocument(added) && !(value instanceof Map) ? withoutEmpty(added) : added;
    isChanged = true;
  }
  return isChanged;
}

/**
 * @param {Node} node
 * @returns {boolean}
 */
function isEmpty(node) {
  if (!isDocument(node)) return false;
  for (const key in node) if (!isEmpty(/** @type {Node} */ (node[key]))) return false;
  return true;
}

/**
 * @param {Fields} node
 * @returns {Fields}
 */
function withoutEmpty(node) {
  const fields = Object.entries(node).filter(([, value]) => !isEmpty(value));
  return Object.fromEntries(fields.map(([key, value]) => [key, isDocument(value) ? withoutEmpty(value) : value]));
}

/**
 * @param {Node[]} nodes
 * @param {any[]} values
 * @param {Path} path
 * @param {Context} context
 * @returns {Node[]}
 */
function mergeArray(nodes, values, path, context) {
  const place = partners(nodes, values, context.translator);
  let isChanged = nodes.length !== values.length;
  const merged = values.map((value, at) => {
    const from = place(at);
    const node = from === undefined ? undefined : nodes[from];
    const isNew = node === undefined || from === undefined;
    const now = isNew ? context.translator.toNode(stored(value)) : mergeValue(node, value, [...path, from], context);
    isChanged ||= from !== at || now !== node;
    return now ?? null;
  });
  return isChanged ? merged : nodes;
}

/**
 * Which element each of the model's elements came from: by `_id` where there is one, else by place in an array that
 * kept its length, else the next one that says the same.
 *
 * @param {Node[]} nodes
 * @param {any[]} values
 * @param {Translator} translator
 * @returns {(at: number) => number | undefined}
 */
function partners(nodes, values, translator) {
  /** @type {Map<string, number> | undefined} */
  let places;
  let next = 0;
  return (at) => {
    const value = stored(values[at]);
    const isDoc = typeof value === "object" && value !== null && !(value instanceof Map) && value._id !== undefined;
    const id = isDoc ? JSON.stringify(translator.toNode(value._id)) : undefined;
    if (id !== undefined) {
      if (id === idOf(nodes[at])) return at;
      places ??= new Map(nodes.map((node, from) => [idOf(node) ?? "", from]));
      if (places.has(id)) return places.get(id);
    }
    if (nodes.length === values.length) return idOf(nodes[at]) === undefined ? at : undefined;
    const written = translator.toNode(value) ?? null;
    const found = nodes.findIndex((node, from) => from >= next && contains(written, node, translator));
    if (found === -1) return undefined;
    next = found + 1;
    return found;
  };
}

/** @param {Node | undefined} node */
function idOf(node) {
  return isDocument(node) && node._id !== undefined ? JSON.stringify(node._id) : undefined;
}

/**
 * Whether an element of the model's is this one, fields that the schema dropped aside.
 *
 * @param {Node} written
 * @param {Node} node
 * @param {Translator} translator
 * @returns {boolean}
 */
function contains(written, node, translator) {
  if (!isDocument(written) || !isDocument(node)) return agrees(node, translator.toValue(written), translator);
  return Object.entries(written).every(([key, value]) => key in node && contains(value, node[key] ?? null, translator));
}

/**
 * Whether a value means what a node says.
 *
 * @param {Node} node
 * @param {any} value
 * @param {Translator} translator
 * @returns {boolean}
 */
function agrees(node, value, translator) {
  if (typeof value !== "object" || value === null) {
    if (node === value) return true;
    if (typeof node !== "object" || node === null) return false;
  }
  const type = wrapper(node);
  if (type !== null) {
    const held = /** @type {any} */ (node)[type];
    if (type.startsWith("$number")) return isNumber(value) && equal(type, held, value);
    if (type === "$oid" && value?._bsontype === "ObjectId") return held === value.toHexString();
    if (type === "$date" && value instanceof Date) return isMoment(Number(held.$numberLong), value.getTime());
    if (type === "$symbol") return held === value;
  }
  const written = translator.toNode(value);
  if (written === undefined) return false;
  if (type === "$binary") {
    // A Buffer path of a model forgets the subtype, which nobody changed.
    return wrapper(written) === "$binary" && /** @type {any} */ (written).$binary.base64 === held64(node);
  }
  return same(written, type === null ? node : (translator.toNode(translator.toValue(node)) ?? null));
}

/** @param {any} node */
function held64(node) {
  return node.$binary.base64;
}

/** @param {any} value */
function isNumber(value) {
  if (typeof value === "number" || typeof value === "bigint") return true;
  return ["Int32", "Double", "Long", "Decimal128"].includes(value?._bsontype);
}

/**
 * @param {string} type
 * @param {string} held
 * @param {any} value
 */
function equal(type, held, value) {
  if (String(value) === held) return true;
  const isExact = typeof value === "bigint" || value._bsontype === "Long" || value._bsontype === "Decimal128";
  if (isExact && (type === "$numberLong" || type === "$numberInt")) return false;
  if (isExact && type === "$numberDecimal" && value._bsontype === "Decimal128") return false;
  return Number(String(value)) === Number(held);
}

/**
 * @param {number} held
 * @param {number} now
 */
function isMoment(held, now) {
  // MongoDB holds times that JavaScript's Date cannot.
  return held === now || (Number.isNaN(now) && Number.isNaN(new Date(held).getTime()));
}
