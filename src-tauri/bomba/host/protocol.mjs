/**
 * What the engine and the model host say to each other. The Rust side is written from this comment.
 *
 * **Lines.** UTF-8, one JSON object a line, `\n` at its end, both ways: stdin of the host, stdout of the host.
 * Documents inside are canonical EJSON, as `bson::Bson::into_canonical_extjson` prints them. They come without
 * `_syncMeta`. Nothing but these lines comes on stdout; what a model prints goes to stderr, at most
 * `PRINTED_BYTES_MAX` a line of the engine's. The engine has to read stderr all the time: a full pipe stops the host.
 *
 * **Start.** `node --max-old-space-size=MB host.mjs FOLDER [--document-limit-ms N]`. The first line is one of
 *
 *     {"ready": {"mongoose": "9.1.2", "node": "v20.20.2",
 *                "models": [{"model": "Bill", "collection": "bills"}],
 *                "problems": [{"file": "old.js", "message": "Cannot find module 'x'"}]}}
 *     {"failed": {"reason": "one sentence that says what to do"}}        and exit code 1
 *
 * `problems` names the files that could not be loaded (the others work), and collections that two models claim
 * (the first is used). `file` is relative to FOLDER, and empty where no single file is to blame.
 *
 * **Connect**, if the engine wants hooks to be able to read other collections of Local. At most once, before any
 * batch; the URI is a secret, so it is neither in argv nor in the environment:
 *
 *     {"connect": {"uri": "mongodb://...", "database": "bomba"}}
 *     {"connected": {}}   or   {"connected": {"error": "why not"}}       batches work after either
 *
 * **Batch.** Answers come in the order of the batches. `id` is any JSON value and comes back as it was.
 *
 *     {"id": 7, "collection": "bills", "documents": [{"incoming": {...}, "existing": {...} or null}]}
 *     {"id": 7, "results": [...]}          one result for each document, in the same order
 *     {"id": 7, "noModel": true}           no model has this collection: apply the documents as they are
 *     {"id": 7, "error": "..."}            the line was no batch as above; nothing was run
 *
 * `incoming` is the document that is about to be written to Local, `existing` what Local holds now. A result is one of
 *
 *     {"unchanged": true}                  write `incoming` as it is
 *     {"document": {...}}                  write this: `incoming` with what the model changed
 *     {"invalid": [{"path": "total", "message": "..."}]}      validation failed (Mongoose's ValidationError)
 *     {"threw": "message"}                 a hook threw, called process.exit, wrote to a database, or took too long
 *     {"unsettled": ["path"]}              the model changes its own result again, at these paths
 *
 * In `document` every value that the model did not change is the very EJSON that came in, in its old order; fields that
 * the model added follow in the model's order.
 *
 * **End.** The host ends with code 1 after a line that is longer than `LINE_BYTES_MAX`, and at once, with code 0, when stdin ends; and when its parent is gone, even from inside an
 * endless loop. The engine has to kill a host that does not answer in time (a hook in an endless loop blocks it) and to
 * expect one that dies without a word (out of memory, `process.abort` in native code): send halves of the batch to a
 * new host until the document is found. A line that is not one of the above came from something that wrote to the
 * file descriptor itself: treat it like a host that died.
 *
 * **What cannot be said.** A document that looks like an EJSON type, `{"$oid": "..."}` as plain data, is read as that
 * type. The engine must not send documents that have such fields.
 */

/** More than one bulk write's worth of documents comes in several lines; a longer line is an engine gone wrong. */
export const LINE_BYTES_MAX = 256 * 1024 * 1024;

/** @typedef {import("./wire.mjs").Node} Node */
/** @typedef {import("./wire.mjs").Fields} Fields */
/** @typedef {{ path: string, message: string }} Failure */
/**
 * @typedef {{ document: Node } | { unchanged: true } | { invalid: Failure[] } | { threw: string }
 *   | { unsettled: string[] }} Result
 */
/** @typedef {{ incoming: Fields, existing: Fields | null }} Task */
/** @typedef {{ connect: { uri: string, database: string } } | { id: unknown, collection: string, documents: Task[] }} Order */

/**
 * Cuts a stream of bytes into lines.
 *
 * @param {(line: string) => void} take
 * @param {number} [bytesMax]
 * @returns {(chunk: Buffer) => void} throws a RangeError when a line is too long
 */
export function lines(take, bytesMax = LINE_BYTES_MAX) {
  /** @type {Buffer[]} */
  let begun = [];
  let length = 0;
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      begun.push(chunk.subarray(start, end));
      const line = Buffer.concat(begun).toString("utf8");
      begun = [];
      length = 0;
      start = end + 1;
      if (line.trim() !== "") take(line);
    }
    begun.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > bytesMax) throw new RangeError(`a line is longer than ${bytesMax} bytes`);
  };
}

/**
 * Says what is wrong with a line that was parsed, if anything.
 *
 * @param {unknown} order
 * @returns {string | null}
 */
export function fault(order) {
  if (!isObject(order)) return "not a JSON object";
  if ("connect" in order) {
    const { connect } = order;
    const told = isObject(connect) && typeof connect.uri === "string" && typeof connect.database === "string";
    return told ? null : "`connect` needs the strings `uri` and `database`";
  }
  if (typeof order.collection !== "string") return "`collection` is not a string";
  if (!Array.isArray(order.documents)) return "`documents` is not an array";
  const bad = order.documents.findIndex(
    (task) => !isObject(task) || !isObject(task.incoming) || !(task.existing == null || isObject(task.existing)),
  );
  return bad === -1 ? null : `document ${bad} has no \`incoming\` object, or an \`existing\` that is neither object nor null`;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
