import { expect, test } from "vitest";
import { format } from "../../i18n/catalogue";
import type { Message } from "../../i18n/catalogue";
import type { Conflict } from "../../lib/wire";
import { happened, whose, why, won } from "./words";

const text = (message: Message | null): string | null => message && format("en", message.id, message.args);
const conflict = (change: Partial<Conflict>): Conflict => ({
  id: "1",
  collection: "bills",
  label: "B-1",
  detectedAt: 0,
  detectedBy: "Till 1",
  reason: "edited-on-both-sides",
  strategy: "last-write-wins",
  winner: "Till 2",
  winnerAt: 0,
  loser: "Till 1",
  loserAt: 0,
  caution: false,
  seen: false,
  ...change,
});

test.each([
  ["edited-on-both-sides", "This record was changed in two places before they knew of each other."],
  ["deleted-later", "This record was changed here and then deleted somewhere else."],
  ["deleted-unseen", "This record was deleted here although it had been changed somewhere else."],
  ["dead", "An old version of this deleted record came back and was removed again."],
  ["rolled-back", "The cloud went back to an older version of this record."],
  ["of-the-future", "Two versions of this record were found."],
])("what happened: %s", (reason, sentence) => {
  expect(text(happened(conflict({ reason })))).toBe(sentence);
});

test.each([
  ["last-write-wins", "The later change won."],
  ["atlas-wins", "The cloud’s version won, as chosen in Settings."],
  ["local-wins", "The version of this PC won, as chosen in Settings."],
  ["of-the-future", null],
])("why: %s", (strategy, sentence) => {
  expect(text(why(conflict({ strategy })))).toBe(sentence);
});

test("no strategy decides about a deletion", () => {
  expect(why(conflict({ reason: "deleted-later" }))).toBeNull();
});

test("whose version it is", () => {
  expect(["Till 2", "atlas", null].map((name) => text(whose(name)))).toEqual(["Till 2", "the cloud", "unknown PC"]);
  expect(["Till 2", "atlas", null].map((winner) => text(won(conflict({ winner }))))).toEqual([
    "in use: Till 2",
    "in use: the cloud",
    "in use: unknown PC",
  ]);
});

test("a deletion that won leaves nothing in use", () => {
  const lines = ["Till 2", "atlas", null].map((winner) => text(won(conflict({ reason: "deleted-later", winner }))));
  expect(lines).toEqual(["deleted: Till 2", "deleted: in the cloud", "deleted"]);
});
