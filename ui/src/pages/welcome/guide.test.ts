import { describe, expect, test } from "vitest";
import type { CollectionRow, LocalFound } from "../../lib/wire";
import { field, settingsOf } from "../settings/example";
import { best, change, chosenModes, emptyDraft, isAnswered, localUri, suggestions, trial, type Draft } from "./guide";

const first = settingsOf({
  setUp: false,
  localServers: field<string | null>(null),
  atlasServers: field<string | null>(null),
  database: field<string | null>(null),
});
const found = (change: Partial<LocalFound> = {}): LocalFound => ({
  address: "mongodb://127.0.0.1:27017",
  databases: ["bomba"],
  replicaSet: true,
  needsPassword: false,
  ...change,
});
const draft = (change: Partial<Draft> = {}): Draft => ({ ...emptyDraft(first), ...change });
const CLOUD = "mongodb+srv://u:p@c.net/shop";

describe("the address of this PC", () => {
  test("a found one, as it is or with a login; else what was typed", () => {
    expect(localUri(draft({ found: found() }))).toBe("mongodb://127.0.0.1:27017");
    expect(localUri(draft({ found: found({ needsPassword: true }), user: "u", password: "p" }))).toBe(
      "mongodb://u:p@127.0.0.1:27017/?authSource=admin",
    );
    expect(localUri(draft({ typed: " mongodb://other " }))).toBe("mongodb://other");
  });

  test("the prepared and open one is offered first", () => {
    const open = found({ address: "mongodb://a" });
    const locked = found({ address: "mongodb://b", needsPassword: true });
    const bare = found({ address: "mongodb://c", replicaSet: false });
    expect(best([bare, locked, open])).toBe(open);
    expect(best([bare, locked])).toBe(locked);
    expect(best([])).toBeNull();
  });
});

describe("what is tried and saved", () => {
  const typed = draft({ found: found(), atlas: CLOUD, database: "bomba", deviceName: "Till 9" });

  test("everything that was entered", () => {
    expect(trial(typed, first)).toEqual({ localUri: "mongodb://127.0.0.1:27017", atlasUri: CLOUD, database: "bomba" });
    expect(change(typed, first)).toEqual({ ...trial(typed, first), deviceName: "Till 9" });
  });

  test("a name that stays is not sent", () => {
    expect(change({ ...typed, deviceName: "Till 1" }, first)).toEqual(trial(typed, first));
  });

  test("nothing that is decided elsewhere", () => {
    const fixed = settingsOf({
      localServers: field("a", "environment"),
      atlasServers: field("b", "flag"),
      database: field("c", "environment"),
      deviceName: field("d", "flag"),
    });
    expect(change(typed, fixed)).toEqual({});
  });
});

describe("whether a step is answered", () => {
  test.each<[string, Parameters<typeof isAnswered>[0], Draft, boolean]>([
    ["nothing chosen", "pc", draft(), false],
    ["one found", "pc", draft({ found: found() }), true],
    ["its password missing", "pc", draft({ found: found({ needsPassword: true }), user: "u" }), false],
    ["typed", "pc", draft({ typed: "mongodb://x" }), true],
    ["typed wrong", "pc", draft({ typed: "x" }), false],
    ["no database name", "cloud", draft({ atlas: CLOUD }), false],
    ["all of the cloud", "cloud", draft({ atlas: CLOUD, database: "bomba" }), true],
    ["the password left out", "cloud", draft({ atlas: "mongodb+srv://u:<password>@c.net", database: "bomba" }), false],
  ])("%s", (_name, step, made, answered) => {
    expect(isAnswered(step, made, first, false)).toBe(answered);
  });

  test("the test has to work", () => {
    expect([true, false].map((works) => isAnswered("test", draft(), first, works))).toEqual([true, false]);
  });

  test("what is there already need not be entered", () => {
    expect(isAnswered("pc", draft(), settingsOf(), false)).toBe(true);
    expect(isAnswered("cloud", draft(), settingsOf(), false)).toBe(true);
  });
});

test("names for the database: the address' own, then those found, each once", () => {
  expect(suggestions(draft({ atlas: CLOUD, found: found({ databases: ["bomba", "shop"] }) }))).toEqual([
    "shop",
    "bomba",
  ]);
});

test("modes are saved for the lists that can have one", () => {
  const row = (name: string, change: Partial<CollectionRow>): CollectionRow => ({
    name,
    mode: "off",
    fixedBy: null,
    localCount: 0,
    atlasCount: 0,
    notSynced: null,
    compare: null,
    labelField: null,
    ...change,
  });
  const rows = [row("a", {}), row("b", { fixedBy: "X" }), row("c", { notSynced: "view" })];
  expect(chosenModes(rows)).toEqual({ a: "off" });
});
