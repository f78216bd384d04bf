/** Exact Euclidean distances (Meijster, Roerdink and Hesselink 2000), squared, in whole numbers. */
import type { PlaneShape } from "../windows";

/**
 * Squared distance from each pixel to the nearest one that is not 0, in pixels; Infinity when
 * there is none.
 */
export function squaredDistances(mask: Uint8Array, shape: PlaneShape): Float64Array {
  const { nRows, nCols } = shape;
  const heights = columnDistances(mask, shape);
  const distances = new Float64Array(mask.length);
  for (let row = 0; row < nRows; row++) {
    const line = heights.subarray(row * nCols, (row + 1) * nCols);
    rowDistances(line, distances.subarray(row * nCols, (row + 1) * nCols));
  }
  return distances;
}

/** Distance to the nearest pixel of the mask in the same column. */
function columnDistances(mask: Uint8Array, { nRows, nCols }: PlaneShape): Float64Array {
  const distances = new Float64Array(mask.length);
  for (let col = 0; col < nCols; col++) {
    let away = Number.POSITIVE_INFINITY;
    for (let at = col; at < mask.length; at += nCols) {
      away = mask[at] === 0 ? away + 1 : 0;
      distances[at] = away;
    }
    away = Number.POSITIVE_INFINITY;
    for (let at = (nRows - 1) * nCols + col; at >= 0; at -= nCols) {
      away = mask[at] === 0 ? away + 1 : 0;
      distances[at] = Math.min(distances[at], away);
    }
  }
  return distances;
}

/** The lower envelope of one parabola per column, walked from both ends. */
function rowDistances(heights: Float64Array, out: Float64Array): void {
  const { roots, starts } = envelopeOf(heights);
  let piece = roots.length - 1;
  for (let col = heights.length - 1; col >= 0; col--) {
    while (piece > 0 && starts[piece] > col) {
      piece--;
    }
    const root = roots[piece];
    out[col] =
      root === undefined ? Number.POSITIVE_INFINITY : (col - root) ** 2 + heights[root] ** 2;
  }
}

interface Envelope {
  readonly roots: readonly number[];
  /** From which column on each root is the nearest. */
  readonly starts: readonly number[];
}

function envelopeOf(heights: Float64Array): Envelope {
  const roots: number[] = [];
  const starts: number[] = [];
  for (let col = 0; col < heights.length; col++) {
    if (heights[col] === Number.POSITIVE_INFINITY) {
      continue;
    }
    let start = startAfter(roots, col, heights);
    while (roots.length > 0 && start <= starts[starts.length - 1]) {
      roots.pop();
      starts.pop();
      start = startAfter(roots, col, heights);
    }
    if (start < heights.length) {
      roots.push(col);
      starts.push(start);
    }
  }
  return { roots, starts };
}

/** The first column from which on `b` is at least as near as the last root, which lies left. */
function startAfter(roots: readonly number[], b: number, heights: Float64Array): number {
  const a = roots[roots.length - 1];
  if (a === undefined) {
    return 0;
  }
  const twice = b * b - a * a + heights[b] ** 2 - heights[a] ** 2;
  return Math.max(0, Math.ceil(twice / (2 * (b - a))));
}
