// A conflict in plain words: what happened, who won and why.
import type { Message } from "../../i18n/catalogue";
import type { Conflict } from "../../lib/wire";

const HAPPENED: Record<string, string> = {
  "edited-on-both-sides": "conflicts-happened-edited",
  "deleted-later": "conflicts-happened-deleted-later",
  "deleted-unseen": "conflicts-happened-deleted-unseen",
  dead: "conflicts-happened-dead",
  "rolled-back": "conflicts-happened-rolled-back",
};

const WHY: Record<string, string> = {
  "last-write-wins": "conflicts-why-later",
  "atlas-wins": "conflicts-why-atlas",
  "local-wins": "conflicts-why-local",
};

export const happened = (conflict: Conflict): Message => ({
  id: HAPPENED[conflict.reason] ?? "conflicts-happened-other",
});

/** Only where two edits met did the strategy decide. */
export function why(conflict: Conflict): Message | null {
  const id = WHY[conflict.strategy];
  return conflict.reason === "edited-on-both-sides" && id !== undefined ? { id } : null;
}

/** Whose version it is: a PC's name as it is, the cloud in the language shown. */
export function whose(name: string | null): Message {
  if (name === null) return { id: "conflicts-who-unknown" };
  return name === "atlas" ? { id: "conflicts-who-atlas" } : { id: "conflicts-who", args: { name } };
}

/** With these it was a deletion that won. */
const DELETED: readonly string[] = ["deleted-later", "deleted-unseen", "dead"];

export const isDeleted = (conflict: Conflict): boolean => DELETED.includes(conflict.reason);

/** One line for the list. */
export function won(conflict: Conflict): Message {
  if (isDeleted(conflict)) return deleted(conflict.winner);
  if (conflict.winner === null) return { id: "conflicts-won-unknown" };
  return conflict.winner === "atlas"
    ? { id: "conflicts-won-atlas" }
    : { id: "conflicts-won", args: { name: conflict.winner } };
}

function deleted(by: string | null): Message {
  if (by === null) return { id: "conflicts-deleted" };
  return by === "atlas" ? { id: "conflicts-deleted-atlas" } : { id: "conflicts-deleted-by", args: { name: by } };
}
