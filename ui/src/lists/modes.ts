// How a list takes part, and why it may not.
import type { CollectionRow, Mode } from "../lib/wire";

export const MODES: readonly { mode: Mode; name: string }[] = [
  { mode: "both-ways", name: "collections-mode-both-ways" },
  { mode: "upload-only", name: "collections-mode-upload-only" },
  { mode: "off", name: "collections-mode-off" },
];

const REASONS: Record<string, string> = {
  view: "collections-not-synced-view",
  "time-series": "collections-not-synced-time-series",
  capped: "collections-not-synced-capped",
};

export const whyNotSynced = (reason: string): string => REASONS[reason] ?? "collections-not-synced-other";

export const canChange = (row: CollectionRow): boolean => row.notSynced === null && row.fixedBy === null;

export const byName = (rows: readonly CollectionRow[]): CollectionRow[] =>
  [...rows].sort(
    (one, two) => Number(one.notSynced !== null) - Number(two.notSynced !== null) || one.name.localeCompare(two.name),
  );
