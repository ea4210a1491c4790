import { expect, test } from "vitest";
import { format } from "../i18n/catalogue";
import type { Finding } from "../lib/wire";
import { inOrder, said, technical } from "./findings";

const finding = (change: Partial<Finding>): Finding => ({
  kind: "reachable",
  answer: "ok",
  side: "local",
  severity: "ok",
  text: "",
  remedy: null,
  ...change,
});
const title = (one: Finding): string => format("en", said(one).title.id);

// Every question and answer that sync-engine's check.rs and error.rs know.
const KINDS = ["reachable", "replica-set", "version", "rights", "clock", "models", "rules-file"];
const ANSWERS = [
  "unreachable",
  "name-unknown",
  "certificate",
  "password",
  "standalone",
  "not-initiated",
  "too-old",
  "unknown",
  "rights",
  "clock-off",
  "models-partly",
  "rules-failing",
  "other",
];

test("everything known has a sentence of its own for each side", () => {
  for (const side of ["local", "atlas"]) {
    for (const kind of KINDS) expect(title(finding({ kind, side }))).not.toMatch(/could not be tested/);
    for (const answer of ANSWERS.filter((one) => one !== "other")) {
      const kind = answer === "unknown" ? "version" : "reachable";
      expect(title(finding({ kind, answer, side, severity: "problem" }))).not.toMatch(/could not be tested/);
    }
  }
});

test("whatever is in the way says what to do", () => {
  for (const answer of ANSWERS.filter((one) => one !== "unknown")) {
    const todo = said(finding({ answer, severity: "problem" })).todo;
    expect(todo && format("en", todo.id)).toBeTruthy();
  }
});

test("the sides are told apart", () => {
  expect(title(finding({ answer: "password", severity: "problem", kind: "rights" }))).toBe(
    "The database on this PC does not accept the user name or password.",
  );
  expect(title(finding({ answer: "password", severity: "problem", kind: "rights", side: "atlas" }))).toBe(
    "The cloud does not accept the user name or password.",
  );
});

test("an answer of the future is shown as a side that could not be tested", () => {
  expect(title(finding({ answer: "of-the-future", severity: "problem", side: "atlas" }))).toBe(
    "The cloud could not be tested.",
  );
});

test("what is in the way comes first", () => {
  const severities = inOrder([finding({}), finding({ severity: "warning" }), finding({ severity: "problem" })]).map(
    (one) => one.severity,
  );
  expect(severities).toEqual(["problem", "warning", "ok"]);
});

test("the details hold what was found and what to do", () => {
  expect(technical(finding({ text: "standalone", remedy: "run rs.initiate()" }))).toBe("standalone\nrun rs.initiate()");
  expect(technical(finding({ text: "standalone" }))).toBe("standalone");
});
