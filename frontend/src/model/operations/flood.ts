/** Operations that start from a clicked pixel: flood, trim, fill holes. */
import { fillFrom } from "./components";
import {
  boundsOf,
  cropLabels,
  type LabelPlane,
  labelOf,
  maskOf,
  type Paint,
  type Patch,
  paint,
  type SpanPatch,
} from "./plane";
import { reachFrom } from "./reach";

const REACHED = 2;

export interface FloodArgs extends Paint {
  readonly row: number;
  readonly col: number;
}

/**
 * Gives a label the connected pixels that hold the same value as the clicked one: background is
 * joined by edges, a label by corners too. While others are protected only background is flooded.
 */
export function flood(plane: LabelPlane, args: FloodArgs): SpanPatch | null {
  const { label, mode } = args;
  const old = labelOf(plane, args);
  if (old === label || (mode === "protect" && old !== 0)) {
    return null;
  }
  const { window, spans } = reachFrom(plane, args, old === 0 ? 4 : 8);
  return { window, old, label, spans };
}

export interface TrimArgs {
  readonly row: number;
  readonly col: number;
  readonly label: number;
}

/** Keeps the part of a label that is connected to the clicked pixel, by corners too. */
export function trim(plane: LabelPlane, { row, col, label }: TrimArgs): Patch | null {
  const window = boundsOf(plane, label);
  if (window === null || labelOf(plane, { row, col }) !== label) {
    return null;
  }
  const shape = { nRows: window.height, nCols: window.width };
  const cells = maskOf(plane, label, window).data;
  const seed = (row - window.row) * window.width + (col - window.col);
  fillFrom(cells, shape, seed, { from: 1, to: REACHED, connectivity: 8 });
  const labels = cropLabels(plane, window);
  let hasChanged = false;
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] === 1) {
      labels[i] = 0;
      hasChanged = true;
    }
  }
  return hasChanged ? { window, labels } : null;
}

/** Fills what the label encloses: pixels that no path of edges joins to the outside. */
export function fillHoles(plane: LabelPlane, { label, mode }: Paint): Patch | null {
  const window = boundsOf(plane, label);
  if (window === null) {
    return null;
  }
  const inner = maskOf(plane, label, window);
  const { height, width } = window;
  // A border of background round the window joins everything outside the label.
  const shape = { nRows: height + 2, nCols: width + 2 };
  const cells = new Uint8Array(shape.nRows * shape.nCols).fill(1);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      cells[(r + 1) * shape.nCols + c + 1] = inner.data[r * width + c] === 1 ? 0 : 1;
    }
  }
  fillFrom(cells, shape, 0, { from: 1, to: REACHED, connectivity: 4 });
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      inner.data[r * width + c] = cells[(r + 1) * shape.nCols + c + 1] === 1 ? 1 : 0;
    }
  }
  return paint(plane, inner, { label, mode });
}
