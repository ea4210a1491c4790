// One change of each kind that could not be applied.
import type { Problem, ProblemKind, RulesFailure } from "../../../src/lib/wire";

const REASONS: Record<ProblemKind, string> = {
  validation: "Document failed validation: total must be a number",
  clash: 'E11000 duplicate key error collection: bomba.bills index: number_1 dup key: { number: "B-1044" }',
  "too-large": "BSONObj size: 16793600 is invalid. Size must be between 0 and 16793600(16MB)",
  "illegal-field": "The dollar ($) prefixed field '$note' is not valid for storage",
  malformed: "Invalid BSON: unexpected end of document",
  "rules-refused": "Bomba's rules do not allow it: total: a total is not negative; items.0.price: not a number",
  "rules-failed": "Bomba's rules broke down on it: it did not finish in time",
  "rules-unsettled": "Bomba's rules change it again each time they are run, at: count",
  "rules-unfit": "it holds something that Bomba's rules cannot be shown without changing it",
  other: "Executor error during update: something the server did not explain",
};
const FAILURES: Partial<Record<ProblemKind, RulesFailure[]>> = {
  "rules-refused": [
    { path: "total", message: "a total is not negative" },
    { path: "items.0.price", message: "not a number" },
  ],
  "rules-unsettled": [{ path: "count", message: "" }],
};
const HOUR_MS = 3_600_000;

export function problems(now: number): Problem[] {
  return (Object.keys(REASONS) as ProblemKind[]).map((kind, index) => ({
    id: `p-${kind}`,
    collection: index % 2 === 0 ? "bills" : "customers",
    document: `64f0c0ffee${String(index).padStart(14, "0")}`,
    // Bomba's rules look at what comes from the cloud and nowhere else.
    direction: index % 2 === 0 && !kind.startsWith("rules-") ? "upload" : "download",
    kind,
    failures: FAILURES[kind] ?? [],
    reason: REASONS[kind],
    firstAt: now - (index + 2) * HOUR_MS,
    lastAt: now - (index + 1) * 600_000,
    attempts: index === 0 ? 1 : index * 4,
  }));
}
