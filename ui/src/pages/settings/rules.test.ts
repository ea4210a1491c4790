import { expect, test } from "vitest";
import { format } from "../../i18n/catalogue";
import type { ProblemKind, RulesAnswer } from "../../lib/wire";
import { amiss, outcome, source } from "./rules";

const refused = (kind: ProblemKind): RulesAnswer => ({ outcome: "refused", kind, fields: [], reason: "" });

test("both sources have words of their own", () => {
  expect(format("en", source("models").id)).not.toBe(format("en", source("file").id));
});

test("what is wrong names the file or the list, or says that nothing can be used, and what to do", () => {
  const problems = (["models", "file"] as const).flatMap((from) =>
    ["x.js", null].map((about) => ({ from, about, text: "" })),
  );
  const titles = problems.map((problem) => {
    const { title, todo } = amiss(problem);
    const text = format("en", title.id, title.args);
    expect(text.includes("x.js")).toBe(problem.about !== null);
    expect(format("en", todo.id)).not.toBe(todo.id);
    return text;
  });
  expect(new Set(titles).size).toBe(4);
});

test("each outcome has a sentence of its own and says what it comes to", () => {
  const kinds: ProblemKind[] = ["rules-refused", "rules-failed", "rules-unsettled", "rules-unfit", "too-large"];
  const answers: RulesAnswer[] = [
    { outcome: "unchanged" },
    { outcome: "changed", rows: [], truncated: false },
    ...kinds.map(refused),
  ];
  const titles = answers.map((answer) => {
    const { title, text } = outcome(answer);
    expect(format("ar", text.id)).not.toBe(text.id);
    return format("ar", title.id);
  });
  expect(new Set(titles).size).toBe(answers.length);
  expect(outcome(refused("of-the-future" as ProblemKind)).title.id).toBe("checks-refused");
});
