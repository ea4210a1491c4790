// Mass deletions that wait until somebody says whether they are meant: one question for each list and way.
import type { Message } from "../../i18n/catalogue";
import type { HeldDeletions, Notice, WhichWay } from "../../lib/wire";

export type Answer = "restore" | "apply";

interface Said {
  title: string;
  still: string;
}

const WAYS: Record<WhichWay, Said> = {
  upload: { title: "problems-held-upload", still: "problems-held-upload-still" },
  download: { title: "problems-held-download", still: "problems-held-download-still" },
};
const UNDER_WAY: Record<Answer, string> = { restore: "problems-held-restoring", apply: "problems-held-applying" };
const DONE: Record<Answer, string> = { restore: "problems-held-restored", apply: "problems-held-applied" };

export const heldWhat = ({ direction, count, collection }: HeldDeletions): Message => ({
  id: WAYS[direction].title,
  args: { count, list: collection },
});
export const heldStill = ({ direction, count }: HeldDeletions): Message => ({
  id: WAYS[direction].still,
  args: { count },
});
export const underWay = (answer: Answer): Message => ({ id: UNDER_WAY[answer] });
export const done = (answer: Answer, count: number): Message => ({ id: DONE[answer], args: { count } });

/** What tells one question from the others. */
export const place = ({ direction, collection }: HeldDeletions): string => `${direction} ${collection}`;

/** A new one comes last, so that no button moves away from under a hand. */
export const oldestFirst = (all: readonly HeldDeletions[]): HeldDeletions[] =>
  [...all].sort((one, two) => one.since - two.since || place(one).localeCompare(place(two)));

const ofHeld = (notices: readonly Notice[]): Notice[] => notices.filter(({ kind }) => kind === "mass-deletion");

export const questions = (notices: readonly Notice[]): number => ofHeld(notices).length;

/** Another text when the questions are others, or are about more or fewer records. */
export const toldOf = (notices: readonly Notice[]): string =>
  JSON.stringify(ofHeld(notices).map(({ about, count }) => [about, count]));
