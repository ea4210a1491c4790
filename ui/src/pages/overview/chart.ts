// The look of a throughput chart.
import type { Axis, Options } from "uplot";
import { SAMPLES_MAX } from "./flow";

export interface Look {
  width: number;
  height: number;
  line: string;
  grid: string;
  text: string;
  font: string;
  rightToLeft: boolean;
  clock: (at: number) => string;
  number: (value: number) => string;
}

/** A quiet shop should look quiet: one change is not drawn to the top. */
const TOP_MIN = 4;
/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- uPlot declares the enum but does not export its values */
const RIGHT: Axis.Side = 1;
const LEFT: Axis.Side = 3;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

export function shape(look: Look): Options {
  const font = `12px ${look.font}`;
  const lines = { stroke: look.grid, width: 1 };
  return {
    width: look.width,
    height: look.height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // The latest second is where reading ends. Left to itself, the first one would be spread over years.
      x: {
        time: true,
        dir: look.rightToLeft ? -1 : 1,
        range: (plot) => {
          const latest = plot.data[0].at(-1) ?? 0;
          return [latest - SAMPLES_MAX, latest];
        },
      },
      y: { range: (_plot, _low, high) => [0, Math.max(TOP_MIN, (high || 0) * 1.1)] },
    },
    axes: [
      {
        stroke: look.text,
        font,
        size: 24,
        space: 90,
        grid: { show: false },
        ticks: { show: false },
        values: (_plot, seconds) => seconds.map((at) => look.clock(at * 1000)),
      },
      {
        side: look.rightToLeft ? RIGHT : LEFT,
        stroke: look.text,
        font,
        size: 40,
        space: 34,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000],
        grid: lines,
        ticks: { show: false },
        values: (_plot, counts) => counts.map((count) => look.number(count)),
      },
    ],
    series: [{}, { stroke: look.line, width: 2, fill: faint(look.line), points: { show: false } }],
  };
}

/** Computed colours come as `rgb(r, g, b)`. */
function faint(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.14)");
}
