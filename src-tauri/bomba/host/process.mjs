/**
 * Keeps what a model does to the process away from the host: what it prints, its exits, its stray errors.
 */

import { Worker } from "node:worker_threads";

/** A hook that prints each document must not fill the engine's log. Counted anew for each line of the engine's. */
export const PRINTED_BYTES_MAX = 64 * 1024;

/** How often the watch looks whether the parent is there: an orphan in an endless loop costs a core until then. */
const PARENT_LOOK_MS = 1_000;

/**
 * @typedef {object} Own  what is left to the host alone
 * @property {(line: string, then?: () => void) => void} write
 * @property {(code: number) => never} exit
 * @property {() => void} allowPrinting starts a new allowance
 */

/**
 * @returns {Own}
 */
export function isolate() {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  const writeError = stderr.write.bind(stderr);
  // Not `exit`, which would run what a model left to be done at the end.
  const exit = /** @type {any} */ (process).reallyExit.bind(process);
  let left = PRINTED_BYTES_MAX;

  /** @param {any} chunk @param {any} [encoding] @param {any} [done] */
  const limited = (chunk, encoding, done) => {
    const called = typeof encoding === "function" ? encoding : done;
    const wasOver = left <= 0;
    left -= Buffer.byteLength(chunk);
    if (!wasOver) writeError(left > 0 ? chunk : "(the models print too much: the rest is left out)\n");
    if (typeof called === "function") process.nextTick(called);
    return true;
  };
  stderr.write = limited;
  Object.defineProperty(process, "stdout", { value: stderr });
  const refuse = (/** @type {string} */ name) => (/** @type {unknown[]} */ ...args) => {
    throw new Error(`${name}(${args.map(String).join(", ")}) was called`);
  };
  for (const name of /** @type {const} */ (["exit", "reallyExit", "abort", "kill"])) {
    Object.defineProperty(process, name, { value: refuse(`process.${name}`) });
  }
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (error) => console.error("a model left this error behind:", error));
  }
  watchParent();
  return {
    write: (line, then) => void write(`${line}\n`, then),
    exit,
    allowPrinting: () => {
      left = PRINTED_BYTES_MAX;
    },
  };
}

/**
 * A thread of its own, because the main one may be in a model's endless loop. Windows keeps naming a parent that is
 * gone, so its number is asked for; elsewhere the number may belong to another process by then, so its change counts.
 */
function watchParent() {
  const source = `
    const parent = process.ppid;
    const isGone = () => {
      if (process.ppid !== parent) return true;
      try { process.kill(parent, 0); return false; } catch (error) { return error.code === "ESRCH"; }
    };
    setInterval(() => { if (isGone()) process.kill(process.pid, "SIGKILL"); }, ${PARENT_LOOK_MS});
  `;
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };
  new Worker(source, { eval: true, stdout: false, stderr: false, resourceLimits: limits }).unref();
}
