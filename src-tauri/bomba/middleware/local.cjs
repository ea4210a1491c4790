/**
 * What the middleware has to know about a Local: whether its writes need noting, and which PC this is.
 */
"use strict";

const METADATA = "_sync_metadata";

/** The engine's row about this PC (sync-engine, positions.rs). */
const IDENTITY = "identity";

/** @type {WeakMap<object, Promise<boolean>>} */
const replicaSets = new WeakMap();
/** @type {WeakMap<object, string>} */
const identities = new WeakMap();

/**
 * Asked once for each time that the connection is made: the server may come back as another kind.
 *
 * @param {any} connection
 * @returns {Promise<boolean>}
 */
function isReplicaSet(connection) {
  let known = replicaSets.get(connection);
  if (known === undefined) {
    known = ask(connection);
    replicaSets.set(connection, known);
    const forget = () => void replicaSets.delete(connection);
    known.catch(forget);
    connection.once("disconnected", forget);
  }
  return known;
}

/** @param {any} connection */
async function ask(connection) {
  // A read of mongoose's waits for a connection that is being made, and gives up as the write itself would.
  await connection.collection(METADATA).findOne({ _id: IDENTITY });
  const hello = await connection.db.admin().command({ hello: 1 });
  return typeof hello.setName === "string";
}

/**
 * @param {any} connection
 * @returns {Promise<string | null>}
 */
async function instanceId(connection) {
  const known = identities.get(connection);
  if (known !== undefined) return known;
  const row = await connection.db.collection(METADATA).findOne({ _id: IDENTITY });
  if (typeof row?.instanceId !== "string") return null;
  identities.set(connection, row.instanceId);
  connection.once("disconnected", () => void identities.delete(connection));
  return row.instanceId;
}

module.exports = { METADATA, isReplicaSet, instanceId };
