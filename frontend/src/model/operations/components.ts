/** Connected pixels: 4 means joined by edges, 8 by corners too. */
import type { PixelWindow, PlaneShape } from "../windows";

export type Connectivity = 4 | 8;

type Cells = Uint8Array | Int32Array | Uint32Array;

export interface Region {
  readonly window: PixelWindow;
  readonly areaPx: number;
}

export interface Filling {
  readonly from: number;
  readonly to: number;
  readonly connectivity: Connectivity;
}

/**
 * Turns the connected cells that hold `from` into `to`, starting at an index that holds it, span
 * by span: the cost is that of the region, not of the plane.
 */
export function fillFrom(
  cells: Cells,
  shape: PlaneShape,
  seed: number,
  { from, to, connectivity }: Filling,
): Region {
  const { nRows, nCols } = shape;
  const reach = connectivity === 8 ? 1 : 0;
  const stack = [seed];
  let [minRow, maxRow, minCol, maxCol, areaPx] = [nRows, -1, nCols, -1, 0];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (cells[at] !== from) {
      continue;
    }
    const row = Math.floor(at / nCols);
    const start = row * nCols;
    const left = spanStart(cells, at, start, from);
    const right = spanEnd(cells, at, start + nCols, from);
    cells.fill(to, left, right);
    areaPx += right - left;
    minRow = Math.min(minRow, row);
    maxRow = Math.max(maxRow, row);
    minCol = Math.min(minCol, left - start);
    maxCol = Math.max(maxCol, right - start - 1);
    const first = Math.max(0, left - start - reach);
    const end = Math.min(nCols, right - start + reach);
    if (row > 0) {
      pushRuns(cells, start - nCols + first, start - nCols + end, from, stack);
    }
    if (row < nRows - 1) {
      pushRuns(cells, start + nCols + first, start + nCols + end, from, stack);
    }
  }
  const window = {
    row: minRow,
    col: minCol,
    height: maxRow - minRow + 1,
    width: maxCol - minCol + 1,
  };
  return { window, areaPx };
}

function spanStart(cells: Cells, at: number, start: number, from: number): number {
  let left = at;
  while (left > start && cells[left - 1] === from) {
    left--;
  }
  return left;
}

function spanEnd(cells: Cells, at: number, end: number, from: number): number {
  let right = at + 1;
  while (right < end && cells[right] === from) {
    right++;
  }
  return right;
}

/** Puts the first cell of each run of `from` on the stack. */
function pushRuns(cells: Cells, first: number, end: number, from: number, stack: number[]): void {
  for (let at = first; at < end; at++) {
    if (cells[at] === from && (at === first || cells[at - 1] !== from)) {
      stack.push(at);
    }
  }
}

export interface Components {
  /** 0 outside, then 1, 2, ... by the first pixel in row-major order. */
  readonly ids: Int32Array;
  readonly areasPx: readonly number[];
}

/** Numbers the connected parts of a mask. `areasPx[id - 1]` belongs to `id`. */
export function componentsOf(
  mask: Uint8Array,
  shape: PlaneShape,
  connectivity: Connectivity,
): Components {
  const ids = new Int32Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    ids[i] = mask[i] === 0 ? 0 : -1;
  }
  const areasPx: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] === -1) {
      const to = areasPx.length + 1;
      areasPx.push(fillFrom(ids, shape, at, { from: -1, to, connectivity }).areaPx);
    }
  }
  return { ids, areasPx };
}
