// What the backend answers to one question, read again whenever it may have changed.
import * as ipc from "../lib/ipc";
import type { Failure } from "../lib/wire";

export class Latest<T> {
  /** The last answer; it stays when a later reading fails. */
  value = $state.raw<T | null>(null);
  failed = $state<Failure | null>(null);
  #ask: () => Promise<T>;
  #reading: Promise<void> | null = null;
  #isOld = false;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Resolves when an answer is there that was asked for after this call: one under way may be old already. */
  read(): Promise<void> {
    this.#isOld = true;
    this.#reading ??= this.#readOn();
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    while (this.#isOld) {
      this.#isOld = false;
      try {
        this.value = await this.#ask();
        this.failed = null;
      } catch (thrown) {
        this.failed = ipc.failure(thrown);
      }
    }
    this.#reading = null;
  }
}
