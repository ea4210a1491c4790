import { describe, expect, test } from "vitest";
import { format } from "../../i18n/catalogue";
import type { Device, Notice } from "../../lib/wire";
import { clockIsOff, isAway, others } from "./devices";
import { quiet, well } from "./example";
import { appended, between, columns, counted, highest, SAMPLES_MAX } from "./flow";
import { link } from "./link";
import { furtherNotices, noticeKeys, noticeWords } from "./notices";
import { copying, together } from "./progress";

const compare = (done: number, total: number, perSecond: number) => ({ done, total, perSecond, remainingS: null });

describe("progress", () => {
  test("nothing under way", () => {
    expect(copying([{}, {}])).toBeNull();
  });

  test("all lists under way together", () => {
    const copy = copying([{ compare: compare(10, 100, 5) }, {}, { compare: compare(30, 60, 10) }]);
    expect(copy).toEqual({ done: 40, total: 160, share: 0.25, perSecond: 15, remainingMs: 8000 });
  });

  test("more found than was counted at the start is not more than all", () => {
    expect(together([compare(120, 100, 5)])).toMatchObject({ share: 1, remainingMs: 0 });
  });

  test("an empty list is done", () => {
    expect(together([compare(0, 0, 0)])).toMatchObject({ share: 1, remainingMs: null });
  });
});

describe("throughput", () => {
  const at = (when: number, up: number, down: number) =>
    counted(well({ localToAtlas: quiet({ successful: up }), atlasToLocal: quiet({ successful: down }) }), when);

  test("a second is what the counters grew by", () => {
    expect(between(at(1000, 5, 7), at(2000, 9, 7))).toEqual({ at: 2000, up: 4, down: 0 });
  });

  test("counters that began anew are no negative work", () => {
    expect(between(at(1000, 500, 7), at(2000, 3, 0))).toEqual({ at: 2000, up: 0, down: 0 });
  });

  test("ten minutes are kept", () => {
    const full = Array.from({ length: SAMPLES_MAX }, (_, index) => ({ at: index, up: 0, down: 0 }));
    const next = appended(full, { at: 9999, up: 1, down: 0 });
    expect([next.length, next[0]?.at, next.at(-1)?.at]).toEqual([SAMPLES_MAX, 1, 9999]);
  });

  test("columns of one direction", () => {
    const samples = [
      { at: 1000, up: 3, down: 8 },
      { at: 2000, up: 5, down: 1 },
    ];
    expect(columns(samples, "upload")).toEqual([
      [1, 2],
      [3, 5],
    ]);
    expect(columns(samples, "download")).toEqual([
      [1, 2],
      [8, 1],
    ]);
    expect([highest(samples, "upload"), highest(samples, "download"), highest([], "upload")]).toEqual([5, 8, 0]);
  });
});

describe("where a direction is held up", () => {
  test.each([
    ["moves", well(), quiet(), true, "overview-link-connected"],
    [
      "paused",
      well({ atlas: { connected: false, clockOffsetMs: null } }),
      quiet({ paused: true }),
      true,
      "overview-link-paused",
    ],
    ["switched off", well(), quiet({ paused: true }), false, "overview-link-off"],
    ["no cloud", well({ atlas: { connected: false, clockOffsetMs: null } }), quiet(), true, "overview-link-no-cloud"],
    ["no database here", well({ local: { connected: false } }), quiet(), true, "overview-link-no-pc"],
  ] as const)("%s", (_name, status, direction, on, id) => {
    expect(link(status, direction, on).id).toBe(id);
  });
});

describe("notices", () => {
  test.each<[Notice, string, string]>([
    [
      { kind: "dropped", text: "", about: "bills" },
      "The list “bills” was deleted or renamed on one side.",
      "collections",
    ],
    [{ kind: "dropped", text: "", about: "" }, "All lists were deleted or renamed on one side.", "collections"],
    [
      { kind: "unauthorized", text: "", about: "local" },
      "The database on this PC does not let Bomba Sync in.",
      "settings",
    ],
    [{ kind: "unauthorized", text: "", about: "atlas" }, "The cloud does not let Bomba Sync in.", "settings"],
    [
      { kind: "reconnect-failing", text: "", about: "local" },
      "The database on this PC has not answered for a while.",
      "sync",
    ],
    [{ kind: "reconnect-failing", text: "", about: "atlas" }, "The cloud has not answered for a while.", "sync"],
    [{ kind: "standalone", text: "", about: "local" }, "The database on this PC has to be prepared once.", "settings"],
    [{ kind: "too-old", text: "", about: "local" }, "The database on this PC is too old.", "settings"],
    [{ kind: "too-old", text: "", about: "atlas" }, "The cloud is too old.", "settings"],
    [{ kind: "broken", text: "" }, "A fault stopped the sync. It is being started again by itself.", "settings"],
    [{ kind: "not-started", text: "" }, "The sync could not start.", "settings"],
    [
      { kind: "not-writing", text: "", about: "local" },
      "Changes cannot be written on this PC at the moment.",
      "sync",
    ],
    [
      { kind: "not-writing", text: "", about: "atlas" },
      "Changes cannot be written to the cloud at the moment.",
      "sync",
    ],
    [{ kind: "rules-failing", text: "" }, "Bomba’s own checks cannot be run.", "settings"],
    [{ kind: "clock", text: "" }, "The clock of this PC is wrong.", "sync"],
    [{ kind: "quarantine", text: "", count: 1 }, "1 change could not be copied.", "problems"],
    [
      { kind: "mass-deletion", text: "", about: "bills", count: 1 },
      "1 record of “bills” was deleted.",
      "problems",
    ],
    [
      { kind: "mass-deletion", text: "", about: "bills", count: 1200 },
      "1,200 records of “bills” were deleted at once.",
      "problems",
    ],
    [
      { kind: "mass-deletion", text: "", about: "bills", count: 0 },
      "Many records of “bills” were deleted at once.",
      "problems",
    ],
    [
      { kind: "vault", text: "", about: "local", count: 2 },
      "2 conflicts wait: the other versions cannot be kept on this PC.",
      "settings",
    ],
    [{ kind: "of-the-future", text: "" }, "Something needs a look.", "settings"],
  ])("%j", (notice, sentence, where) => {
    const { title, step } = noticeWords(notice);
    expect(format("en", title.id, title.args)).toBe(sentence);
    expect(step.act.kind === "go" ? step.act.page : step.act.kind).toBe(where);
  });

  test("mass deletion says that nothing is lost yet, in both languages", () => {
    const { title, todo } = noticeWords({ kind: "mass-deletion", text: "", about: "bills", count: 120 });
    expect(format("en", todo.id)).toBe("Nothing was deleted on the other side yet. Say whether it was meant.");
    expect(format("ar", title.id, title.args)).toBe("حُذف ١٢٠ سجلًا من «\u2068bills\u2069» دفعة واحدة.");
    expect(format("ar", todo.id)).toBe("لم يُحذف شيء في الجانب الآخر بعد. قل هل كان ذلك مقصودًا.");
  });

  test("two that are alike have keys of their own, which no number changes", () => {
    const waiting = (count: number): Notice => ({ kind: "mass-deletion", text: `${count}`, about: "bills", count });
    const keys = noticeKeys([{ kind: "clock", text: "" }, waiting(120), waiting(3)]);
    expect(new Set(keys).size).toBe(3);
    expect(noticeKeys([{ kind: "clock", text: "5 minutes" }, waiting(121), waiting(4)])).toEqual(keys);
  });

  test("what the sentence says already is not said twice", () => {
    const notices = [
      { kind: "clock", text: "a" },
      { kind: "vault", text: "b" },
    ];
    expect(furtherNotices(well({ state: "attention", notices }))).toEqual([notices[1]]);
    expect(furtherNotices(well({ state: "offline", notices }))).toEqual(notices);
  });
});

describe("the other PCs", () => {
  const device = (change: Partial<Device>): Device => ({
    id: "a",
    name: "Till",
    lastSeen: 0,
    pending: 0,
    clockOffsetMs: 0,
    version: "1",
    me: false,
    ...change,
  });

  test("this PC is none of them, and the last seen comes first", () => {
    const all = [
      device({ id: "a", me: true, lastSeen: 9 }),
      device({ id: "b", lastSeen: 1 }),
      device({ id: "c", lastSeen: 5 }),
    ];
    expect(others(all).map(({ id }) => id)).toEqual(["c", "b"]);
  });

  test("a missed beat or two is not away", () => {
    expect(isAway(device({ lastSeen: 0 }), 90_000)).toBe(false);
    expect(isAway(device({ lastSeen: 0 }), 130_000)).toBe(true);
  });

  test("a clock may be off either way, or not measured", () => {
    expect([-400_000, 400_000, 200_000, null].map((clockOffsetMs) => clockIsOff(device({ clockOffsetMs })))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
