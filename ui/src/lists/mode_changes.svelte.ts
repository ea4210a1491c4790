// Modes on their way to the backend. The arrow keys pass over a choice quicker than it is saved: only the last counts.
import { SvelteMap } from "svelte/reactivity";
import * as ipc from "../lib/ipc";
import type { Failure, Mode } from "../lib/wire";

export class ModeChanges {
  failed = $state.raw<Failure | null>(null);
  #wanted = new SvelteMap<string, Mode>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody is shown this
  #running = new Set<string>();

  /** What to show for a list: the choice on its way, else the one in force. */
  shown(name: string, inForce: Mode): Mode {
    return this.#wanted.get(name) ?? inForce;
  }

  /** `saved` is awaited before the choice on its way is forgotten, so that the old one does not flash up. */
  async set(name: string, mode: Mode, saved: () => Promise<void>): Promise<void> {
    this.#wanted.set(name, mode);
    if (this.#running.has(name)) return;
    this.#running.add(name);
    this.failed = null;
    try {
      let last: Mode | undefined;
      while (last !== this.#wanted.get(name)) {
        last = this.#wanted.get(name);
        if (last !== undefined) await ipc.setMode(name, last);
      }
      await saved();
    } catch (thrown) {
      this.failed = ipc.failure(thrown);
    }
    this.#running.delete(name);
    this.#wanted.delete(name);
  }
}
