// Whether texts of ill will stayed texts.
import { expect } from "vitest";
import { escaping } from "./bidi";
import { tooWide } from "./scan";
import type { Window } from "./window";

export async function isHarmless({ tab }: Window): Promise<void> {
  expect(await tab.locator("img[src=x]").count()).toBe(0);
  expect(await tab.evaluate(() => window.wasHacked)).toBeUndefined();
  expect(await tooWide(tab)).toEqual([]);
  expect(await escaping(tab)).toEqual([]);
}
