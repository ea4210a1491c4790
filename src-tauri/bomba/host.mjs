/**
 * The model host: runs Bomba's own Mongoose models on documents that the engine is about to write to Local. The engine
 * starts it as `node host.mjs FOLDER` and talks to it over stdin and stdout as host/protocol.mjs says.
 *
 * It never writes to a database, and it decides nothing but what the models make of a document.
 */

import * as clock from "./host/clock.mjs";
import { judge } from "./host/judge.mjs";
import { FolderError, load } from "./host/models.mjs";
import { isolate } from "./host/process.mjs";
import { fault, lines } from "./host/protocol.mjs";
import { message } from "./host/why.mjs";
import { parse, print, translator } from "./host/wire.mjs";

/** A hook waits for Local at most; longer, and a batch of such documents would hold up the sync. */
const DOCUMENT_LIMIT_MS = 2_000;

/** Lines that wait while one is worked on. Reading stops there; only a reader notices that stdin has ended. */
const LINES_WAITING_MAX = 4;

const own = isolate();
clock.install();
await start().catch(fail);

async function start() {
  const orders = listen();
  const { folder, limitMs } = told(process.argv.slice(2));
  const shop = await load(folder);
  const models = [...shop.models].map(([collection, model]) => ({ model: model.modelName, collection }));
  const { mongoose, problems } = shop;
  own.write(print({ ready: { mongoose: mongoose.version, node: process.version, models, problems } }));
  orders.serve(shop, { translator: translator(mongoose.mongo.BSON), limitMs });
}

/**
 * @param {string[]} args
 */
function told(args) {
  const [named, flag, value, ...rest] = args;
  const limitMs = flag === undefined ? DOCUMENT_LIMIT_MS : Number(value);
  const isKnown = (flag === undefined || flag === "--document-limit-ms") && rest.length === 0;
  if (named === undefined || !isKnown || !Number.isInteger(limitMs) || limitMs < 1) {
    throw new FolderError("Start the host as `node host.mjs FOLDER [--document-limit-ms N]`.");
  }
  return { folder: named, limitMs };
}

/** @param {unknown} error */
function fail(error) {
  if (!(error instanceof FolderError)) console.error(error);
  const reason = error instanceof FolderError ? error.message : `The models folder cannot be loaded: ${message(error)}`;
  own.write(print({ failed: { reason } }), () => own.exit(1));
}

/** @typedef {Awaited<ReturnType<typeof load>>} Shop */
/** @typedef {{ translator: import("./host/wire.mjs").Translator, limitMs: number }} Options */

/**
 * Reads from the start, because only a reader notices that stdin has ended; what comes early waits for the models.
 */
function listen() {
  /** @type {string[]} */
  const waiting = [];
  let work = async () => {};
  const cut = lines((line) => waiting.push(line));
  process.stdin.on("data", (chunk) => {
    try {
      cut(chunk);
    } catch (error) {
      // Whoever sends such a line does not keep to the protocol, and nothing that follows can be trusted.
      console.error(error);
      own.exit(1);
    }
    if (waiting.length >= LINES_WAITING_MAX) process.stdin.pause();
    void work();
  });
  for (const event of ["end", "error", "close"]) process.stdin.on(event, () => own.exit(0));

  /** @param {Shop} shop @param {Options} options */
  const serve = (shop, options) => {
    let isBusy = false;
    work = async () => {
      if (isBusy) return;
      isBusy = true;
      for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
        own.allowPrinting();
        own.write(print(await answer(line, shop, options)));
        if (waiting.length < LINES_WAITING_MAX) process.stdin.resume();
      }
      isBusy = false;
    };
    void work();
  };
  return { serve };
}

/**
 * @param {string} line
 * @param {Shop} shop
 * @param {Options} options
 * @returns {Promise<object>}
 */
async function answer(line, shop, options) {
  /** @type {any} */
  let order;
  try {
    order = parse(line);
  } catch (error) {
    return { id: null, error: `not JSON: ${message(error)}` };
  }
  const wrong = fault(order);
  if (wrong !== null) return { id: order?.id ?? null, error: wrong };
  if (order.connect !== undefined) return { connected: await connected(shop, order.connect) };
  const model = shop.models.get(order.collection);
  if (model === undefined) return { id: order.id, noModel: true };
  return { id: order.id, results: await judge(model, order.documents, options) };
}

/**
 * @param {Shop} shop
 * @param {{ uri: string, database: string }} connect
 */
async function connected(shop, { uri, database }) {
  try {
    await shop.connect(uri, database);
    return {};
  } catch (error) {
    return { error: message(error) };
  }
}
