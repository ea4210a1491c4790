// What "ready" means: nothing unanswered, a heading, fonts there, no transition under way.
import type { Page as Tab } from "playwright-core";

export async function settled(tab: Tab): Promise<void> {
  await tab.waitForFunction(() => {
    const asked = window.mock.calls.length > 0 && window.mock.calls.every(({ state }) => state !== "waiting");
    const moving = document.getAnimations().some(({ playState }) => playState === "running");
    return asked && !moving && document.querySelector("main h1, main h2") !== null;
  });
  await tab.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  });
}
