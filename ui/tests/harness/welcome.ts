// Through the guided start, step by step, as a person goes.
import type { Page as Tab } from "playwright-core";
import { SECRET } from "../mock/shop/settings";

export const CLOUD = `mongodb+srv://shop:${SECRET}@shop.ab1cd.mongodb.net/?appName=bomba`;

export const STEPS = ["hello", "pc", "cloud", "test", "lists", "copy"] as const;
export type Step = (typeof STEPS)[number];

// By place and kind, not by name, so that it goes in both languages. Resolves when the step asked for is shown.
export async function goThrough(tab: Tab, upTo: Step, cloud = CLOUD): Promise<void> {
  for (const step of STEPS.slice(0, STEPS.indexOf(upTo))) {
    if (step === "cloud") {
      await tab.locator("input[type=password]").fill(cloud);
      await tab.locator("[role=group] button").first().click();
    }
    const title = await tab.locator("h1").innerText();
    await tab.locator("form button:not([type=button])").click();
    await tab.waitForFunction((before) => document.querySelector("h1")?.innerText !== before, title);
  }
}
