import { describe, expect, test } from "vitest";
import { led, scrolledTo, visible } from "./visible";

describe("which rows are drawn", () => {
  test.each([
    ["at the top", 0, 0, 14],
    ["in the middle", 7600, 94, 114],
    ["at the end", 760_000 - 608, 9986, 10_000],
    ["beyond the end, when the list became shorter", 2_000_000, 10_000, 10_000],
  ])("%s", (_name, scrollTop, first, end) => {
    expect(visible(scrollTop, 608, 76, 10_000)).toEqual({ first, end });
  });

  test("an empty list", () => {
    expect(visible(0, 608, 76, 0)).toEqual({ first: 0, end: 0 });
  });
});

test("a row is scrolled to only as far as needed", () => {
  expect(scrolledTo(5, 0, 608, 76)).toBe(0);
  expect(scrolledTo(8, 0, 608, 76)).toBe(76);
  expect(scrolledTo(2, 760, 608, 76)).toBe(152);
});

test.each([
  ["ArrowDown", 3, 4],
  ["ArrowDown", 99, 99],
  ["ArrowUp", 0, 0],
  ["PageDown", 3, 10],
  ["PageUp", 3, 0],
  ["Home", 50, 0],
  ["End", 50, 99],
  ["a", 50, null],
])("%s from %i leads to %s", (key, from, to) => {
  expect(led(key, from, 608, 76, 100)).toBe(to);
});

test("no key leads anywhere in an empty list", () => {
  expect(led("End", 0, 608, 76, 0)).toBeNull();
});
