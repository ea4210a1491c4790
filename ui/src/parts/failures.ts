// A failed request in plain words.
import type { Message } from "../i18n/catalogue";
import type { Failure, FailureKind } from "../lib/wire";

const SENTENCES: Record<FailureKind, string> = {
  "not-set-up": "shell-failure-not-set-up",
  "bad-value": "shell-failure-bad-value",
  "no-such-place": "shell-failure-no-such-place",
  fixed: "shell-failure-fixed",
  "local-away": "shell-failure-local-away",
  "atlas-away": "shell-failure-atlas-away",
  gone: "shell-failure-gone",
  "rules-failing": "shell-failure-rules-failing",
  "too-large": "shell-failure-too-large",
  "too-slow": "shell-failure-too-slow",
  storage: "shell-failure-storage",
  other: "shell-failure-other",
};

/** The backend may be newer than this page. */
export const failureMessage = (failure: Failure): Message => ({
  id: (SENTENCES as Record<string, string>)[failure.kind] ?? SENTENCES.other,
});
