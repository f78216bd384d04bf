export interface RegionExtent {
  /** The middle. */
  readonly row: number;
  readonly column: number;
  /** Whole pixels. */
  readonly height: number;
  readonly width: number;
}

/** The middle and the size of the smallest box around a polygon. */
export function extentOf(points: readonly (readonly [number, number])[]): RegionExtent {
  const rows = points.map(([row]) => row);
  const columns = points.map(([, column]) => column);
  const [top, bottom] = [Math.min(...rows), Math.max(...rows)];
  const [left, right] = [Math.min(...columns), Math.max(...columns)];
  return {
    row: (top + bottom) / 2,
    column: (left + right) / 2,
    height: Math.round(bottom - top),
    width: Math.round(right - left),
  };
}
