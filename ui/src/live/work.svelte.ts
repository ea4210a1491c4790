// One request to the backend at a time: that it runs, and how it failed. Pages show both.
import { untrack } from "svelte";
import * as ipc from "../lib/ipc";
import type { Failure } from "../lib/wire";

export class Work {
  busy = $state(false);
  failed = $state<Failure | null>(null);
  // Not `busy`: an effect that starts work would depend on it and start again when it ends.
  #running = false;

  /** Resolves to null when the request failed or one is under way already. */
  async run<T>(request: () => Promise<T>): Promise<T | null> {
    if (this.#running) return null;
    this.#running = true;
    this.busy = true;
    this.failed = null;
    try {
      return await untrack(request);
    } catch (thrown) {
      this.failed = ipc.failure(thrown);
      return null;
    } finally {
      this.#running = false;
      this.busy = false;
    }
  }
}
