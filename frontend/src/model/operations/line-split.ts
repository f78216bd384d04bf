/** Split of a label along a drawn line. */
import type { Pixel } from "../points";
import type { PixelWindow } from "../windows";
import { componentsOf } from "./components";
import { boundsOf, cropLabels, type LabelPlane, maskOf, type Patch } from "./plane";

export interface LineSplitArgs {
  readonly label: number;
  /** Labels that the pieces cut off get in turn: this one and those that follow it. */
  readonly newLabel: number;
  /** Corners of the line, pixel by pixel or further apart. */
  readonly path: readonly Pixel[];
}

/**
 * Cuts a label along a line. Of each connected part (by corners too) that the line divides, the
 * largest piece keeps the label; the pixels under the line go to the piece that reaches them
 * first. Null when the line divides nothing.
 */
export function splitByLine(plane: LabelPlane, args: LineSplitArgs): Patch | null {
  const window = boundsOf(plane, args.label);
  if (window === null) {
    return null;
  }
  const shape = { nRows: window.height, nCols: window.width };
  const { data } = maskOf(plane, args.label, window);
  const before = componentsOf(data, shape, 8).ids;
  const cut = data.slice();
  visitPath(args.path, ({ row, col }) => {
    const r = row - window.row;
    const c = col - window.col;
    if (r >= 0 && c >= 0 && r < window.height && c < window.width) {
      cut[r * window.width + c] = 0;
    }
  });
  const pieces = componentsOf(cut, shape, 8);
  const labelOfPiece = labelsOfPieces(before, pieces.ids, pieces.areasPx, args);
  spreadInto(pieces.ids, data, window);
  const labels = cropLabels(plane, window);
  let hasChanged = false;
  for (let i = 0; i < labels.length; i++) {
    const piece = pieces.ids[i];
    if (piece !== 0 && labelOfPiece[piece - 1] !== args.label) {
      labels[i] = labelOfPiece[piece - 1];
      hasChanged = true;
    }
  }
  return hasChanged ? { window, labels } : null;
}

/** The largest piece of each part keeps the label (of equal ones the first); others get new ones. */
function labelsOfPieces(
  before: Int32Array,
  pieceIds: Int32Array,
  areasPx: readonly number[],
  { label, newLabel }: LineSplitArgs,
): number[] {
  const partOf = new Array<number>(areasPx.length).fill(0);
  pieceIds.forEach((piece, i) => {
    if (piece !== 0) {
      partOf[piece - 1] = before[i];
    }
  });
  const largest = new Map<number, number>();
  partOf.forEach((part, i) => {
    const best = largest.get(part);
    if (best === undefined || areasPx[i] > areasPx[best]) {
      largest.set(part, i);
    }
  });
  let next = newLabel;
  return partOf.map((part, i) => (largest.get(part) === i ? label : next++));
}

/** Pixels of the label without a piece take one from a neighbour, nearest first. */
function spreadInto(ids: Int32Array, mask: Uint8Array, window: PixelWindow): void {
  let front = [...ids.keys()].filter((at) => ids[at] !== 0);
  while (front.length > 0) {
    const next: number[] = [];
    for (const at of front) {
      for (const to of neighboursOf(at, window)) {
        if (ids[to] === 0 && mask[to] === 1) {
          ids[to] = ids[at];
          next.push(to);
        }
      }
    }
    front = next;
  }
}

/** The up to eight neighbours of a pixel, and the pixel itself, in row-major order. */
function neighboursOf(at: number, { height, width }: PixelWindow): number[] {
  const row = Math.floor(at / width);
  const col = at % width;
  const neighbours: number[] = [];
  for (let r = Math.max(0, row - 1); r <= Math.min(height - 1, row + 1); r++) {
    for (let c = Math.max(0, col - 1); c <= Math.min(width - 1, col + 1); c++) {
      neighbours.push(r * width + c);
    }
  }
  return neighbours;
}

/** Visits the pixels of a line from corner to corner; each is joined to the next by an edge. */
export function visitPath(path: readonly Pixel[], visit: (pixel: Pixel) => void): void {
  path.forEach((to, i) => {
    visitSegment(path[Math.max(0, i - 1)], to, visit);
  });
}

function visitSegment(from: Pixel, to: Pixel, visit: (pixel: Pixel) => void): void {
  const nDown = Math.abs(to.row - from.row);
  const nAcross = Math.abs(to.col - from.col);
  const [downStep, acrossStep] = [Math.sign(to.row - from.row), Math.sign(to.col - from.col)];
  let [down, across] = [0, 0];
  visit(from);
  while (down < nDown || across < nAcross) {
    if ((1 + 2 * across) * nDown < (1 + 2 * down) * nAcross) {
      across++;
    } else {
      down++;
    }
    visit({ row: from.row + down * downStep, col: from.col + across * acrossStep });
  }
}
