// A test gets `open`: the built application in a fresh browser context with the fake backend in it. When the test is
// over, every window it opened must have been free of errors, whatever the test was about.
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page as Tab } from "playwright-core";
import { test as plain, expect, inject } from "vitest";
import type { Language, Page, Theme } from "../../src/lib/wire";
import type { Mock } from "../mock/mock";
import type { ScenarioName } from "../mock/scenarios";
import { BUILT, MOCK } from "./places";
import { settled } from "./wait";

export type Wish = {
  scenario?: ScenarioName | `${ScenarioName},${ScenarioName}`;
  page?: Page;
  language?: Language;
  theme?: Theme;
  size?: { width: number; height: number };
  browser?: BrowserContextOptions;
};

export type Window = {
  tab: Tab;
  // Errors seen so far; must be empty at the end.
  errors: string[];
  calls: (command: string) => Promise<Record<string, unknown>[]>;
};

// Shorter than a test may take, so that what was waited for is in the message.
const WAIT_MS_MAX = 8_000;

export const test = plain
  // eslint-disable-next-line no-empty-pattern -- Vitest reads the needs of a fixture from this pattern
  .extend("browser", { scope: "file" }, async ({}, { onCleanup }) => {
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
    onCleanup(() => browser.close());
    return browser;
  })
  .extend("open", ({ browser }, { onCleanup }) => {
    const opened: Window[] = [];
    onCleanup(async () => {
      for (const window of opened) await closeClean(window);
    });
    return async (wish: Wish = {}): Promise<Window> => {
      const window = await openWindow(browser, wish);
      opened.push(window);
      return window;
    };
  });

async function closeClean({ tab, errors }: Window): Promise<void> {
  const faults = await tab.evaluate(() => window.mock.faults);
  await tab.context().close();
  expect([...errors, ...faults]).toEqual([]);
}

async function openWindow(browser: Browser, wish: Wish): Promise<Window> {
  const context = await browser.newContext({
    viewport: wish.size ?? { width: 1000, height: 700 },
    reducedMotion: "reduce",
    ...wish.browser,
  });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const tab = await context.newPage();
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(`thrown: ${error.message}`));
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) errors.push(`${message.type()}: ${message.text()}`);
  });
  await tab.exposeFunction("reportViolation", (text: string) => errors.push(text));
  await tab.addInitScript(reportViolations);
  await tab.addInitScript({ path: join(BUILT, MOCK) });
  await tab.goto(address(wish));
  await settled(tab);
  const calls = (command: string): Promise<Record<string, unknown>[]> =>
    tab.evaluate((name) => window.mock.calls.filter((call) => call.command === name).map(({ args }) => args), command);
  return { tab, errors, calls };
}

function address({ scenario, page, language, theme }: Wish): string {
  const asked = Object.entries({ scenario, page, language, theme }).filter(([, value]) => value !== undefined);
  return `${inject("origin")}/?${new URLSearchParams(asked as [string, string][]).toString()}`;
}

function reportViolations(): void {
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    const { reportViolation } = window as unknown as { reportViolation: (text: string) => Promise<void> };
    void reportViolation(`policy: ${violatedDirective} ${blockedURI} ${sample}`);
  });
}

export function onMock<T>(tab: Tab, act: (mock: Mock) => T | Promise<T>): Promise<T> {
  // Functions cross to the page as source, so `act` must not close over anything.
  return tab.evaluate(`(${act.toString()})(window.mock)`);
}
