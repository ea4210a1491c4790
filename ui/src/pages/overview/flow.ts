// The throughput of the last ten minutes, second by second.
import type { Sample, Status, WhichWay } from "../../lib/wire";

/** One a second. */
export const SAMPLES_MAX = 600;

export interface Counted {
  at: number;
  up: number;
  down: number;
}

export const counted = (status: Status, at: number): Counted => ({
  at,
  up: status.localToAtlas.successful,
  down: status.atlasToLocal.successful,
});

/** What was done between two looks at the counters; they start at zero again when the engine does. */
export const between = (before: Counted, after: Counted): Sample => ({
  at: after.at,
  up: Math.max(after.up - before.up, 0),
  down: Math.max(after.down - before.down, 0),
});

export const appended = (samples: readonly Sample[], sample: Sample): Sample[] =>
  [...samples, sample].slice(-SAMPLES_MAX);

/** Columns for the chart: seconds since 1970, changes. */
export const columns = (samples: readonly Sample[], way: WhichWay): [number[], number[]] => [
  samples.map((sample) => sample.at / 1000),
  samples.map((sample) => (way === "upload" ? sample.up : sample.down)),
];

export const highest = (samples: readonly Sample[], way: WhichWay): number =>
  samples.reduce((most, sample) => Math.max(most, way === "upload" ? sample.up : sample.down), 0);
