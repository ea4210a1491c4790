import { beforeEach, describe, expect, test, vi } from "vitest";
import * as ipc from "../lib/ipc";
import type { Failure, Page } from "../lib/wire";
import { well } from "../pages/overview/example";
import { settingsOf } from "../pages/settings/example";
import { Latest } from "./latest.svelte";
import { begin, live } from "./live.svelte";
import { opening } from "./opening";
import { Work } from "./work.svelte";

vi.mock("../lib/ipc");

test.each<[boolean, Page, Page]>([
  [false, "overview", "welcome"],
  [false, "conflicts", "welcome"],
  [true, "welcome", "overview"],
  [true, "conflicts", "conflicts"],
])("set up: %s, asked for %s, shows %s", (setUp, wanted, page) => {
  expect(opening(setUp, wanted)).toBe(page);
});

describe("the start", () => {
  beforeEach(() => {
    vi.mocked(ipc.failure).mockImplementation((thrown) => thrown as Failure);
    vi.mocked(ipc.settings).mockResolvedValue(settingsOf());
    vi.mocked(ipc.firstPage).mockResolvedValue("problems");
    vi.mocked(ipc.status).mockResolvedValue(well());
  });

  test("asks for everything and opens the page that was wanted", async () => {
    await begin();
    expect([live.page, live.status?.state, live.failed]).toEqual(["problems", "synced", null]);
  });

  test("needs no status before the set-up", async () => {
    live.status = null;
    vi.mocked(ipc.settings).mockResolvedValue(settingsOf({ setUp: false }));
    vi.mocked(ipc.status).mockRejectedValue({ kind: "not-set-up", field: null, text: "" });
    await begin();
    expect([live.page, live.status, live.failed]).toEqual(["welcome", null, null]);
  });

  test("that failed says so and can be tried again", async () => {
    vi.mocked(ipc.settings).mockRejectedValueOnce({ kind: "other", field: null, text: "gone" });
    await begin();
    expect(live.failed?.text).toBe("gone");
    await begin();
    expect([live.failed, live.page]).toEqual([null, "problems"]);
  });
});

describe("work", () => {
  test("is one thing at a time", async () => {
    const work = new Work();
    const first = work.run(() => Promise.resolve(1));
    expect([work.busy, await work.run(() => Promise.resolve(2)), await first, work.busy]).toEqual([
      true,
      null,
      1,
      false,
    ]);
  });

  test("that failed is kept until the next", async () => {
    const work = new Work();
    expect(await work.run(() => Promise.reject(new Error("no")))).toBeNull();
    expect(work.failed).not.toBeNull();
    await work.run(() => Promise.resolve(1));
    expect(work.failed).toBeNull();
  });
});

describe("the latest answer", () => {
  test("one that was asked for before the change is not the last word", async () => {
    const waiting: ((answer: string) => void)[] = [];
    const latest = new Latest(() => new Promise<string>((give) => waiting.push(give)));
    const first = latest.read();
    const second = latest.read();
    waiting[0]?.("before");
    await vi.waitFor(() => {
      expect(waiting).toHaveLength(2);
    });
    waiting[1]?.("after");
    await Promise.all([first, second]);
    expect([latest.value, waiting.length]).toEqual(["after", 2]);
  });

  test("stays when a later reading fails, and the failure goes with the next that does not", async () => {
    vi.mocked(ipc.failure).mockImplementation((thrown) => thrown as Failure);
    const answers = [() => "one", () => Promise.reject(new Error("away")), () => "two"];
    const latest = new Latest(async () => answers.shift()?.());
    const seen: unknown[] = [];
    while (answers.length > 0) {
      await latest.read();
      seen.push([latest.value, latest.failed !== null]);
    }
    expect(seen).toEqual([
      ["one", false],
      ["one", true],
      ["two", false],
    ]);
  });
});
