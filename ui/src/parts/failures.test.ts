import { expect, test } from "vitest";
import { format } from "../i18n/catalogue";
import { failure } from "../lib/ipc";
import type { FailureKind } from "../lib/wire";
import { failureMessage } from "./failures";

const KINDS: FailureKind[] = [
  "not-set-up",
  "bad-value",
  "fixed",
  "local-away",
  "atlas-away",
  "gone",
  "storage",
  "other",
];

test("every kind has a sentence of its own", () => {
  const said = KINDS.map((kind) => format("en", failureMessage({ kind, field: null, text: "" }).id));
  expect(new Set(said).size).toBe(KINDS.length);
});

test("whatever is thrown becomes a failure", () => {
  const told = { kind: "gone", field: null, text: "x" };
  expect(failure(told)).toBe(told);
  expect(failure("boom")).toEqual({ kind: "other", field: null, text: "boom" });
  expect(failure(null)).toEqual({ kind: "other", field: null, text: "null" });
});

test("a kind of the future has words too", () => {
  expect(failureMessage({ kind: "of-the-future" as FailureKind, field: null, text: "" }).id).toBe(
    "shell-failure-other",
  );
});
