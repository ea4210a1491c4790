// Which page a window opens with.
import type { Page } from "../lib/wire";

/** The guided start until there is something to sync, and never after. */
export function opening(setUp: boolean, wanted: Page): Page {
  if (!setUp) return "welcome";
  return wanted === "welcome" ? "overview" : wanted;
}
