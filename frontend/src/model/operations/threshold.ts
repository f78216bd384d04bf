/**
 * Threshold in a box: the triangle threshold of its intensities (Zack, Rogers and Latt 1977) and,
 * joined to pixels above 1.1 times that, every pixel above it.
 */
import type { PixelWindow } from "../windows";
import { componentsOf } from "./components";
import { type LabelPlane, type Paint, type Patch, paint, type Raster, valuesIn } from "./plane";

const N_BINS = 256;
const HIGH_PER_LOW = 1.1;

export interface ThresholdArgs extends Paint {
  readonly image: Raster;
  readonly box: PixelWindow;
}

/** Gives a label the bright pixels of a box. */
export function thresholdBox(plane: LabelPlane, args: ThresholdArgs): Patch | null {
  const { image, box } = args;
  const values = valuesIn(image, box, 0);
  const low = triangleThreshold(values);
  const data = aboveWithHysteresis(values, box, low, HIGH_PER_LOW * low);
  return paint(plane, { window: box, data }, args);
}

/** The pixels above `low` that are joined by edges to one above `high`. */
export function aboveWithHysteresis(
  values: Float64Array,
  { height, width }: PixelWindow,
  low: number,
  high: number,
): Uint8Array {
  const mask = new Uint8Array(values.length);
  const floor = Math.min(low, high);
  for (let i = 0; i < values.length; i++) {
    mask[i] = values[i] > floor ? 1 : 0;
  }
  const { ids, areasPx } = componentsOf(mask, { nRows: height, nCols: width }, 4);
  const isKept = new Uint8Array(areasPx.length + 1);
  for (let i = 0; i < values.length; i++) {
    if (values[i] > high) {
      isKept[ids[i]] = 1;
    }
  }
  isKept[0] = 0;
  for (let i = 0; i < values.length; i++) {
    mask[i] = isKept[ids[i]];
  }
  return mask;
}

/** The triangle threshold of a histogram of 256 bins; the value itself when all are equal. */
export function triangleThreshold(values: Float64Array): number {
  const { counts, edges } = histogram256(values);
  if (counts === null) {
    return values[0];
  }
  const peakAt = counts.indexOf(Math.max(...counts));
  const low = counts.findIndex((n) => n > 0);
  const high = counts.findLastIndex((n) => n > 0);
  const isFlipped = peakAt - low < high - peakAt;
  const line = isFlipped ? counts.toReversed() : counts;
  const from = isFlipped ? N_BINS - high - 1 : low;
  const peak = isFlipped ? N_BINS - peakAt - 1 : peakAt;
  const at = farthestBin(line, from, peak);
  const bin = isFlipped ? N_BINS - at - 1 : at;
  return (edges[bin] + edges[bin + 1]) / 2;
}

/** The bin between the foot and the peak that lies farthest below the line that joins them. */
function farthestBin(counts: ArrayLike<number>, from: number, peak: number): number {
  const width = peak - from;
  const height = counts[peak];
  const norm = Math.sqrt(height * height + width * width);
  let [best, bestAt] = [Number.NEGATIVE_INFINITY, from];
  for (let i = 0; i < width; i++) {
    const distance = (height / norm) * i - (width / norm) * counts[from + i];
    if (distance > best) {
      [best, bestAt] = [distance, from + i];
    }
  }
  return bestAt;
}

/** Equal bins from the least to the greatest value; no counts when the two are one. */
function histogram256(values: Float64Array): { counts: Float64Array | null; edges: Float64Array } {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const edges = new Float64Array(N_BINS + 1);
  if (!(greatest > least)) {
    return { counts: null, edges };
  }
  const step = (greatest - least) / N_BINS;
  for (let i = 0; i < N_BINS; i++) {
    edges[i] = i * step + least;
  }
  edges[N_BINS] = greatest;
  const counts = new Float64Array(N_BINS);
  for (const value of values) {
    counts[binOf(value, edges, step)]++;
  }
  return { counts, edges };
}

/** Bins are half-open, but the last one holds the greatest value too. */
function binOf(value: number, edges: Float64Array, step: number): number {
  let bin = Math.min(N_BINS - 1, Math.floor((value - edges[0]) / step));
  while (bin > 0 && value < edges[bin]) {
    bin--;
  }
  while (bin < N_BINS - 1 && value >= edges[bin + 1]) {
    bin++;
  }
  return bin;
}
