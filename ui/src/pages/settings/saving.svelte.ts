// Saves changes one after another, in the order they were made.
import { SvelteMap } from "svelte/reactivity";
import * as ipc from "../../lib/ipc";
import type { Change, Failure, Field } from "../../lib/wire";
import { live } from "../../live/live.svelte";

export class Saving {
  busy = $state(false);
  failed = $state.raw<Failure | null>(null);
  #wished = new SvelteMap<string, unknown>();
  #last: Promise<unknown> = Promise.resolve();

  /** The wish on its way, else the value in force. A wish that failed falls back, and so does what the browser shows. */
  shown<T>(key: keyof Change, field: Field<T>): T {
    return this.#wished.has(key) ? (this.#wished.get(key) as T) : field.value;
  }

  /** Resolves to whether it was saved. */
  save(change: Change): Promise<boolean> {
    for (const [key, value] of Object.entries(change)) this.#wished.set(key, value);
    const saved = this.#last.then(() => this.#one(change));
    this.#last = saved;
    return saved;
  }

  async #one(change: Change): Promise<boolean> {
    this.busy = true;
    this.failed = null;
    try {
      live.settings = await ipc.changeSettings(change);
      return true;
    } catch (thrown) {
      this.failed = ipc.failure(thrown);
      return false;
    } finally {
      for (const [key, value] of Object.entries(change)) if (this.#wished.get(key) === value) this.#wished.delete(key);
      this.busy = false;
    }
  }
}
