import { type ChannelData, histogramOf } from "../../../model";

export const N_BARS = 64;

/**
 * Heights, 0 .. 1, of the bars between two intensities. Logarithmic, because the background of a
 * fluorescence image outnumbers everything else.
 */
export function histogramBars(
  data: ChannelData,
  [least, most]: readonly [number, number],
): readonly number[] {
  const { counts, low, high } = histogramOf(data);
  const sums = new Float64Array(N_BARS);
  const binSize = (high - low) / counts.length;
  counts.forEach((count, bin) => {
    const place = (low + (bin + 0.5) * binSize - least) / (most - least);
    const bar = Math.min(N_BARS - 1, Math.max(0, Math.floor(place * N_BARS)));
    sums[bar] = (sums[bar] ?? 0) + count;
  });
  const tallest = Math.log1p(Math.max(...sums));
  return Array.from(sums, (sum) => (tallest > 0 ? Math.log1p(sum) / tallest : 0));
}
