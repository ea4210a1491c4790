/**
 * The engine's part towards a model host: starts a real one, sends lines, takes the answers.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

const HOST = path.resolve(import.meta.dirname, "../../host.mjs");

/** A host that has not answered by then will not; a test says so instead of hanging. */
const ANSWER_MS = 20_000;

/** @typedef {{ after: (done: () => void) => void }} Test */
/** @typedef {{ incoming: any, existing?: any }} Task */

/**
 * For what is started in a `before` and shared by a suite: `after` cannot be called there any more.
 *
 * @param {(ending: () => void) => void} after
 * @returns {Test}
 */
export function atEnd(after) {
  /** @type {(() => void)[]} */
  const endings = [];
  after(() => endings.forEach((end) => end()));
  return { after: (done) => void endings.push(done) };
}

/**
 * @param {string} folder
 * @param {Test} test
 * @param {{ args?: string[], node?: string[] }} [options]
 */
export function startHost(folder, test, { args = [], node = [] } = {}) {
  const child = spawn(process.execPath, [...node, HOST, folder, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  test.after(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  const printed = { text: "" };
  child.stderr.on("data", (chunk) => (printed.text += chunk));
  child.stdin.on("error", () => {}); // a host that died in a test that kills it
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const read = async () => {
    const { value, done } = await within(ANSWER_MS, lines.next(), () => printed.text);
    if (done) throw new Error(`the host ended; it printed:\n${printed.text}`);
    return JSON.parse(value);
  };
  const write = (/** @type {string} */ line) => void child.stdin.write(`${line}\n`);
  let id = 0;
  return {
    child,
    ended,
    printed,
    read,
    write,
    /** @param {object} message */
    ask: (message) => {
      write(JSON.stringify(message));
      return read();
    },
    /** @param {string} collection @param {Task[]} documents @returns {Promise<any[]>} */
    batch: async (collection, documents) => {
      id += 1;
      write(JSON.stringify({ id, collection, documents: documents.map(({ incoming, existing = null }) => ({ incoming, existing })) }));
      const answer = await read();
      if (answer.id !== id || !Array.isArray(answer.results)) throw new Error(`no results: ${JSON.stringify(answer)}`);
      return answer.results;
    },
  };
}

/** @typedef {ReturnType<typeof startHost>} Host */

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} promise
 * @param {() => string} seen what to show when it is too late
 * @returns {Promise<T>}
 */
export async function within(ms, promise, seen) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came in ${ms} ms; seen so far:\n${seen()}`)), ms);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, late]));
  } finally {
    clearTimeout(timer);
  }
}
