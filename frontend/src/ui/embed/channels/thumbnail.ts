/** A channel made small, in the colours in which it is shown. */
import type { ChannelView } from "../../../engine";
import { type ChannelData, colormapColor, type PlaneShape, type Rgb } from "../../../model";

/** Side of a thumbnail in its own pixels. */
export const THUMBNAIL_PX = 40;

export type ChannelLook = Pick<ChannelView, "color" | "contrast" | "gamma" | "inverted" | "lut">;

/** Of so many pixels, evenly spread over the place of a sample, the brightest counts. */
const N_PROBES = 3;

/**
 * The middle square of a frame, made small, row by row. The brightest stands for its neighbourhood:
 * a mean would drown cells in the dark around them.
 */
export function samplesOf(
  data: ChannelData,
  { nRows, nCols }: PlaneShape,
  frame: number,
): number[] {
  const side = Math.min(nRows, nCols);
  const start = frame * nRows * nCols;
  const places = (k: number, n: number) =>
    Array.from({ length: N_PROBES }, (_, probe) =>
      Math.floor((n - side) / 2 + ((k + (probe + 0.5) / N_PROBES) * side) / THUMBNAIL_PX),
    );
  const samples: number[] = [];
  for (let y = 0; y < THUMBNAIL_PX; y++) {
    const rows = places(y, nRows);
    for (let x = 0; x < THUMBNAIL_PX; x++) {
      const values = places(x, nCols).flatMap((col) =>
        rows.map((row) => data[start + row * nCols + col] ?? 0),
      );
      samples.push(brightest(values));
    }
  }
  return samples;
}

/** What is no number is passed over. */
function brightest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
}

/** Samples in the colours of the channel, as `ImageData` takes them. */
export function paintedSamples(
  samples: readonly number[],
  look: ChannelLook,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(samples.length * 4);
  samples.forEach((value, i) => {
    pixels.set([...colorOf(value, look), 255], i * 4);
  });
  return pixels;
}

function colorOf(value: number, { contrast, gamma, inverted, lut, color }: ChannelLook): Rgb {
  const [black, full] = contrast;
  const ramp = full > black ? Math.min(1, Math.max(0, (value - black) / (full - black))) : 0;
  const shown = (inverted ? 1 - ramp : ramp) ** gamma;
  if (lut !== "color") return colormapColor(lut, shown);
  return [color[0] * shown, color[1] * shown, color[2] * shown];
}
