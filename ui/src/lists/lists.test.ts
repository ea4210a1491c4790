import { beforeEach, describe, expect, test, vi } from "vitest";
import * as ipc from "../lib/ipc";
import type { CollectionRow, ConflictDetail, LeafKind, Mode } from "../lib/wire";
import { examples } from "../pages/collections/examples";
import { shownRows } from "../pages/collections/rows";
import { ModeChanges } from "./mode_changes.svelte";
import { byName, canChange, whyNotSynced } from "./modes";

vi.mock("../lib/ipc");

const row = (name: string, change: Partial<CollectionRow> = {}): CollectionRow => ({
  name,
  mode: "both-ways",
  fixedBy: null,
  localCount: 1,
  atlasCount: 1,
  notSynced: null,
  compare: null,
  labelField: null,
  ...change,
});

test("by name, those that cannot be copied last", () => {
  expect(byName([row("b"), row("a", { notSynced: "view" }), row("c")]).map(({ name }) => name)).toEqual([
    "b",
    "c",
    "a",
  ]);
});

test("what can be changed, and why not", () => {
  expect([row("a"), row("b", { fixedBy: "X" }), row("c", { notSynced: "view" })].map(canChange)).toEqual([
    true,
    false,
    false,
  ]);
  expect(["view", "time-series", "capped", "of-the-future"].map(whyNotSynced)).toEqual([
    "collections-not-synced-view",
    "collections-not-synced-time-series",
    "collections-not-synced-capped",
    "collections-not-synced-other",
  ]);
});

test("progress as last told, and only what was searched for", () => {
  const compare = { done: 1, total: 2, perSecond: 1, remainingS: 1 };
  const rows = shownRows(
    [row("Bills", { compare }), row("products")],
    [
      { name: "Bills", mode: "both-ways" },
      { name: "products", mode: "both-ways", compare },
    ],
    "",
  );
  expect(rows.map((one) => one.compare)).toEqual([null, compare]);
  expect(shownRows([row("Bills"), row("products")], [], " bi").map(({ name }) => name)).toEqual(["Bills"]);
});

test("fields a record could be called by", () => {
  const field = (path: string[], kind: LeafKind, text: string) => ({
    path,
    first: null,
    second: { kind, text },
    differs: true,
  });
  const rows = [
    field(["_id"], "other", "67"),
    field(["number"], "text", "B-1"),
    field(["paid"], "flag", "true"),
    field(["lines", "1"], "text", "x"),
    field(["total"], "number", "5"),
  ];
  expect(examples({ rows } as ConflictDetail)).toEqual([
    { field: "number", value: "B-1" },
    { field: "total", value: "5" },
  ]);
});

describe("a mode on its way", () => {
  let inForce: Mode = "both-ways";
  let sent: Mode[] = [];
  let release: () => void = () => undefined;

  beforeEach(() => {
    inForce = "both-ways";
    sent = [];
    vi.mocked(ipc.setMode).mockImplementation(async (_name, mode) => {
      sent.push(mode);
      await new Promise<void>((done) => (release = done));
      inForce = mode;
      return null;
    });
  });

  const saved = () => Promise.resolve();

  test("is shown at once and forgotten when it is in force", async () => {
    const modes = new ModeChanges();
    const done = modes.set("bills", "off", saved);
    expect(modes.shown("bills", inForce)).toBe("off");
    release();
    await done;
    expect([modes.shown("bills", inForce), sent]).toEqual(["off", ["off"]]);
  });

  test("passed over by the arrow keys, only the last is sent after the first", async () => {
    const modes = new ModeChanges();
    const done = modes.set("bills", "upload-only", saved);
    void modes.set("bills", "off", saved);
    void modes.set("bills", "both-ways", saved);
    release();
    await vi.waitFor(() => {
      expect(sent).toHaveLength(2);
    });
    release();
    await done;
    expect([sent, modes.shown("bills", inForce)]).toEqual([["upload-only", "both-ways"], "both-ways"]);
  });

  test("that failed falls back and says why", async () => {
    const modes = new ModeChanges();
    vi.mocked(ipc.setMode).mockRejectedValueOnce(new Error("away"));
    vi.mocked(ipc.failure).mockReturnValueOnce({ kind: "local-away", field: null, text: "" });
    await modes.set("bills", "off", saved);
    expect([modes.shown("bills", inForce), modes.failed?.kind]).toEqual(["both-ways", "local-away"]);
  });
});
