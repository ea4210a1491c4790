// All full compares under way as one.
import type { Collection, Compare } from "../../lib/wire";

export interface Copying {
  done: number;
  total: number;
  /** From 0 to 1. */
  share: number;
  perSecond: number;
  /** Null while nothing moves. */
  remainingMs: number | null;
}

export function copying(collections: readonly Pick<Collection, "compare">[]): Copying | null {
  const running = collections.map((one) => one.compare).filter((compare) => compare !== undefined);
  return running.length > 0 ? together(running) : null;
}

export function together(running: readonly Compare[]): Copying {
  const sum = (of: (compare: Compare) => number): number => running.reduce((so, compare) => so + of(compare), 0);
  // Documents written meanwhile are not in the total that was counted at the start.
  const total = sum((compare) => Math.max(compare.total, compare.done));
  const done = sum((compare) => compare.done);
  const perSecond = sum((compare) => compare.perSecond);
  return {
    done,
    total,
    share: total === 0 ? 1 : done / total,
    perSecond,
    remainingMs: perSecond > 0 ? ((total - done) / perSecond) * 1000 : null,
  };
}
