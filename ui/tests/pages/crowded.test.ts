// Ten thousand conflicts: only what is on the screen exists, and scrolling stays smooth.
import type { Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { scrollThrough } from "../harness/smoothness";
import { settled } from "../harness/wait";
import { test } from "../harness/window";

const MANY = 10_000;
const ROWS_MAX = 100;
// No more than one for a hundred rows, and a few at the start.
const REQUESTS_MAX = MANY / 100 + 10;
// A frame at 60 a second; each frame of the scroll shows other rows than the one before.
const CPU_MS_PER_FRAME_MAX = 16;

test("10,000 conflicts are scrolled to the end without a stutter", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts", scenario: "crowded" });
  const list = tab.getByRole("listbox");
  expect(await list.getByRole("option").count()).toBeLessThan(ROWS_MAX);
  expect(await list.getByRole("option").first().getAttribute("aria-setsize")).toBe(String(MANY));
  const scroll = await scrollThrough(list, "[role=option]");
  console.info(`crowded list: ${JSON.stringify(scroll)}`);
  expect(scroll.atEnd).toBe(true);
  expect(scroll.rowsMax).toBeLessThan(ROWS_MAX);
  expect(scroll.cpuMsPerFrame).toBeGreaterThan(0);
  expect(scroll.cpuMsPerFrame).toBeLessThan(CPU_MS_PER_FRAME_MAX);
  await settled(tab);
  const last = list.getByRole("option").last();
  expect(await last.getAttribute("aria-posinset")).toBe(String(MANY));
  await expect.poll(() => last.innerText()).toContain(await labelOf(tab, MANY - 1));
  expect((await calls("conflicts")).length).toBeLessThan(REQUESTS_MAX);
});

test("the keyboard goes to the end and back, and what is chosen is read out", async ({ open }) => {
  const { tab } = await open({ page: "conflicts", scenario: "crowded" });
  const list = tab.getByRole("listbox");
  await list.focus();
  await tab.keyboard.press("End");
  await settled(tab);
  await tab.keyboard.press("ArrowUp");
  await settled(tab);
  const chosen = list.locator("[aria-selected=true]");
  expect(await chosen.getAttribute("aria-posinset")).toBe(String(MANY - 1));
  expect(await list.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
  await tab.getByRole("heading", { level: 2, name: await labelOf(tab, MANY - 2) }).waitFor();
  await tab.keyboard.press("Home");
  await tab.getByRole("heading", { level: 2, name: "B-1001" }).waitFor();
  expect(await list.getByRole("option").count()).toBeLessThan(ROWS_MAX);
});

test("all 10,000 are marked and brought back in one call each", async ({ open }) => {
  const { tab, calls } = await open({ page: "conflicts", scenario: "crowded" });
  await tab.getByRole("button", { name: "Mark all as seen" }).click();
  await tab.getByText("10,000 conflicts marked as seen.").waitFor();
  await tab.getByRole("button", { name: "Undo" }).click();
  await tab.getByText("10,000 records were changed in two places.").waitFor();
  expect(await calls("mark_conflicts")).toHaveLength(2);
});

function labelOf(tab: Tab, index: number): Promise<string> {
  return tab.evaluate((at) => window.mock.world.conflicts[at]?.label ?? "", index);
}
