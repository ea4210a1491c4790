// What is shipped: small, and without a trace of the fake backend.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { APP } from "../harness/places";

const GZIPPED_BYTES_MAX = 250_000;

test("the whole bundle is under 250 kB gzipped", async () => {
  const sizes = (await files()).map(({ body }) => gzipSync(body).byteLength);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  console.info(`bundle: ${String(sizes.length)} files, ${String(total)} bytes gzipped`);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(GZIPPED_BYTES_MAX);
});

test("no fake backend and no inline script or style is in it", async () => {
  for (const { name, body } of await files()) {
    const text = body.toString("utf8");
    expect(text.includes("mockIPC") || text.includes("window.mock"), name).toBe(false);
    if (name.endsWith(".html")) expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/);
  }
});

async function files(): Promise<{ name: string; body: Buffer }[]> {
  const entries = await readdir(APP, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name, parentPath }) => ({ name, body: await readFile(join(parentPath, name)) })),
  );
}
