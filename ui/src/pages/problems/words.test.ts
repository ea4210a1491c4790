import { expect, test } from "vitest";
import { format } from "../../i18n/catalogue";
import type { Problem, ProblemKind } from "../../lib/wire";
import { newestFirst, todo, way, what } from "./words";

const problem = (change: Partial<Problem>): Problem => ({
  id: "1",
  collection: "bills",
  document: "7",
  direction: "upload",
  kind: "other",
  failures: [],
  reason: "",
  firstAt: 0,
  lastAt: 0,
  attempts: 1,
  ...change,
});
const KINDS: ProblemKind[] = [
  "validation",
  "clash",
  "too-large",
  "illegal-field",
  "malformed",
  "rules-refused",
  "rules-failed",
  "rules-unsettled",
  "rules-unfit",
  "other",
];

test("every kind has words of its own, in both languages", () => {
  for (const tongue of ["en", "ar"] as const) {
    const said = KINDS.flatMap((kind) => [what, todo].map((words) => format(tongue, words(problem({ kind })).id)));
    expect(new Set(said).size).toBe(KINDS.length * 2);
  }
});

test("where a change was going", () => {
  expect((["upload", "download"] as const).map((direction) => format("en", way(problem({ direction })).id))).toEqual([
    "to the cloud",
    "to this PC",
  ]);
});

test("the last tried comes first", () => {
  const all = [problem({ id: "a", lastAt: 1 }), problem({ id: "c", lastAt: 5 }), problem({ id: "b", lastAt: 5 })];
  expect(newestFirst(all).map(({ id }) => id)).toEqual(["b", "c", "a"]);
});
