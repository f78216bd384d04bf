/** Colour scales for numbers. */
import type { Rgb } from "./palette";

export type ColormapName = "viridis" | "magma" | "gray";

/** Nine evenly spaced colours of each scale; viridis and magma are those of Smith and van der Walt. */
const STOPS: Readonly<Record<ColormapName, readonly Rgb[]>> = {
  viridis: [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
  ],
  magma: [
    [0, 0, 4],
    [28, 16, 68],
    [79, 18, 123],
    [129, 37, 129],
    [181, 54, 122],
    [229, 80, 100],
    [251, 135, 97],
    [254, 194, 135],
    [252, 253, 191],
  ],
  gray: Array.from({ length: 9 }, (_, i): Rgb => [i * 31.875, i * 31.875, i * 31.875]),
};

export const COLORMAPS = Object.keys(STOPS) as readonly ColormapName[];

/** The nine colours of a scale, evenly spaced. */
export function colormapStops(name: ColormapName): readonly Rgb[] {
  return STOPS[name];
}

/**
 * The colour of a share 0 .. 1 of a scale; what lies beyond has the colour of the end, and what is no
 * number that of 0.
 */
export function colormapColor(name: ColormapName, share: number): Rgb {
  const stops = STOPS[name];
  const at = Math.min(1, Math.max(0, share || 0)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const part = (k: 0 | 1 | 2) =>
    Math.round(stops[i][k] + (stops[i + 1][k] - stops[i][k]) * (at - i));
  return [part(0), part(1), part(2)];
}
