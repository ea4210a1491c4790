// Bomba's own checks in plain words: where they come from, what is wrong with them, what they make of a record.
import type { Message } from "../../i18n/catalogue";
import type { ProblemKind, RulesAnswer, RulesFrom, RulesProblem } from "../../lib/wire";

const SOURCES: Record<RulesFrom, string> = { models: "checks-from-models", file: "checks-from-file" };

export const source = (from: RulesFrom): Message => ({ id: SOURCES[from] });

export interface Amiss {
  title: Message;
  todo: Message;
}

/** Something of the checks that cannot be used, and what to do about it. */
export function amiss({ from, about }: RulesProblem): Amiss {
  if (about === null) {
    const title = { models: "checks-folder-unusable", file: "checks-file-unusable" }[from];
    return { title: { id: title }, todo: { id: "checks-unusable-todo" } };
  }
  const title = { models: "checks-folder-part", file: "checks-file-part" }[from];
  const todo = { models: "checks-folder-part-todo", file: "checks-file-part-todo" }[from];
  return { title: { id: title, args: { name: about } }, todo: { id: todo } };
}

export interface Outcome {
  tone: "ok" | "info" | "warn";
  title: Message;
  text: Message;
}

const REFUSED: Partial<Record<ProblemKind, string>> = {
  "rules-refused": "checks-refused",
  "rules-failed": "checks-failed",
  "rules-unsettled": "checks-unsettled",
  "rules-unfit": "checks-unfit",
  "too-large": "checks-too-large",
};

export function outcome(answer: RulesAnswer): Outcome {
  switch (answer.outcome) {
    case "unchanged":
      return { tone: "ok", title: { id: "checks-unchanged" }, text: { id: "checks-unchanged-text" } };
    case "changed":
      return { tone: "info", title: { id: "checks-changed" }, text: { id: "checks-changed-text" } };
    case "refused": {
      const title = REFUSED[answer.kind] ?? "checks-refused";
      const text = answer.kind === "rules-refused" ? "checks-refused-text" : "checks-failed-text";
      return { tone: "warn", title: { id: title }, text: { id: text } };
    }
  }
}
