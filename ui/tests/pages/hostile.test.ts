// Documents of ill will: what is in them is shown as text, stays in its place and turns no words around it.
import { expect } from "vitest";
import type { Page } from "../../src/lib/wire";
import { serious } from "../harness/axe";
import { isHarmless } from "../harness/harmless";
import { picture } from "../harness/picture";
import { texts } from "../harness/scan";
import { test } from "../harness/window";
import { MARKUP } from "../mock/shop/hostile";

const PAGES: Page[] = ["overview", "conflicts", "collections", "problems", "settings"];
const SHOWS_MARKUP: Page[] = ["overview", "conflicts", "collections", "problems"];

for (const language of ["en", "ar"] as const) {
  test.for(PAGES)(`%s, ${language}`, async (page, { open }) => {
    const window = await open({ page, language, scenario: "hostile" });
    await picture(window.tab, `hostile-${page}-${language}`);
    if (SHOWS_MARKUP.includes(page)) {
      expect((await texts(window.tab)).some((text) => text.includes(MARKUP))).toBe(true);
    }
    await isHarmless(window);
    expect(await serious(window.tab)).toEqual([]);
  });
}
