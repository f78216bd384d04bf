/**
 * The region of a pixel: those connected to it that hold the same value. Rows are read as runs of
 * that value, and runs that touch are joined in one sweep from the first row to the last.
 */
import type { Pixel } from "../points";
import { grownWindow, type PixelWindow } from "../windows";
import type { Connectivity } from "./components";
import { type LabelPlane, labelOf } from "./plane";

/** Pixels of one value: three numbers for each piece of a row, row, start and end, in C order. */
export interface Reached {
  /** Tightest window around them. */
  readonly window: PixelWindow;
  readonly spans: Uint32Array;
}

/** A sweep costs what its window holds: it begins near the seed and looks farther when it must. */
const FIRST_REACH_PX = 128;
const WIDER = 16;

/** The region of a pixel that lies in the plane. */
export function reachFrom(plane: LabelPlane, seed: Pixel, connectivity: Connectivity): Reached {
  const pixel = { row: seed.row, col: seed.col, height: 1, width: 1 };
  const wanted = { from: labelOf(plane, seed), connectivity };
  for (let reachPx = FIRST_REACH_PX; ; reachPx *= WIDER) {
    const within = grownWindow(pixel, reachPx, plane) ?? pixel;
    const runs = runsIn(plane, within, wanted);
    const reached = regionOf(runs, seed);
    if (!goesOn(reached.window, within, plane)) {
      return reached;
    }
  }
}

/** Whether pixels of the region may lie outside the window that was looked at. */
function goesOn(region: PixelWindow, within: PixelWindow, { nRows, nCols }: LabelPlane): boolean {
  const bottom = within.row + within.height;
  const right = within.col + within.width;
  return (
    (within.row > 0 && region.row === within.row) ||
    (within.col > 0 && region.col === within.col) ||
    (bottom < nRows && region.row + region.height === bottom) ||
    (right < nCols && region.col + region.width === right)
  );
}

/** Fields of a run: where it lies, and the run before it that it is joined to (itself for none). */
const ROW = 0;
const START = 1;
const END = 2;
const JOINED = 3;
const FIELDS = 4;

/** The runs of a window in C order, each joined to those of the row above that it touches. */
class Runs {
  /** By how many columns a run reaches beyond its ends: by corners, one. */
  private readonly reach: number;
  private values: Uint32Array = new Uint32Array(FIELDS * 1024);
  private length = 0;
  /** Where the runs of this row begin, and the first one of the row above that may still touch. */
  private rowStart = 0;
  private above = 0;

  constructor(connectivity: Connectivity) {
    this.reach = connectivity === 8 ? 1 : 0;
  }

  get all(): Uint32Array {
    return this.values.subarray(0, this.length);
  }

  beginRow(): void {
    this.above = this.rowStart;
    this.rowStart = this.length;
  }

  add(row: number, start: number, end: number): void {
    const at = this.length;
    if (at === this.values.length) {
      this.values = doubled(this.values);
    }
    this.values[at + ROW] = row;
    this.values[at + START] = start;
    this.values[at + END] = end;
    this.values[at + JOINED] = at;
    this.length = at + FIELDS;
    this.joinAbove(at);
  }

  private joinAbove(at: number): void {
    const { values, rowStart, reach } = this;
    let { above } = this;
    while (above < rowStart && values[above + END] + reach <= values[at + START]) {
      above += FIELDS;
    }
    for (let i = above; i < rowStart && values[i + START] < values[at + END] + reach; i += FIELDS) {
      join(values, i, at);
    }
    this.above = above;
  }
}

function runsIn(
  { labels, nCols }: LabelPlane,
  within: PixelWindow,
  wanted: { readonly from: number; readonly connectivity: Connectivity },
): Uint32Array {
  const runs = new Runs(wanted.connectivity);
  const { from } = wanted;
  for (let row = within.row; row < within.row + within.height; row++) {
    const line = row * nCols;
    const end = line + within.col + within.width;
    runs.beginRow();
    for (let at = line + within.col; at < end; at++) {
      if (labels[at] === from) {
        const start = at;
        while (at < end && labels[at] === from) {
          at++;
        }
        runs.add(row, start - line, at - line);
      }
    }
  }
  return runs.all;
}

/** Runs are joined to the first one of their region, by way of others. */
function join(runs: Uint32Array, a: number, b: number): void {
  const [p, q] = [firstOf(runs, a), firstOf(runs, b)];
  runs[Math.max(p, q) + JOINED] = Math.min(p, q);
}

function firstOf(runs: Uint32Array, run: number): number {
  let at = run;
  while (runs[at + JOINED] !== at) {
    // Shortens the way for the next one.
    runs[at + JOINED] = runs[runs[at + JOINED] + JOINED];
    at = runs[at + JOINED];
  }
  return at;
}

function regionOf(runs: Uint32Array, seed: Pixel): Reached {
  const region = firstOf(runs, runAt(runs, seed));
  const spans = new Uint32Array((runs.length / FIELDS) * 3);
  let n = 0;
  let [minCol, maxCol] = [Number.POSITIVE_INFINITY, 0];
  for (let i = region; i < runs.length; i += FIELDS) {
    // What a run is joined to comes before it, so one step leads to the first one.
    runs[i + JOINED] = runs[runs[i + JOINED] + JOINED];
    if (runs[i + JOINED] === region) {
      spans[n] = runs[i + ROW];
      spans[n + 1] = runs[i + START];
      spans[n + 2] = runs[i + END];
      minCol = Math.min(minCol, spans[n + 1]);
      maxCol = Math.max(maxCol, spans[n + 2]);
      n += 3;
    }
  }
  const row = spans[0];
  const window = { row, col: minCol, height: spans[n - 3] - row + 1, width: maxCol - minCol };
  return { window, spans: n === spans.length ? spans : spans.slice(0, n) };
}

/** The run that holds a pixel, by bisection. */
function runAt(runs: Uint32Array, { row, col }: Pixel): number {
  let [low, high] = [0, runs.length / FIELDS - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const at = middle * FIELDS;
    const isAfter = runs[at + ROW] > row || (runs[at + ROW] === row && runs[at + START] > col);
    if (isAfter) {
      high = middle - 1;
    } else {
      low = middle;
    }
  }
  return low * FIELDS;
}

function doubled(values: Uint32Array): Uint32Array {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}
