// The overview: what it says in each state, and what its buttons ask of the backend.
import type { Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { onMock, test } from "../harness/window";

test("each direction is paused and resumed on its own", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "empty" });
  await tab.getByRole("button", { name: "Pause sending" }).click();
  await tab.getByRole("button", { name: "Pause receiving" }).click();
  await tab.getByRole("button", { name: "Resume sending" }).click();
  await tab.getByRole("button", { name: "Pause sending" }).waitFor();
  expect(await calls("pause")).toEqual([
    { way: "upload", paused: true },
    { way: "download", paused: true },
    { way: "upload", paused: false },
  ]);
});

test("resume in the sentence resumes both directions", async ({ open }) => {
  const { tab, calls } = await open({ scenario: "paused" });
  await tab.getByRole("button", { name: "Resume", exact: true }).click();
  await tab.getByText("Everything is up to date.").first().waitFor();
  expect(await calls("pause")).toEqual([{ way: null, paused: false }]);
});

test.for([
  { scenario: "empty", step: "Sync now" },
  { scenario: "offline", step: "Try again now" },
] as const)("$scenario: $step asks for it once", async ({ scenario, step }, { open }) => {
  const { tab, calls } = await open({ scenario });
  await tab.getByRole("button", { name: step }).click();
  await expect.poll(() => calls("sync_now")).toEqual([{}]);
});

test("a pause that fails says why and leaves the button as it was", async ({ open }) => {
  const { tab } = await open();
  await onMock(tab, (mock) => {
    mock.fail("pause", { kind: "storage", field: null, text: "no space left on device" });
  });
  await tab.getByRole("button", { name: "Pause sending" }).click();
  await tab.getByText("This PC could not save it.").waitFor();
  await tab.getByRole("button", { name: "Pause sending" }).waitFor();
});

test("offline it says how many changes are only on this PC", async ({ open }) => {
  const { tab } = await open({ scenario: "offline" });
  await tab.getByText("Offline: the cloud cannot be reached.").first().waitFor();
  await tab.getByText("12 changes are only on this PC.").waitFor();
});

test("copying shows how much is done and how long it takes", async ({ open }) => {
  const { tab } = await open({ scenario: "comparing" });
  const progress = tab.getByRole("progressbar", { name: "Copying" });
  expect(await progress.count()).toBe(1);
  await tab.getByText("7,281 of 22,954 records").waitFor();
  await tab
    .getByText(/about .+ left/)
    .first()
    .waitFor();
});

test("a page is left by its name and the keyboard starts in the new one", async ({ open }) => {
  const { tab } = await open();
  await tab.getByRole("navigation").getByRole("button", { name: "Lists" }).click();
  await tab.getByRole("heading", { level: 1, name: "Lists" }).waitFor();
  expect(await tab.locator("nav [aria-current=page]").allInnerTexts()).toEqual(["Lists"]);
  expect(await tab.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
});

test("the tray's wish for a page is followed", async ({ open }) => {
  const { tab } = await open();
  await onMock(tab, (mock) => mock.say("page", "problems"));
  await tab.getByRole("heading", { level: 1, name: "Problems" }).waitFor();
});

test("language and theme changed elsewhere take effect at once", async ({ open }) => {
  const { tab } = await open();
  await onMock(tab, (mock) => {
    const { settings } = mock.world;
    settings.language.value = "ar";
    settings.theme.value = "dark";
    return mock.say("settings", settings);
  });
  await tab.locator("html[lang=ar][dir=rtl][data-theme=dark]").waitFor();
  await tab.getByRole("heading", { level: 1, name: "نظرة عامة" }).waitFor();
});

test("a change of the state is said once to who cannot see it", async ({ open }) => {
  const { tab } = await open({ scenario: "empty" });
  const said = tab.locator("[role=status]").first();
  await onMock(tab, (mock) => mock.changeStatus({ state: "syncing" }));
  await expect.poll(() => said.textContent()).toMatch(/way|same/);
  await tab.evaluate(() => {
    const region = document.querySelector("[role=status]") as HTMLElement;
    const observer = new MutationObserver((changes) => {
      region.dataset["changes"] = String(changes.length);
    });
    observer.observe(region, { characterData: true, childList: true, subtree: true });
  });
  await sayStatuses(tab, 10);
  expect(await said.getAttribute("data-changes")).toBeNull();
});

test("status updates move neither the focus nor the control that has it", async ({ open }) => {
  const { tab } = await open({ scenario: "syncing" });
  const button = tab.getByRole("button", { name: "Pause receiving" });
  await button.focus();
  // Playwright would find a new button of the same name, too.
  const held = await button.elementHandle();
  await sayStatuses(tab, 20);
  expect(await held.evaluate((element) => document.activeElement === element)).toBe(true);
});

test("a button pressed with the keyboard keeps the focus", async ({ open }) => {
  const { tab } = await open({ scenario: "empty" });
  await tab.getByRole("button", { name: "Pause sending" }).press("Enter");
  await tab.getByRole("button", { name: "Resume sending" }).waitFor();
  expect(await tab.evaluate(() => document.activeElement?.textContent.trim())).toBe("Resume sending");
});

test.for([720, 2560])("the chart says no time twice, from its first second on, %i wide", async (width, { open }) => {
  const { tab } = await open({ scenario: "empty", size: { width, height: 700 } });
  await tab.evaluate(() => {
    const drawn = new Map<HTMLCanvasElement, string[]>();
    window.drawings = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- both are called on the context they were asked of
    const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.clearRect = function (...place) {
      const texts: string[] = [];
      drawn.set(this.canvas, texts);
      window.drawings.push(texts);
      clearRect.apply(this, place);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      drawn.get(this.canvas)?.push(text);
      fillText.call(this, text, ...place);
    };
  });
  const times = (): Promise<string[][]> =>
    tab.evaluate(() =>
      window.drawings
        .map((texts) => texts.filter((text) => /^\d\d:\d\d$/.test(text)))
        .filter((texts) => texts.length > 0),
    );
  await expect.poll(async () => (await times()).length, { timeout: 6_000 }).toBeGreaterThanOrEqual(2);
  for (const said of await times()) {
    expect(said.length).toBeGreaterThan(1);
    expect(said).toEqual([...new Set(said)]);
  }
});

// As the backend does while copying: numbers that change all the time.
async function sayStatuses(tab: Tab, times: number): Promise<void> {
  await tab.evaluate(async (count) => {
    const { mock } = window;
    for (let round = 1; round <= count; round += 1) {
      const { localToAtlas, atlasToLocal } = mock.world.status;
      await mock.changeStatus({
        localToAtlas: { ...localToAtlas, successful: round, pending: round, oldestPendingMs: round * 100 },
        atlasToLocal: { ...atlasToLocal, successful: round, pending: count - round },
      });
      await new Promise(requestAnimationFrame);
    }
  }, times);
}

declare global {
  interface Window {
    // The texts of each picture that a chart drew.
    drawings: string[][];
  }
}
