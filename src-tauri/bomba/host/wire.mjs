/**
 * Canonical EJSON as a tree that keeps what it came with. Values stay as they were parsed ({"$numberInt": "5"}), so
 * that what a model leaves alone is printed again to the letter; only a model's view of them is made of real values.
 *
 * It does not judge what a model did: that is merge.mjs.
 */

/** @typedef {import("./ejson.d.ts").Node} Node */
/** @typedef {import("./ejson.d.ts").Fields} Fields */
/** @typedef {any} Bson  `mongoose.mongo.BSON` of the shop's own mongoose: its classes are the ones its models know. */

/**
 * JavaScript sorts whole-number keys before all others and takes `__proto__` for something else. Such keys get a NUL in
 * front while they are here: no BSON key can hold one.
 */
const MARK = "\0";
const MARKED_IN_TEXT = /([{,]\s*")(\d+|__proto__)("\s*:)/g;
const MARKED_IN_PRINT = /"\\u0000(\d+|__proto__)":/g;

/** The names of canonical EJSON; `$ref` is a plain document to MongoDB and to us. */
const WRAPPERS = new Set([
  "$oid", "$date", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$binary", "$uuid", "$timestamp",
  "$regularExpression", "$symbol", "$code", "$dbPointer", "$minKey", "$maxKey", "$undefined",
]); // prettier-ignore

/**
 * @param {string} line
 * @returns {unknown}
 */
export function parse(line) {
  // `,"` or `{"` inside a string would need the quote escaped, so the pattern matches keys only.
  return JSON.parse(line.replace(MARKED_IN_TEXT, `$1\\u0000$2$3`));
}

/**
 * @param {unknown} message
 * @returns {string}
 */
export function print(message) {
  const line = JSON.stringify(message);
  return line.includes('"\\u0000') ? line.replace(MARKED_IN_PRINT, '"$1":') : line;
}

/**
 * A key as MongoDB knows it.
 *
 * @param {string} key
 */
export function bare(key) {
  return key.startsWith(MARK) ? key.slice(1) : key;
}

/**
 * A key as a tree here needs it.
 *
 * @param {string} key
 */
export function marked(key) {
  return key === "__proto__" || /^\d+$/.test(key) ? MARK + key : key;
}

/**
 * The EJSON type that a node is written as, or null for a document, an array or a plain value.
 *
 * @param {Node | undefined} node
 * @returns {string | null}
 */
export function wrapper(node) {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return null;
  for (const key in node) return key.charCodeAt(0) === 36 && WRAPPERS.has(key) ? key : null;
  return null;
}

/**
 * Whether a node is a document with fields of its own.
 *
 * @param {Node | undefined} node
 * @returns {node is Fields}
 */
export function isDocument(node) {
  return typeof node === "object" && node !== null && !Array.isArray(node) && wrapper(node) === null;
}

/**
 * @param {Node | undefined} one
 * @param {Node | undefined} other
 * @returns {boolean}
 */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => same(item, other[at]));
  }
  if (Array.isArray(other)) return false;
  let left = 0;
  for (const key in one) {
    if (!Object.hasOwn(other, key) || !same(one[key], other[key])) return false;
    left += 1;
  }
  for (const _ in other) left -= 1;
  return left === 0;
}

/**
 * Translates between nodes and the values that the shop's driver would give to, or take from, its models.
 *
 * @param {Bson} bson
 */
export function translator(bson) {
  const { ObjectId, Long, EJSON, Binary } = bson;

  /**
   * What a model sees: as the driver hands out documents, numbers as numbers while they are exact.
   *
   * @param {Node} node
   * @returns {any}
   */
  function toValue(node) {
    if (typeof node !== "object" || node === null) return node;
    if (Array.isArray(node)) return node.map(toValue);
    const type = wrapper(node);
    if (type === null) {
      /** @type {Record<string, unknown>} */
      const document = {};
      for (const key in node) {
        const name = key.charCodeAt(0) === 0 ? bare(key) : key;
        // A model has no use for such a field, and code that copies it might change every object there is.
        if (name !== "__proto__") document[name] = toValue(/** @type {Node} */ (node[key]));
      }
      return document;
    }
    const held = node[type];
    switch (type) {
      case "$numberInt":
      case "$numberDouble":
        return Number(held);
      case "$oid":
        return ObjectId.createFromHexString(held);
      case "$numberLong": {
        const number = Number(held);
        return Number.isSafeInteger(number) ? number : Long.fromString(held);
      }
      case "$date":
        return new Date(Number(/** @type {{ $numberLong: string }} */ (held).$numberLong));
      default:
        return asRead(node);
    }
  }

  /**
   * @param {Node} node
   * @returns {any}
   */
  function asRead(node) {
    const written = bson.serialize({ value: EJSON.deserialize(node, { relaxed: false }) });
    return bson.deserialize(written).value;
  }

  /**
   * A value as the driver would write it.
   *
   * @param {any} value
   * @returns {Node | undefined} undefined for what the driver leaves out
   */
  function toNode(value) {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return number(value);
      case "bigint":
        return { $numberLong: String(value) };
      case "object":
        break;
      default:
        return undefined;
    }
    if (value === null) return null;
    if (value instanceof Date) return { $date: { $numberLong: String(value.getTime()) } };
    if (value._bsontype !== undefined) return EJSON.serialize(value, { relaxed: false });
    if (value instanceof Uint8Array) return EJSON.serialize(new Binary(value), { relaxed: false });
    if (value instanceof RegExp) return EJSON.serialize(value, { relaxed: false });
    if (typeof value.toBSON === "function") return toNode(value.toBSON());
    if (Array.isArray(value)) return value.map((item) => toNode(item) ?? null);
    /** @type {Fields} */
    const document = {};
    for (const [key, held] of value instanceof Map ? value : Object.entries(value)) {
      const node = toNode(held);
      if (node !== undefined) document[marked(String(key))] = node;
    }
    return document;
  }

  /**
   * @param {number} value
   * @returns {Node}
   */
  function number(value) {
    const isInt32 = (value | 0) === value && !Object.is(value, -0);
    return isInt32 ? { $numberInt: String(value) } : EJSON.serialize(new bson.Double(value), { relaxed: false });
  }

  return { toValue, toNode };
}

/** @typedef {ReturnType<typeof translator>} Translator */
