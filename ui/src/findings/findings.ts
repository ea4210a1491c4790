// What a test of the connections found, in plain words, and what to do about it.
import type { Message } from "../i18n/catalogue";
import type { Finding } from "../lib/wire";

export interface Said {
  title: Message;
  todo: Message | null;
}

type Sides = readonly [local: string, atlas: string];

const FINE: Record<string, Sides> = {
  reachable: ["findings-reachable-local", "findings-reachable-atlas"],
  "replica-set": ["findings-prepared-local", "findings-prepared-atlas"],
  version: ["findings-version-local", "findings-version-atlas"],
  rights: ["findings-rights-local", "findings-rights-atlas"],
  clock: ["findings-clock", "findings-clock"],
  models: ["findings-models", "findings-models"],
  "rules-file": ["findings-rules-file", "findings-rules-file"],
};

const WRONG: Record<string, { title: Sides; todo: Sides }> = {
  unreachable: {
    title: ["findings-unreachable-local", "findings-unreachable-atlas"],
    todo: ["findings-unreachable-local-todo", "findings-unreachable-atlas-todo"],
  },
  "name-unknown": {
    title: ["findings-name-unknown-local", "findings-name-unknown-atlas"],
    todo: ["findings-name-unknown-local-todo", "findings-name-unknown-atlas-todo"],
  },
  certificate: {
    title: ["findings-certificate-local", "findings-certificate-atlas"],
    todo: ["findings-certificate-todo", "findings-certificate-todo"],
  },
  password: {
    title: ["findings-password-local", "findings-password-atlas"],
    todo: ["findings-password-todo", "findings-password-todo"],
  },
  standalone: {
    title: ["findings-standalone-local", "findings-standalone-atlas"],
    todo: ["findings-standalone-todo", "findings-standalone-todo"],
  },
  "not-initiated": {
    title: ["findings-not-initiated-local", "findings-not-initiated-atlas"],
    todo: ["findings-not-initiated-todo", "findings-not-initiated-todo"],
  },
  "too-old": {
    title: ["findings-too-old-local", "findings-too-old-atlas"],
    todo: ["findings-too-old-todo", "findings-too-old-todo"],
  },
  rights: {
    title: ["findings-no-rights-local", "findings-no-rights-atlas"],
    todo: ["findings-no-rights-todo", "findings-no-rights-todo"],
  },
  "clock-off": {
    title: ["findings-clock-off", "findings-clock-off"],
    todo: ["findings-clock-off-todo", "findings-clock-off-todo"],
  },
  "models-partly": {
    title: ["findings-models-partly", "findings-models-partly"],
    todo: ["findings-models-partly-todo", "findings-models-partly-todo"],
  },
  "rules-failing": {
    title: ["findings-rules-failing", "findings-rules-failing"],
    todo: ["findings-rules-failing-todo", "findings-rules-failing-todo"],
  },
};

/** A question without an answer. */
const UNSURE: Record<string, Sides> = {
  version: ["findings-version-unknown-local", "findings-version-unknown-atlas"],
  clock: ["findings-clock-unknown", "findings-clock-unknown"],
};

export function said(finding: Finding): Said {
  const side = finding.side === "local" ? 0 : 1;
  const fine = FINE[finding.kind];
  if (finding.severity === "ok" && fine) return { title: { id: fine[side] }, todo: null };
  const wrong = WRONG[finding.answer];
  if (wrong) return { title: { id: wrong.title[side] }, todo: { id: wrong.todo[side] } };
  const unsure = UNSURE[finding.kind];
  if (unsure) return { title: { id: unsure[side] }, todo: null };
  const title = side === 0 ? "findings-other-local" : "findings-other-atlas";
  return { title: { id: title }, todo: { id: "findings-other-todo" } };
}

/** The server's own words, for whoever mends it. */
export const technical = (finding: Finding): string =>
  [finding.text, finding.remedy].filter((text) => text !== null && text !== "").join("\n");

const ORDER = { problem: 0, warning: 1, ok: 2 };

/** What is in the way first. */
export const inOrder = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((one, two) => ORDER[one.severity] - ORDER[two.severity]);
