/**
 * Loads the models of a folder with the mongoose that belongs to it.
 */

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { refuseWrites } from "./refuse.mjs";
import { message } from "./why.mjs";

const INDEXES = ["index.js", "index.mjs", "index.cjs"];
const SOURCE = /\.[cm]?js$/;
const TEST = /\.(test|spec)\.[cm]?js$/;

/** Mongoose versions that this was tested with. */
const MAJORS = ["7", "8", "9"];

/** The folder cannot be used; the message says what to do. */
export class FolderError extends Error {}

/** @typedef {{ file: string, message: string }} Problem */

/**
 * @param {string} folder
 */
export async function load(folder) {
  const root = path.resolve(folder);
  const files = sources(root);
  const mongoose = resolveMongoose(root);
  const connect = refuseWrites(mongoose);
  const problems = await importAll(root, files);
  const { models, clashes } = byCollection(mongoose);
  problems.push(...clashes);
  if (models.size === 0) {
    const first = problems[0] ? ` The first problem: ${problems[0].file}: ${problems[0].message}` : "";
    throw new FolderError(`No file in ${root} defines a Mongoose model: choose the folder that holds Bomba's models.${first}`);
  }
  return { mongoose, connect, models, problems };
}

/**
 * @param {string} root
 */
function sources(root) {
  let files;
  try {
    files = filesUnder(root);
  } catch (error) {
    throw new FolderError(`${root} cannot be read: choose the folder that holds Bomba's models. (${message(error)})`);
  }
  const found = files.filter((file) => SOURCE.test(file) && !TEST.test(file)).sort();
  if (found.length > 0) return found;
  const isTypeScript = files.some((file) => file.endsWith(".ts"));
  const advice = isTypeScript ? "choose the folder that Bomba's TypeScript is compiled to." : "choose the folder that holds Bomba's models.";
  throw new FolderError(`${root} holds no JavaScript file: ${advice}`);
}

/**
 * @param {string} root
 * @param {string} [folder] relative to the root
 * @returns {string[]}
 */
function filesUnder(root, folder = "") {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true });
  const own = entries.filter(({ name }) => name !== "node_modules" && !name.startsWith("."));
  return own.flatMap((entry) => {
    const name = path.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(root, name) : [name];
  });
}

/**
 * @param {string} root
 */
function resolveMongoose(root) {
  const require = createRequire(path.join(root, "index.js"));
  let mongoose;
  try {
    mongoose = require("mongoose");
  } catch (error) {
    throw new FolderError(`${root} has no mongoose: run \`npm install\` in Bomba's folder first. (${message(error).split("\n")[0]})`);
  }
  const version = String(mongoose?.version);
  if (MAJORS.includes(String(version.split(".")[0]))) return mongoose;
  throw new FolderError(`Bomba's mongoose is ${version}, and only ${MAJORS.join(", ")} work here: install one of these in Bomba's folder.`);
}

/**
 * The index alone, when there is one that loads; it knows what belongs together. Otherwise every file.
 *
 * @param {string} root
 * @param {string[]} files
 * @returns {Promise<Problem[]>}
 */
async function importAll(root, files) {
  const index = INDEXES.find((name) => files.includes(name));
  /** @type {Problem[]} */
  const problems = [];
  const attempt = async (/** @type {string} */ file) => {
    try {
      await import(pathToFileURL(path.join(root, file)).href);
      return true;
    } catch (error) {
      problems.push({ file, message: message(error) });
      return false;
    }
  };
  if (index !== undefined && (await attempt(index))) return problems;
  for (const file of files) if (file !== index) await attempt(file);
  return problems;
}

/**
 * @param {any} mongoose
 */
function byCollection(mongoose) {
  /** @type {Map<string, any>} */
  const models = new Map();
  /** @type {Problem[]} */
  const clashes = [];
  const all = mongoose.connections.flatMap((/** @type {any} */ connection) => Object.values(connection.models));
  // A discriminator's documents are its base's, which finds the discriminator by the document's kind.
  for (const model of all.filter((/** @type {any} */ model) => !model.baseModelName)) {
    const collection = model.collection.name;
    const other = models.get(collection);
    if (other === undefined) models.set(collection, model);
    else clashes.push({ file: "", message: `the models ${other.modelName} and ${model.modelName} share the collection ${collection}: ${other.modelName} is used` });
  }
  return { models, clashes };
}
