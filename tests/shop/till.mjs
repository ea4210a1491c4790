/**
 * Writes what it is told through real Mongoose, as a program of the shop would: BSON documents on stdin
 * (`{do, collection, id, document}`), one line of JSON on stdout for each.
 *
 *     BOMBA_SHOP_URI=URI node till.mjs DATABASE
 */

import process from "node:process";

import "./sync.mjs";
import mongoose from "mongoose";

const { BSON } = mongoose.mongo;

/** Documents of any shape, with their types as they came. @type {mongoose.SchemaOptions} */
const anything = { strict: false, versionKey: false, minimize: false, autoCreate: false, autoIndex: false };

await mongoose.connect(process.env.BOMBA_SHOP_URI ?? "mongodb://127.0.0.1:27017", { dbName: process.argv[2] });
let rest = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  rest = Buffer.concat([rest, chunk]);
  while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
    const size = rest.readInt32LE(0);
    const order = BSON.deserialize(rest.subarray(0, size), { promoteValues: false, promoteBuffers: false, bsonRegExp: true });
    rest = rest.subarray(size);
    console.log(JSON.stringify(await carryOut(order).catch((error) => ({ error: String(error) }))));
  }
}
await mongoose.disconnect();

/** @param {Record<string, any>} order */
async function carryOut({ do: what, collection: name, id, document }) {
  const collection = model(String(name)).collection;
  const one = { _id: { $eq: id } };
  switch (String(what)) {
    case "insert":
      return { touched: Number((await collection.insertOne(document)).acknowledged) };
    case "update":
      return { touched: (await collection.updateOne(one, { $set: document })).matchedCount };
    case "replace":
      return { touched: (await collection.replaceOne(one, document)).matchedCount };
    case "delete":
      return { touched: (await collection.deleteOne(one)).deletedCount };
    default:
      throw new Error(`nobody can ${what}`);
  }
}

/** @param {string} name of the collection */
function model(name) {
  const known = mongoose.models[name];
  if (known !== undefined) return known;
  return mongoose.model(name, new mongoose.Schema({ _id: mongoose.Schema.Types.Mixed }, { ...anything, collection: name }));
}
