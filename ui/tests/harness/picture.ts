// Screenshots are kept for a person to look at; no test compares them.
import { join } from "node:path";
import type { Page as Tab } from "playwright-core";
import { SCREENSHOTS } from "./places";

export async function picture(tab: Tab, name: string): Promise<void> {
  await tab.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}
