/**
 * A real mongod on a port and in a folder of its own: the one `BOMBA_MONGOD` names, on the PATH, or in the cache that
 * the Rust tests fill (see tests/src/mongod/binary.rs).
 */

import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import { within } from "./engine.mjs";

const READY_MS = 30_000;
const WAITING_FOR_CONNECTIONS = 23_016;

const { MongoClient } = createRequire(import.meta.url)("mongoose9").mongo;

function program() {
  const onPath = (process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, "mongod"));
  const cached = path.join(homedir(), ".cache/bomba-sync/mongod-6.0.5/mongod");
  const found = [process.env.BOMBA_MONGOD ?? "", ...onPath, cached].find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error("there is no mongod: name one in BOMBA_MONGOD, or run the Rust tests once");
  return found;
}

/**
 * @param {{ isReplicaSet: boolean }} options
 */
export async function startMongod({ isReplicaSet }) {
  const dbpath = mkdtempSync(path.join(tmpdir(), "bomba-mongod-"));
  const set = isReplicaSet ? ["--replSet", "rs0"] : [];
  const args = ["--port", "0", "--bind_ip", "127.0.0.1", "--dbpath", dbpath, "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket", ...set];
  const child = spawn(program(), args, { stdio: ["ignore", "pipe", "inherit"] });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  const port = await within(READY_MS, listening(child.stdout), () => "no port");
  const uri = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const client = await MongoClient.connect(uri);
  if (isReplicaSet) {
    await client.db("admin").command({ replSetInitiate: { _id: "rs0", members: [{ _id: 0, host: `127.0.0.1:${port}` }] } });
    const hello = async () => client.db("admin").command({ hello: 1 });
    await until(async () => (await hello()).isWritablePrimary === true, hello);
  }
  return {
    uri,
    client,
    stop: async () => {
      await client.close();
      kill();
      rmSync(dbpath, { recursive: true, force: true });
    },
  };
}

/** @param {import("node:stream").Readable} log */
async function listening(log) {
  const lines = createInterface({ input: log });
  const port = await new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      const entry = line.includes(`"id":${WAITING_FOR_CONNECTIONS}`) ? JSON.parse(line) : undefined;
      if (entry) resolve(entry.attr.port);
    });
    lines.on("close", () => reject(new Error("mongod ended before it listened")));
  });
  log.resume();
  return port;
}

/**
 * Waits for a condition; when it does not come, shows what there was instead.
 *
 * @param {() => boolean | Promise<boolean>} condition
 * @param {() => unknown} seen
 */
export async function until(condition, seen) {
  const end = performance.now() + READY_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it did not come to pass; last seen:\n${JSON.stringify(await seen())}`);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}
