import { describe, expect, test } from "vitest";
import { format } from "../../i18n/catalogue";
import { duration, percent } from "../../i18n/moments";
import type { Status, Trouble } from "../../lib/wire";
import { quiet, well } from "./example";
import { standing, technical, type Act } from "./standing";
import type { Words } from "./words.svelte";

const words: Words = {
  ago: () => "2 minutes ago",
  duration: (ms) => duration("en", ms),
  percent: (share) => percent("en", share),
};

function said(status: Status | null): { sentence: string; more: string; step: string; act: Act } {
  const { sentence, more, step } = standing(status, words);
  const text = (message: typeof sentence): string => format("en", message.id, message.args);
  return { sentence: text(sentence), more: text(more), step: text(step.label), act: step.act };
}

const away = (trouble?: Trouble): Status["atlas"] => ({
  connected: false,
  clockOffsetMs: null,
  ...(trouble ? { trouble } : {}),
});

describe("one sentence and one step", () => {
  test.each<[string, Status | null, string, string, Act]>([
    ["nothing is known yet", null, "Just a moment…", "Sync now", { kind: "sync" }],
    ["all is well", well(), "Everything is up to date.", "Sync now", { kind: "sync" }],
    [
      "with a last change",
      well({ lastChangeAt: 1 }),
      "Everything is up to date. Last change: 2 minutes ago.",
      "Sync now",
      { kind: "sync" },
    ],
    [
      "with a conflict",
      well({ conflictsOpen: 1 }),
      "Everything is up to date.",
      "Look at 1 conflict",
      { kind: "go", page: "conflicts" },
    ],
    [
      "conflicts come before problems",
      well({ conflictsOpen: 3, quarantined: 2 }),
      "Everything is up to date.",
      "Look at 3 conflicts",
      { kind: "go", page: "conflicts" },
    ],
    [
      "with a problem",
      well({ quarantined: 2 }),
      "Everything is up to date.",
      "Look at 2 problems",
      { kind: "go", page: "problems" },
    ],
    [
      "changes on their way in both directions",
      well({ state: "syncing", localToAtlas: quiet({ pending: 10 }), atlasToLocal: quiet({ pending: 2 }) }),
      "12 changes are on their way.",
      "See the lists",
      { kind: "go", page: "collections" },
    ],
    [
      "nothing waits, nothing is proven",
      well({ state: "syncing" }),
      "Checking that both sides are the same.",
      "See the lists",
      { kind: "go", page: "collections" },
    ],
    [
      "paused",
      well({ state: "paused", localToAtlas: quiet({ paused: true }), atlasToLocal: quiet({ paused: true }) }),
      "Copying is paused.",
      "Resume",
      { kind: "resume" },
    ],
    [
      "upload paused",
      well({ state: "paused", localToAtlas: quiet({ paused: true }) }),
      "Copying to the cloud is paused.",
      "Resume",
      { kind: "resume" },
    ],
    [
      "download paused",
      well({ state: "paused", atlasToLocal: quiet({ paused: true }) }),
      "Copying from the cloud is paused.",
      "Resume",
      { kind: "resume" },
    ],
    [
      "no internet",
      well({ state: "offline", atlas: away("name-unknown") }),
      "Offline: there is no internet connection.",
      "Try again now",
      { kind: "sync" },
    ],
    [
      "no reason told",
      well({ state: "offline", atlas: away() }),
      "Offline: the cloud is not answering.",
      "Try again now",
      { kind: "sync" },
    ],
    [
      "an old cloud",
      well({ state: "offline", atlas: away("too-old") }),
      "The cloud is too old.",
      "Check the connection",
      { kind: "go", page: "settings" },
    ],
    [
      "wrong password",
      well({ state: "offline", atlas: away("password") }),
      "The cloud does not accept the user name or password.",
      "Check the connection",
      { kind: "go", page: "settings" },
    ],
    [
      "local database stopped",
      well({ state: "offline", local: { connected: false, trouble: "unreachable" }, atlas: away("unreachable") }),
      "The database on this PC is not running.",
      "Try again now",
      { kind: "sync" },
    ],
    [
      "attention without a notice",
      well({ state: "attention" }),
      "Something needs a look.",
      "Check the connection",
      { kind: "go", page: "settings" },
    ],
    [
      "attention with one",
      well({ state: "attention", notices: [{ kind: "quarantine", text: "", count: 6 }] }),
      "6 changes could not be copied.",
      "See the problems",
      { kind: "go", page: "problems" },
    ],
  ])("%s", (_name, status, sentence, step, act) => {
    expect(said(status)).toMatchObject({ sentence, step, act });
  });
});

test("offline says how much is only here", () => {
  const offline = (pending: number): string =>
    said(well({ state: "offline", atlas: away("unreachable"), localToAtlas: quiet({ pending }) })).more;
  expect(offline(12)).toBe("12 changes are only on this PC. They are sent as soon as the connection is back.");
  expect(offline(1)).toBe("1 change is only on this PC. It is sent as soon as the connection is back.");
  expect(offline(0)).toBe("You can keep working. Everything is sent as soon as the connection is back.");
});

test("paused counts only what waits for the person", () => {
  const status = well({
    state: "paused",
    localToAtlas: quiet({ paused: true, pending: 4 }),
    atlasToLocal: quiet({ pending: 90 }),
  });
  expect(said(status).more).toBe("4 changes are waiting until you resume.");
});

test("copying says how far it is and how long it takes, as long as it moves", () => {
  const copying = (perSecond: number): string =>
    said(
      well({
        state: "syncing",
        collections: [
          { name: "bills", mode: "both-ways", compare: { done: 250, total: 1000, perSecond, remainingS: null } },
        ],
      }),
    ).sentence;
  expect(copying(5)).toBe("Copying: 25% done, about 3 minutes left.");
  expect(copying(0)).toBe("Copying: 25% done.");
});

test("the server's own words belong to what the sentence says", () => {
  const errors = {
    local: { connected: true, lastError: "old" },
    atlas: { ...away("unreachable"), lastError: "no servers" },
  };
  expect(technical(well({ state: "offline", ...errors }))).toBe("no servers");
  expect(technical(well({ state: "offline", local: { connected: false, lastError: "refused" } }))).toBe("refused");
  expect(technical(well({ state: "attention", notices: [{ kind: "clock", text: "5 minutes" }] }))).toBe("5 minutes");
  expect(technical(well({ state: "syncing", ...errors }))).toBe("");
});
