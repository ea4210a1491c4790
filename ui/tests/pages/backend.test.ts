// The fake backend is the real one as far as a window can tell.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { POLICY } from "../harness/policy";
import { UI } from "../harness/places";
import { COMMANDS } from "../mock/guards";

test("it has the commands that the window may call, and no other", async () => {
  const permissions = await readFile(join(UI, "../src-tauri/permissions/window.toml"), "utf8");
  const allowed = /commands\.allow = \[([^\]]*)\]/.exec(permissions)?.[1]?.match(/[a-z_]+/g) ?? [];
  expect([...COMMANDS].sort()).toEqual(allowed.sort());
});

test("the pages are tested under a policy that allows nothing inline and nothing from elsewhere", () => {
  expect(POLICY).toContain("default-src 'self'");
  expect(POLICY).not.toMatch(/unsafe|\*|https:/);
});
