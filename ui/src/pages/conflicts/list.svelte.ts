// The list of conflicts as far as it was looked at: pieces are asked for when they come on the screen.
import { SvelteMap } from "svelte/reactivity";
import * as ipc from "../../lib/ipc";
import type { Conflict, ConflictFilter, ConflictPage, ConflictQuery, Failure } from "../../lib/wire";

/** Rows in a piece: a few screens of them, in well under a frame. */
export const PIECE = 100;
/** The most the backend hands out at once. */
const PIECE_MAX = 500;

export interface Wanted {
  filter: ConflictFilter;
  collection: string;
  search: string;
}

export function asQuery(wanted: Wanted, offset: number, limit: number): ConflictQuery {
  const collection = wanted.collection === "" ? {} : { collection: wanted.collection };
  return { filter: wanted.filter, ...collection, search: wanted.search.trim(), offset, limit };
}

export class ConflictList {
  total = $state(0);
  open = $state(0);
  collections = $state.raw<string[]>([]);
  loaded = $state(false);
  failed = $state.raw<Failure | null>(null);
  #wanted: Wanted = { filter: "open", collection: "", search: "" };
  #pieces = new SvelteMap<number, Conflict[]>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nobody is shown this
  #asked = new Set<number>();
  // Answers to earlier questions are dropped.
  #turn = 0;
  #span = { first: 0, end: 1 };

  row(at: number): Conflict | undefined {
    return this.#pieces.get(Math.floor(at / PIECE))?.[at % PIECE];
  }

  show(first: number, end: number): void {
    this.#span = { first, end: Math.max(end, first + 1) };
    for (const piece of this.#onScreen()) void this.#ask(piece);
  }

  /** Asks anew. What is on the screen stays there until the answer is. */
  async load(wanted: Wanted): Promise<void> {
    const other = JSON.stringify(wanted) !== JSON.stringify(this.#wanted);
    this.#wanted = wanted;
    this.#turn += 1;
    this.#asked.clear();
    const turn = this.#turn;
    const pieces = other ? [0] : this.#onScreen();
    for (const piece of pieces) this.#asked.add(piece);
    try {
      const answers = await Promise.all(pieces.map((piece) => this.#fetch(piece)));
      if (turn !== this.#turn) return;
      for (const piece of [...this.#pieces.keys()]) if (!pieces.includes(piece)) this.#pieces.delete(piece);
      pieces.forEach((piece, at) => {
        const answer = answers[at];
        if (answer) this.#take(piece, answer);
      });
      this.failed = null;
    } catch (thrown) {
      if (turn === this.#turn) this.failed = ipc.failure(thrown);
    }
    this.loaded = true;
    // The list may have been scrolled while the answer was on its way.
    this.show(this.#span.first, this.#span.end);
  }

  /** All that fit the question, not only those that were looked at. */
  async ids(): Promise<string[]> {
    const wanted: Wanted = { ...this.#wanted, filter: "open" };
    const ids: string[] = [];
    for (;;) {
      const page = await ipc.conflicts(asQuery(wanted, ids.length, PIECE_MAX));
      ids.push(...page.rows.map((row) => row.id));
      if (page.rows.length === 0 || ids.length >= page.total) return ids;
    }
  }

  #onScreen(): number[] {
    const { first, end } = this.#span;
    const from = Math.floor(first / PIECE);
    const last = Math.floor((end - 1) / PIECE);
    return Array.from({ length: last - from + 1 }, (_, at) => from + at);
  }

  async #ask(piece: number): Promise<void> {
    if (this.#asked.has(piece) || !this.loaded) return;
    this.#asked.add(piece);
    const turn = this.#turn;
    try {
      const answer = await this.#fetch(piece);
      if (turn === this.#turn) this.#take(piece, answer);
    } catch (thrown) {
      this.#asked.delete(piece);
      if (turn === this.#turn) this.failed = ipc.failure(thrown);
    }
  }

  #fetch = (piece: number): Promise<ConflictPage> => ipc.conflicts(asQuery(this.#wanted, piece * PIECE, PIECE));

  #take(piece: number, page: ConflictPage): void {
    this.#pieces.set(piece, page.rows);
    this.total = page.total;
    this.open = page.open;
    this.collections = page.collections;
  }
}
