// Why a change was set aside, and what helps.
import type { Message } from "../../i18n/catalogue";
import type { Problem, ProblemKind, WhichWay } from "../../lib/wire";

interface Said {
  title: string;
  todo: string;
}

const KINDS: Record<ProblemKind, Said> = {
  validation: { title: "problems-validation", todo: "problems-validation-todo" },
  clash: { title: "problems-clash", todo: "problems-clash-todo" },
  "too-large": { title: "problems-too-large", todo: "problems-too-large-todo" },
  "illegal-field": { title: "problems-illegal-field", todo: "problems-illegal-field-todo" },
  malformed: { title: "problems-malformed", todo: "problems-malformed-todo" },
  "rules-refused": { title: "problems-rules-refused", todo: "problems-rules-refused-todo" },
  "rules-failed": { title: "problems-rules-failed", todo: "problems-rules-failed-todo" },
  "rules-unsettled": { title: "problems-rules-unsettled", todo: "problems-rules-unsettled-todo" },
  "rules-unfit": { title: "problems-rules-unfit", todo: "problems-rules-unfit-todo" },
  other: { title: "problems-other", todo: "problems-other-todo" },
};

const WAYS: Record<WhichWay, string> = { upload: "problems-way-upload", download: "problems-way-download" };

export const what = (problem: Problem): Message => ({ id: KINDS[problem.kind].title });
export const todo = (problem: Problem): Message => ({ id: KINDS[problem.kind].todo });
export const way = (problem: Problem): Message => ({ id: WAYS[problem.direction] });

export const newestFirst = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort((one, two) => two.lastAt - one.lastAt || one.id.localeCompare(two.id));
