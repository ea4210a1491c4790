/**
 * A shop's program with the middleware, on a real server of either kind.
 */

import { createRequire } from "node:module";

import { bombaSync } from "../../middleware/index.mjs";
import { startMongod } from "./mongod.mjs";

const require = createRequire(import.meta.url);

/** What a shop's collections write with. */
const METHODS = [
  "insertOne", "insertMany", "bulkWrite", "updateOne", "replaceOne", "deleteOne", "findOneAndUpdate", "findOneAndReplace",
  "findOneAndDelete", "updateMany", "deleteMany",
]; // prettier-ignore

/** @typedef {(name: string, args: any[]) => unknown} Step */

/** Starts a server of each kind for the shops of one test file. */
export async function openShops() {
  const [standalone, replicaSet] = await Promise.all([startMongod({ isReplicaSet: false }), startMongod({ isReplicaSet: true })]);
  const servers = { standalone, replicaSet };
  let databases = 0;

  /**
   * Three bills made before the plugin came, and what the queue says. `write` stands between the middleware and the
   * server: `before` the server is asked, `after` it has answered.
   *
   * @param {number} major
   * @param {"standalone" | "replicaSet"} kind
   * @param {{ options?: any, plugin?: any, write?: { before?: Step, after?: Step }, test: any }} options
   */
  async function shop(major, kind, { options, plugin = bombaSync(options), write, test }) {
    const { Mongoose } = require(`mongoose${major}`);
    const mongoose = new Mongoose();
    // The plugin that comes first is the nearer to the server.
    if (write) mongoose.plugin(between(write));
    mongoose.plugin(plugin);
    const schema = new mongoose.Schema({ _id: Number, number: { type: String, unique: true }, status: String, items: [{ name: String }] });
    const Bill = mongoose.model("Bill", schema);
    databases += 1;
    const database = servers[kind].client.db(`shop${databases}`);
    await database.collection("bills").insertMany([1, 2, 3].map((_id) => ({ _id, number: `A-${_id}`, status: "open", items: [], __v: 0 })));
    const connect = () => mongoose.connect(servers[kind].uri, { dbName: database.databaseName, monitorCommands: true });
    await connect();
    test.after(() => mongoose.disconnect());
    await Bill.init();
    const queue = database.collection("_sync_queue");
    const rows = (filter = {}) => queue.find(filter, { sort: { _id: 1 } }).toArray();
    const said = async (filter = {}) => (await rows(filter)).map((/** @type {any} */ row) => `${row.operation} ${row.documentId}`);
    return { mongoose, connect, Bill, database, queue, rows, said };
  }

  return { shop, close: () => Promise.all(Object.values(servers).map((server) => server.stop())) };
}

/**
 * @param {{ before?: Step, after?: Step }} steps
 */
function between({ before, after }) {
  // A model is announced more than once.
  const known = new WeakSet();
  const hand = (/** @type {any} */ { collection }) => {
    if (known.has(collection)) return;
    known.add(collection);
    for (const name of METHODS) {
      const original = collection[name].bind(collection);
      collection[name] = async (/** @type {any[]} */ ...args) => {
        await before?.(name, args);
        try {
          return await original(...args);
        } finally {
          await after?.(name, args);
        }
      };
    }
  };
  return (/** @type {any} */ schema) => schema.on("init", hand);
}
