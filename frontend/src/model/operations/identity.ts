/** Operations that rename labels: merge and replace, swap, delete. */
import { type PixelWindow, unionOf } from "../windows";
import { boundsOf, cropLabels, type LabelPlane, type Mask, type Patch } from "./plane";

export interface ReplaceArgs {
  readonly from: number;
  /** 0 deletes. */
  readonly to: number;
}

/** Gives every pixel of a label another one: merge, replace, delete. */
export function replaceLabel(plane: LabelPlane, { from, to }: ReplaceArgs): Patch | null {
  const window = from === 0 || from === to ? null : boundsOf(plane, from);
  return window === null ? null : renamed(plane, window, new Map([[from, to]]));
}

export interface SwapArgs {
  readonly a: number;
  readonly b: number;
}

/** Exchanges two labels; one that is not here may be one of them. */
export function swapLabels(plane: LabelPlane, { a, b }: SwapArgs): Patch | null {
  if (a === b || a === 0 || b === 0) {
    return null;
  }
  const window = unionOf(boundsOf(plane, a), boundsOf(plane, b));
  const names = new Map([
    [a, b],
    [b, a],
  ]);
  return window === null ? null : renamed(plane, window, names);
}

export interface DeleteInArgs {
  /** Where to delete, such as a box or a lasso. */
  readonly region: Mask;
}

/** Deletes the labels of which more than half of the pixels lie in a region. */
export function deleteIn(plane: LabelPlane, { region }: DeleteInArgs): Patch | null {
  const inside = areasIn(plane, region);
  const whole = new Map<number, number>();
  for (const label of plane.labels) {
    if (label !== 0 && inside.has(label)) {
      whole.set(label, (whole.get(label) ?? 0) + 1);
    }
  }
  const names = new Map<number, number>();
  for (const [label, area] of inside) {
    if (2 * area > (whole.get(label) ?? 0)) {
      names.set(label, 0);
    }
  }
  const window = names.size === 0 ? null : boundsOfAll(plane, names);
  return window === null ? null : renamed(plane, window, names);
}

function areasIn(plane: LabelPlane, { window, data }: Mask): Map<number, number> {
  const areas = new Map<number, number>();
  const labels = cropLabels(plane, window);
  labels.forEach((label, i) => {
    if (label !== 0 && data[i] !== 0) {
      areas.set(label, (areas.get(label) ?? 0) + 1);
    }
  });
  return areas;
}

function boundsOfAll(plane: LabelPlane, names: ReadonlyMap<number, number>): PixelWindow | null {
  let [minRow, maxRow, minCol, maxCol] = [plane.nRows, -1, plane.nCols, -1];
  for (let at = 0, row = 0; row < plane.nRows; row++) {
    for (let col = 0; col < plane.nCols; col++, at++) {
      if (plane.labels[at] !== 0 && names.has(plane.labels[at])) {
        minRow = Math.min(minRow, row);
        maxRow = row;
        minCol = Math.min(minCol, col);
        maxCol = Math.max(maxCol, col);
      }
    }
  }
  return maxRow < 0
    ? null
    : { row: minRow, col: minCol, height: maxRow - minRow + 1, width: maxCol - minCol + 1 };
}

function renamed(
  plane: LabelPlane,
  window: PixelWindow,
  names: ReadonlyMap<number, number>,
): Patch {
  const labels = cropLabels(plane, window);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 0) {
      labels[i] = names.get(labels[i]) ?? labels[i];
    }
  }
  return { window, labels };
}
