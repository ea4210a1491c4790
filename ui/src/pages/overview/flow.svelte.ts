// Keeps the chart's samples while the page is open.
import * as ipc from "../../lib/ipc";
import type { Sample } from "../../lib/wire";
import { live } from "../../live/live.svelte";
import { appended, between, counted, type Counted } from "./flow";

const SECOND_MS = 1000;

export class Flow {
  samples = $state.raw<Sample[]>([]);
  #last: Counted | null = null;

  /** To be called in an effect: returns how to stop. */
  follow(): () => void {
    void this.#load();
    const timer = setInterval(() => {
      this.#tick(Date.now());
    }, SECOND_MS);
    return () => {
      clearInterval(timer);
    };
  }

  // Without the past the chart begins now: no reason to bother anybody.
  async #load(): Promise<void> {
    const past = await ipc.samples().catch(() => []);
    const since = past.at(-1)?.at ?? 0;
    this.samples = [...past, ...this.samples.filter((sample) => sample.at > since)];
  }

  #tick(at: number): void {
    if (!live.status) return;
    const next = counted(live.status, at);
    if (this.#last) this.samples = appended(this.samples, between(this.#last, next));
    this.#last = next;
  }
}
