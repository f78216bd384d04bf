/** Contrast: from a histogram to the two intensities that are shown black and full. */
import type { ChannelData } from "./npy";

export interface Histogram {
  readonly counts: Uint32Array;
  /** Intensity at the lower edge of the first bin and at the upper edge of the last. */
  readonly low: number;
  readonly high: number;
}

const N_BINS = 4096;
/** More pixels than this are thinned out evenly: limits are then good to a fraction of a percent. */
const ENOUGH_PIXELS = 2 ** 20;

/** The finite least and greatest value, or [0, 0] when there is none. */
export function valueRange(data: ChannelData): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (Number.isFinite(value)) {
      low = Math.min(value, low);
      high = Math.max(value, high);
    }
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Counts of the finite values; integers of a small range get one bin each. */
export function histogramOf(data: ChannelData): Histogram {
  const [least, greatest] = valueRange(data);
  const isInteger = !(data instanceof Float32Array || data instanceof Float64Array);
  const span = greatest - least;
  const isCounted = isInteger && span < 65536;
  const nBins = isCounted ? span + 1 : N_BINS;
  const high = isCounted ? greatest + 1 : greatest;
  const counts = new Uint32Array(nBins);
  const step = strideFor(data.length);
  const scale = high > least ? nBins / (high - least) : 0;
  for (let i = 0; i < data.length; i += step) {
    const value = data[i];
    if (Number.isFinite(value)) {
      counts[Math.min(nBins - 1, Math.floor((value - least) * scale))]++;
    }
  }
  return { counts, low: least, high };
}

/** An odd step does not fall in line with rows of a power of two. */
function strideFor(nPixels: number): number {
  return Math.floor(nPixels / ENOUGH_PIXELS) | 1;
}

/**
 * Limits with a share of the pixels saturated at each end (default 0.1 %). They always differ, so
 * that a constant channel can be shown too.
 */
export function autoContrast(data: ChannelData, saturation = 0.001): [number, number] {
  const { counts, low, high } = histogramOf(data);
  const total = counts.reduce((sum, n) => sum + n, 0);
  const binSize = (high - low) / counts.length;
  const allowed = total * saturation;
  const first = binAfter(counts, allowed);
  const last = counts.length - 1 - binAfter(counts.toReversed(), allowed);
  const black = low + first * binSize;
  const full = low + Math.max(first, last) * binSize;
  const least = Math.max(binSize, Math.abs(black) * 1e-3, 1e-6);
  return full > black ? [black, full] : [black, black + least];
}

/** The first bin at which more than `allowed` pixels have come. */
function binAfter(counts: Uint32Array, allowed: number): number {
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    sum += counts[bin];
    if (sum > allowed) {
      return bin;
    }
  }
  return 0;
}
