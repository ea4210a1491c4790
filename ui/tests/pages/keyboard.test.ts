// Every page with the keyboard alone: Tab reaches every control, and it can be seen which one has the focus.
import { expect } from "vitest";
import type { Page } from "../../src/lib/wire";
import { serious } from "../harness/axe";
import { walk } from "../harness/walk";
import { goThrough, STEPS } from "../harness/welcome";
import { test } from "../harness/window";

const PAGES: Page[] = ["overview", "conflicts", "collections", "problems", "settings"];

test.for(PAGES)("%s: Tab reaches every control and shows where it is", async (page, { open }) => {
  const { tab } = await open({ page, scenario: "attention" });
  const { reached, missed, unseen } = await walk(tab);
  expect(reached.length).toBeGreaterThan(5);
  expect(missed).toEqual([]);
  expect(unseen).toEqual([]);
});

test.for(STEPS)("step %s of the start: Tab reaches every control and shows where it is", async (step, { open }) => {
  const { tab } = await open({ scenario: "first-run", language: "ar", theme: "dark" });
  await goThrough(tab, step);
  const { reached, missed, unseen } = await walk(tab);
  expect(reached.length).toBeGreaterThan(0);
  expect(missed).toEqual([]);
  expect(unseen).toEqual([]);
});

test("the first stop of Tab leads past the navigation", async ({ open }) => {
  const { tab } = await open();
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  expect(await tab.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
  await tab.keyboard.press("Tab");
  expect(await tab.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
});

const QUESTIONS = [
  { page: "conflicts", opener: "Use the other version", command: "restore_conflict", scenario: "synced" },
  { page: "collections", opener: "Compare all again", command: "resync", scenario: "synced" },
  { page: "collections", opener: "Change by which field", command: "set_label", scenario: "synced" },
  { page: "problems", opener: "Discard", command: "discard_problem", scenario: "synced" },
  { page: "problems", opener: "Delete them everywhere", command: "apply_deletions", scenario: "mass-deletion" },
] as const;

test.for(QUESTIONS)(
  "$page, $opener: the focus stays in the question, Escape closes it and gives the focus back",
  async ({ page, opener, command, scenario }, { open }) => {
    const { tab, calls } = await open({ page, scenario });
    const button = tab.getByRole("button", { name: opener }).first();
    await button.press("Enter");
    const question = tab.getByRole("dialog");
    await question.waitFor();
    expect(await serious(tab)).toEqual([]);
    for (let stop = 0; stop < 12; stop += 1) {
      // Beyond the last control a browser goes to its own, which counts as the page's body.
      expect(
        await tab.evaluate(
          () =>
            document.activeElement?.closest("dialog, body")?.tagName === "DIALOG" ||
            document.activeElement === document.body,
        ),
      ).toBe(true);
      await tab.keyboard.press("Tab");
    }
    await tab.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    expect(await button.evaluate((element) => document.activeElement === element)).toBe(true);
    expect(await calls(command)).toEqual([]);
  },
);

test("marking everything as seen leads the focus to where it can be undone", async ({ open }) => {
  const { tab } = await open({ page: "conflicts" });
  await tab.getByRole("button", { name: "Mark all as seen" }).press("Enter");
  const undo = tab.getByRole("button", { name: "Undo" });
  await undo.waitFor();
  await tab.waitForFunction((element) => document.activeElement === element, await undo.elementHandle());
});
