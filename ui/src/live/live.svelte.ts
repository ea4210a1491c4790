// The latest the backend said. The window holds no truth of its own: these are copies, replaced whole.
import * as ipc from "../lib/ipc";
import type { Failure, Page, SettingsView, Status } from "../lib/wire";
import { opening } from "./opening";

interface Live {
  status: Status | null;
  settings: SettingsView | null;
  page: Page;
  /** The backend did not answer at the start. */
  failed: Failure | null;
  /** Grows when the list of conflicts is not what it was. */
  conflictsVersion: number;
}

export const live = $state<Live>({
  status: null,
  settings: null,
  page: "overview",
  failed: null,
  conflictsVersion: 0,
});

let listening: Promise<unknown> | null = null;

export function goTo(page: Page): void {
  live.page = page;
}

/** Listens before it asks, so that nothing said in between is missed. May be called again after a failure. */
export async function begin(): Promise<void> {
  live.failed = null;
  try {
    listening ??= listen();
    await listening;
    const [settings, page] = await Promise.all([ipc.settings(), ipc.firstPage()]);
    live.page = opening(settings.setUp, page);
    live.settings = settings;
    live.status ??= await firstStatus();
  } catch (thrown) {
    live.failed = ipc.failure(thrown);
  }
}

function listen(): Promise<unknown> {
  return Promise.all([
    ipc.onStatus((status) => (live.status = status)),
    ipc.onSettings((settings) => (live.settings = settings)),
    // The guided start is not left half way: there is nothing to see elsewhere yet.
    ipc.onPage((page) => {
      if (live.page !== "welcome") goTo(page);
    }),
    ipc.onConflicts(() => (live.conflictsVersion += 1)),
  ]);
}

/** Before the first set-up there may be no status to ask for. */
async function firstStatus(): Promise<Status | null> {
  try {
    return await ipc.status();
  } catch (thrown) {
    if (ipc.failure(thrown).kind === "not-set-up") return null;
    throw thrown;
  }
}
