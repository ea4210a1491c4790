import { describe, expect, test } from "vitest";
import {
  connectionsChange,
  connectionsDraft,
  isEmpty,
  isNowhere,
  isSound,
  NUMBERS,
  numbersChange,
  numbersDraft,
  parsed,
  programChange,
  rulesChange,
  rulesDraft,
} from "./draft";
import { field, settingsOf } from "./example";
import { isFixed } from "./fields";

const rule = (key: string) => {
  const found = NUMBERS.find((one) => one.key === key);
  if (!found) throw new Error(key);
  return found;
};

test("flags and the environment decide, the file does not", () => {
  expect((["flag", "environment", "file", "default"] as const).map((source) => isFixed(field(1, source)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

describe("connections", () => {
  const settings = settingsOf();
  const draft = connectionsDraft(settings);

  test("nothing typed is nothing changed, and no address can be read back", () => {
    expect(draft).toEqual({ localUri: "", atlasUri: "", database: "bomba" });
    expect(isEmpty(connectionsChange(draft, settings))).toBe(true);
  });

  test("only what is new", () => {
    const typed = { ...draft, atlasUri: " mongodb+srv://u:p@new ", database: "bomba" };
    expect(connectionsChange(typed, settings)).toEqual({ atlasUri: "mongodb+srv://u:p@new" });
    expect(connectionsChange({ ...draft, database: "shop" }, settings)).toEqual({ database: "shop" });
  });

  test("an emptied name is not a name", () => {
    expect(connectionsChange({ ...draft, database: " " }, settings)).toEqual({});
  });

  test("what is decided elsewhere is never sent", () => {
    const fixed = settingsOf({
      localServers: field("a", "flag"),
      atlasServers: field("b", "environment"),
      database: field("c", "environment"),
    });
    expect(connectionsChange({ localUri: "mongodb://x", atlasUri: "mongodb://y", database: "z" }, fixed)).toEqual({});
  });

  test("an address with a flaw is not sound", () => {
    expect(isSound({ ...draft, localUri: "localhost" })).toBe(false);
    expect(isSound({ ...draft, localUri: "mongodb://localhost" })).toBe(true);
  });
});

describe("Bomba's own checks", () => {
  const settings = settingsOf({ modelsFolder: field<string | null>("/shop/models") });

  test("nothing typed is nothing changed", () => {
    expect(rulesDraft(settings)).toEqual({ modelsFolder: "/shop/models", rulesFile: "" });
    expect(rulesChange(rulesDraft(settings), settings)).toEqual({});
    expect(programChange("node", settings)).toEqual({});
  });

  test("only what is new, and an emptied place is given up", () => {
    expect(rulesChange({ modelsFolder: " ", rulesFile: " /shop/rules.json " }, settings)).toEqual({
      modelsFolder: "",
      rulesFile: "/shop/rules.json",
    });
    expect(programChange(" /opt/node ", settings)).toEqual({ nodeProgram: "/opt/node" });
  });

  test("an emptied program is none", () => {
    expect(programChange(" ", settings)).toEqual({});
  });

  test("what is decided elsewhere is never sent", () => {
    const fixed = settingsOf({
      modelsFolder: field<string | null>("a", "environment"),
      rulesFile: field<string | null>("b", "flag"),
      nodeProgram: field("c", "environment"),
    });
    expect(rulesChange({ modelsFolder: "x", rulesFile: "y" }, fixed)).toEqual({});
    expect(programChange("z", fixed)).toEqual({});
  });

  test("a place that is not there is told by its name", () => {
    const failure = { kind: "no-such-place", field: "rules_file", text: "" } as const;
    expect([isNowhere(failure, "rules_file"), isNowhere(failure, "models_folder"), isNowhere(null, "rules_file")]).toEqual(
      [true, false, false],
    );
    expect(isNowhere({ ...failure, kind: "storage" }, "rules_file")).toBe(false);
  });
});

describe("numbers", () => {
  test("milliseconds are shown as seconds", () => {
    expect(numbersDraft(settingsOf({ reconnectIntervalMs: field(1500) }))).toMatchObject({
      reconnectIntervalMs: "1.5",
      batchSize: "100",
      originCleanupMs: "60",
    });
  });

  test.each([
    ["batchSize", "250", 250],
    ["batchSize", "٢٥٠", 250],
    ["batchSize", " 1 ", 1],
    ["batchSize", "0", null],
    ["batchSize", "10000", 10_000],
    ["batchSize", "10001", null],
    ["batchSize", "1.5", null],
    ["batchSize", "-4", null],
    ["batchSize", "1e3", null],
    ["batchSize", "", null],
    ["batchSize", "many", null],
    ["reconnectIntervalMs", "0.001", 1],
    ["reconnectIntervalMs", "0.0005", null],
    ["reconnectIntervalMs", "٢٫٥", 2500],
    ["reconnectIntervalMs", "3600", 3_600_000],
    ["reconnectIntervalMs", "3601", null],
  ])("%s %j is %s", (key, text, value) => {
    expect(parsed(text, rule(key))).toBe(value);
  });

  test("only what is new, and what is broken by name", () => {
    const settings = settingsOf();
    const draft = { ...numbersDraft(settings), batchSize: "200", vaultRetentionDays: "never" };
    expect(numbersChange(draft, settings)).toEqual({ change: { batchSize: 200 }, broken: ["vaultRetentionDays"] });
  });

  test("what is decided elsewhere is neither sent nor broken", () => {
    const settings = settingsOf({ batchSize: field(100, "environment") });
    expect(numbersChange({ ...numbersDraft(settings), batchSize: "x" }, settings)).toEqual({ change: {}, broken: [] });
  });
});
