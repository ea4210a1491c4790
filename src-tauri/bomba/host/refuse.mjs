/**
 * Makes the shop's mongoose unable to write. The PC that made a change has run its hooks: a hook that takes a sold item
 * off the stock would do so once more on every other PC. Reading works, once the engine has connected the host.
 *
 * It binds code that goes through the shop's mongoose or its driver. It is no fence against a model that means harm.
 */

const WRITES = [
  "insertOne", "insertMany", "insert", "bulkWrite", "updateOne", "updateMany", "update", "replaceOne", "save", "deleteOne",
  "deleteMany", "remove", "findOneAndDelete", "findOneAndReplace", "findOneAndUpdate", "findAndModify", "drop", "rename",
  "createIndex", "createIndexes", "ensureIndex", "dropIndex", "dropIndexes", "dropAllIndexes", "createSearchIndex",
  "createSearchIndexes", "updateSearchIndex", "dropSearchIndex", "initializeOrderedBulkOp", "initializeUnorderedBulkOp",
]; // prettier-ignore
const DATABASE_WRITES = [
  "createCollection", "dropCollection", "dropDatabase", "renameCollection", "createIndex", "addUser", "removeUser",
  "setProfilingLevel",
]; // prettier-ignore

/** Local is on this PC: it answers soon or not at all. An URI that says otherwise is believed. */
const CONNECT_MS = 5_000;

/** Commands that change nothing. Any other may. */
const READS = new Set([
  "ping", "hello", "isMaster", "ismaster", "buildInfo", "find", "count", "distinct", "collStats", "dbStats", "serverStatus",
  "listCollections", "listDatabases", "listIndexes", "connectionStatus", "explain",
]); // prettier-ignore

/**
 * @param {any} mongoose
 * @returns {(uri: string, database: string) => Promise<void>} connects all of mongoose's connections to Local
 */
export function refuseWrites(mongoose) {
  const { Collection, Db, MongoClient } = mongoose.mongo;
  const wrapped = Object.getPrototypeOf(mongoose.connection.collection("a"));
  for (const prototype of [wrapped, Collection.prototype]) {
    for (const name of WRITES) {
      const where = (/** @type {any} */ collection) => `\`${collection.collectionName ?? collection.name}\` (${name})`;
      if (name in prototype) put(prototype, name, refusal(where, name.startsWith("initialize")));
    }
    guardPipelines(prototype);
  }
  for (const name of DATABASE_WRITES) if (name in Db.prototype) put(Db.prototype, name, refusal(() => `the database (${name})`));
  guardPipelines(Db.prototype);
  guardCommands(Db.prototype);
  guardCommands(mongoose.mongo.Admin.prototype);
  if ("bulkWrite" in MongoClient.prototype) put(MongoClient.prototype, "bulkWrite", refusal(() => "the server (bulkWrite)"));
  keepQuiet(mongoose);
  return connector(mongoose);
}

/**
 * @param {any} holder
 * @param {string} name
 * @param {unknown} value
 */
function put(holder, name, value) {
  Object.defineProperty(holder, name, { value, writable: false, configurable: false });
}

/**
 * Refuses in the way that the caller waits for: Mongoose 7 passes a callback in places, and where it awaits a promise a
 * plain throw may get lost. Bulk builders answer at once.
 *
 * @param {(self: any) => string} where
 * @param {boolean} [isAtOnce]
 */
function refusal(where, isAtOnce = false) {
  return /** @this {any} @param {any[]} args */ function (...args) {
    const error = refused(where(this));
    if (isAtOnce) throw error;
    const callback = args.at(-1);
    return typeof callback === "function" ? callback(error) : Promise.reject(error);
  };
}

/** @param {string} where */
function refused(where) {
  return new Error(
    `a hook wrote to ${where}: the PC that made this change has done so already; let the hook end where this.$locals.replicated is true`,
  );
}

/**
 * @param {any} prototype
 */
function guardPipelines(prototype) {
  const { aggregate } = prototype;
  put(prototype, "aggregate", /** @this {any} @param {any[]} args */ function (...args) {
    const stages = Array.isArray(args[0]) ? args[0] : [];
    const writes = stages.some((stage) => stage && ("$out" in stage || "$merge" in stage));
    if (writes) throw refused("what `$out` or `$merge` names");
    return aggregate.apply(this, args);
  });
}

/**
 * @param {any} prototype
 */
function guardCommands(prototype) {
  for (const name of ["command", "executeDbAdminCommand", "runCursorCommand"]) {
    const run = prototype[name];
    if (run === undefined) continue;
    put(prototype, name, /** @this {any} @param {any[]} args */ function (...args) {
      const [command] = Object.keys(args[0] ?? {});
      if (command === undefined || !READS.has(command)) throw refused(`the database (command ${command})`);
      return run.apply(this, args);
    });
  }
}

/**
 * No indexes, no collections, and no hook after a save that never comes.
 *
 * @param {any} mongoose
 */
function keepQuiet(mongoose) {
  for (const option of ["autoIndex", "autoCreate", "bufferCommands"]) mongoose.set(option, false);
  put(mongoose.Model, "init", /** @this {any} */ function () {
    return Promise.resolve(this);
  });
  // These take a refusal from below for something else: they swallow it, or never end.
  for (const name of ["bulkSave", "createIndexes", "ensureIndexes", "syncIndexes", "createCollection"]) {
    put(mongoose.Model, name, refusal((model) => `\`${model.collection.name}\` (${name})`));
  }
  const { post } = mongoose.Schema.prototype;
  put(mongoose.Schema.prototype, "post", /** @this {any} @param {any} name @param {any[]} rest */ function (name, ...rest) {
    // Names in a list or a pattern come through here again, one by one.
    return name === "save" ? this : post.call(this, name, ...rest);
  });
}

/**
 * A models folder often connects when it is loaded. Here only the engine says where to.
 *
 * @param {any} mongoose
 */
function connector(mongoose) {
  const { openUri } = mongoose.Connection.prototype;
  put(mongoose.Connection.prototype, "openUri", /** @this {any} */ function () {
    return Promise.resolve(this);
  });
  const open = (/** @type {any} */ connection, /** @type {string} */ uri, /** @type {string} */ database) => {
    const options = { dbName: database, bufferCommands: false, autoIndex: false, autoCreate: false };
    const limit = uri.includes("serverSelectionTimeoutMS=") ? {} : { serverSelectionTimeoutMS: CONNECT_MS };
    return openUri.call(connection, uri, { ...options, ...limit });
  };
  return async (/** @type {string} */ uri, /** @type {string} */ database) => {
    for (const connection of mongoose.connections) if (connection.readyState === 0) await open(connection, uri, database);
  };
}
