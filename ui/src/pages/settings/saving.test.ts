import { beforeEach, expect, test, vi } from "vitest";
import * as ipc from "../../lib/ipc";
import type { Change, SettingsView } from "../../lib/wire";
import { live } from "../../live/live.svelte";
import { field, settingsOf } from "./example";
import { Saving } from "./saving.svelte";

vi.mock("../../lib/ipc");

let waiting: { change: Change; answer: (settings: SettingsView) => void; refuse: () => void }[] = [];

beforeEach(() => {
  waiting = [];
  vi.mocked(ipc.failure).mockReturnValue({ kind: "storage", field: null, text: "" });
  vi.mocked(ipc.changeSettings).mockImplementation(
    (change) =>
      new Promise((answer, refuse) => {
        waiting.push({
          change,
          answer,
          refuse: () => {
            refuse(new Error("disk"));
          },
        });
      }),
  );
});

const theme = field<SettingsView["theme"]["value"]>("light");

test("a wish is shown while it is on its way", async () => {
  const saving = new Saving();
  const saved = saving.save({ theme: "dark" });
  expect(saving.shown("theme", theme)).toBe("dark");
  await vi.waitFor(() => {
    expect(waiting).toHaveLength(1);
  });
  waiting[0]?.answer(settingsOf({ theme: field("dark") }));
  expect(await saved).toBe(true);
  expect(live.settings?.theme.value).toBe("dark");
  expect(saving.shown("theme", theme)).toBe("light");
});

test("a wish that failed falls back and says why", async () => {
  const saving = new Saving();
  const saved = saving.save({ theme: "dark" });
  await vi.waitFor(() => {
    expect(waiting).toHaveLength(1);
  });
  waiting[0]?.refuse();
  expect(await saved).toBe(false);
  expect([saving.shown("theme", theme), saving.failed?.kind, saving.busy]).toEqual(["light", "storage", false]);
});

test("quick changes are all saved, in order", async () => {
  const saving = new Saving();
  const both = [saving.save({ notifyConflicts: false }), saving.save({ startAtLogin: false })];
  await vi.waitFor(() => {
    expect(waiting).toHaveLength(1);
  });
  waiting[0]?.answer(settingsOf());
  await vi.waitFor(() => {
    expect(waiting).toHaveLength(2);
  });
  waiting[1]?.answer(settingsOf());
  expect(await Promise.all(both)).toEqual([true, true]);
  expect(waiting.map(({ change }) => change)).toEqual([{ notifyConflicts: false }, { startAtLogin: false }]);
});
