import { describe, expect, test } from "vitest";
import type { Leaf, Row } from "../lib/wire";
import { differing, exactNumber, grouped, isNested, sameCount, within } from "./rows";

const leaf = (text: string): Leaf => ({ kind: "text", text });
const row = (path: string, first: string, second: string): Row => ({
  path: path.split("."),
  first: leaf(first),
  second: leaf(second),
  differs: first !== second,
});

const rows = [
  row("number", "B-1", "B-1"),
  row("lines.1.count", "3", "2"),
  row("lines.1.price", "15", "15"),
  row("paid", "true", "false"),
  row("lines.2.count", "4", "4"),
];

describe("grouped", () => {
  test("rows of a field stand together, in the order the fields came", () => {
    const shape = grouped(rows).map((group) => [group.name, group.rows.length, group.differs]);
    expect(shape).toEqual([
      ["number", 1, false],
      ["lines", 3, true],
      ["paid", 1, true],
    ]);
  });

  test("a value beside a document keeps its row above the document's", () => {
    const [group] = grouped([row("address", "Basra", ""), row("address.city", "", "Basra")]);
    expect(group?.rows.map(within)).toEqual(["", "city"]);
    expect(group && isNested(group)).toBe(true);
  });

  test("only what differs", () => {
    const shape = differing(grouped(rows)).map((group) => [group.name, group.rows.map(within)]);
    expect(shape).toEqual([
      ["lines", ["1 › count"]],
      ["paid", [""]],
    ]);
    expect(sameCount(rows)).toBe(3);
  });

  test("names that look like code of ours are names", () => {
    expect(grouped([row("__proto__", "a", "b"), row("constructor", "a", "b")]).map(({ name }) => name)).toEqual([
      "__proto__",
      "constructor",
    ]);
  });
});

test.each([
  ["182.5", 182.5],
  ["-7", -7],
  ["123456789012345", 123456789012345],
  ["12345678901234567", null],
  ["0.1000000000000000055", null],
  ["1e400", null],
  ["NaN", null],
  ["", null],
])("the number %j", (text, value) => {
  expect(exactNumber({ kind: "number", text })).toBe(value);
});
