// How a scripted scroll feels: what the frames cost the page, how long they took, and which of it was noticed.
import type { CDPSession, Locator } from "playwright-core";

export type Scroll = {
  frames: number;
  // The page's own work for a frame, which a busy machine does not make longer.
  cpuMsPerFrame: number;
  longestFrameMs: number;
  longTaskMs: number;
  rowsMax: number;
  atEnd: boolean;
};

const FRAMES = 180;

// From where the list is to its end, the same share of the way each frame.
export async function scrollThrough(list: Locator, rows: string): Promise<Scroll> {
  const tab = list.page();
  const session = await tab.context().newCDPSession(tab);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await workedMs(session);
  const scroll = await scrollInPage(list, rows);
  const cpuMsPerFrame = ((await workedMs(session)) - before) / scroll.frames;
  await session.detach();
  return { ...scroll, cpuMsPerFrame: Math.round(cpuMsPerFrame * 100) / 100 };
}

async function workedMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  const worked = metrics.find(({ name }) => name === "TaskDuration");
  if (worked === undefined) throw new Error("the browser does not tell how long it worked");
  return worked.value * 1_000;
}

function scrollInPage(list: Locator, rows: string): Promise<Omit<Scroll, "cpuMsPerFrame">> {
  return list.evaluate(
    async (element, { frameCount, rowSelector }) => {
      const seen = { frames: 0, longestFrameMs: 0, longTaskMs: 0, rowsMax: 0, atEnd: false };
      const watch = (entries: PerformanceObserverEntryList): void => {
        for (const { duration } of entries.getEntries()) seen.longTaskMs += duration;
      };
      const observer = new PerformanceObserver(watch);
      observer.observe({ entryTypes: ["longtask"] });
      const start = element.scrollTop;
      let before = performance.now();
      while (seen.frames < frameCount) {
        seen.frames += 1;
        element.scrollTop = start + ((element.scrollHeight - element.clientHeight - start) * seen.frames) / frameCount;
        const now = await new Promise<number>(requestAnimationFrame);
        seen.longestFrameMs = Math.max(seen.longestFrameMs, now - before);
        seen.rowsMax = Math.max(seen.rowsMax, element.querySelectorAll(rowSelector).length);
        before = now;
      }
      observer.disconnect();
      seen.atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
      return seen;
    },
    { frameCount: FRAMES, rowSelector: rows },
  );
}
