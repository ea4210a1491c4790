// Every page in both languages and both themes: it speaks, it is accessible, it breaks no policy, it fits.
import { expect } from "vitest";
import type { Page } from "../../src/lib/wire";
import { serious } from "../harness/axe";
import { picture } from "../harness/picture";
import { foreign, tooWide, unspoken } from "../harness/scan";
import { test, type Wish, type Window } from "../harness/window";

const PAGES: Page[] = ["overview", "conflicts", "collections", "problems", "settings", "welcome"];
const STATES = ["synced", "syncing", "comparing", "offline", "paused", "attention", "empty"] as const;
const LANGUAGES = ["en", "ar"] as const;
const THEMES = ["light", "dark"] as const;

for (const language of LANGUAGES) {
  for (const theme of THEMES) {
    test.for(PAGES)(`%s, ${language}, ${theme}`, async (page, { open }) => {
      const wish: Wish = { page, language, theme, ...(page === "welcome" && { scenario: "first-run" }) };
      const window = await open(wish);
      await picture(window.tab, `${page}-${language}-${theme}`);
      await speaks(window, language);
      expect(await window.tab.locator("html").getAttribute("data-theme")).toBe(theme);
      expect(await serious(window.tab)).toEqual([]);
    });

    test(`problems with mass deletion, ${language}, ${theme}`, async ({ open }) => {
      const window = await open({ page: "problems", scenario: "mass-deletion", language, theme });
      await picture(window.tab, `problems-mass-deletion-${language}-${theme}`);
      await speaks(window, language);
      expect(await serious(window.tab)).toEqual([]);
    });
  }

  test.for(STATES)(`overview when %s, ${language}`, async (scenario, { open }) => {
    const window = await open({ scenario, language });
    await picture(window.tab, `overview-${scenario}-${language}`);
    await speaks(window, language);
    expect(await serious(window.tab)).toEqual([]);
  });

  test.for(PAGES)(`%s with nothing to show, ${language}`, async (page, { open }) => {
    const window = await open({ page, language, scenario: page === "welcome" ? "first-run,nothing-found" : "empty" });
    await picture(window.tab, `${page}-empty-${language}`);
    await speaks(window, language);
    expect(await serious(window.tab)).toEqual([]);
  });

  test.for(PAGES)(`%s fits the smallest window, ${language}`, async (page, { open }) => {
    const scenario = page === "welcome" ? "first-run" : "attention";
    const { tab } = await open({ page, language, scenario, size: { width: 720, height: 480 } });
    await picture(tab, `${page}-small-${language}`);
    expect(await tooWide(tab)).toEqual([]);
  });
}

test("the language and the theme of the system are taken when the setting says so", async ({ open }) => {
  const { tab } = await open({
    language: "system",
    theme: "system",
    browser: { locale: "ar-EG", colorScheme: "dark" },
  });
  expect(await tab.locator("html").getAttribute("dir")).toBe("rtl");
  const [dark, light] = [await background(tab), await background((await open({ theme: "light" })).tab)];
  expect(dark).not.toBe(light);
  await tab.emulateMedia({ colorScheme: "light" });
  await expect.poll(() => background(tab)).toBe(light);
});

async function speaks({ tab }: Window, language: "en" | "ar"): Promise<void> {
  const html = tab.locator("html");
  expect(await html.getAttribute("lang")).toBe(language);
  expect(await html.getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");
  expect(await unspoken(tab)).toEqual([]);
  expect(await foreign(tab, language)).toEqual([]);
  expect(await tooWide(tab)).toEqual([]);
}

function background(tab: Window["tab"]): Promise<string> {
  return tab.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}
