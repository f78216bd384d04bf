/** Polygons and lassos as pixels. */
import type { Point } from "../points";
import type { PixelWindow, PlaneShape } from "../windows";
import { cropLabels, type LabelPlane, type Mask, type Paint, type Patch, paint } from "./plane";

/**
 * The pixels whose centre lies in a closed polygon. A place that the outline goes round at least
 * once in sum is inside (nonzero winding), so a lasso that crosses itself has no hole. A centre on
 * a left edge is inside, on a right edge outside, so polygons that share an edge share no pixel.
 * Null when no pixel of the plane is inside.
 */
export function polygonMask(points: readonly Point[], shape: PlaneShape): Mask | null {
  const window = windowOf(points, shape);
  if (window === null) {
    return null;
  }
  const data = new Uint8Array(window.height * window.width);
  for (let r = 0; r < window.height; r++) {
    fillRow(crossingsAt(points, window.row + r + 0.5), window, r, data);
  }
  return data.includes(1) ? { window, data } : null;
}

export interface PolygonArgs extends Paint {
  readonly points: readonly Point[];
}

/** Gives a label the pixels of a polygon. */
export function paintPolygon(plane: LabelPlane, args: PolygonArgs): Patch | null {
  const mask = polygonMask(args.points, plane);
  return mask === null ? null : paint(plane, mask, args);
}

/** Takes pixels of a polygon away: those of the label, or of any when overwriting. */
export function erasePolygon(plane: LabelPlane, args: PolygonArgs): Patch | null {
  const mask = polygonMask(args.points, plane);
  if (mask === null) {
    return null;
  }
  const labels = cropLabels(plane, mask.window);
  const isErased = labels.map((label, i) => {
    const isMeant = label !== 0 && (args.mode === "overwrite" || label === args.label);
    return isMeant && mask.data[i] !== 0 ? 1 : 0;
  });
  const erased = labels.map((label, i) => (isErased[i] === 1 ? 0 : label));
  return isErased.includes(1) ? { window: mask.window, labels: erased } : null;
}

/** The mask of a whole window. */
export function boxMask(window: PixelWindow): Mask {
  return { window, data: new Uint8Array(window.height * window.width).fill(1) };
}

interface Crossing {
  readonly x: number;
  /** 1 where the outline goes down, -1 where it goes up. */
  readonly turn: 1 | -1;
}

/**
 * Where the outline crosses a horizontal line, from left to right. Every edge is worked out from
 * its upper end, so that rounding is the same whichever way it runs.
 */
function crossingsAt(points: readonly Point[], y: number): Crossing[] {
  const crossings: Crossing[] = [];
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length];
    if (a.y <= y !== b.y <= y) {
      const [top, bottom] = a.y < b.y ? [a, b] : [b, a];
      const x = top.x + ((y - top.y) / (bottom.y - top.y)) * (bottom.x - top.x);
      crossings.push({ x, turn: a === top ? 1 : -1 });
    }
  });
  return crossings.sort((p, q) => p.x - q.x);
}

function fillRow(
  crossings: readonly Crossing[],
  { col, width }: PixelWindow,
  row: number,
  data: Uint8Array,
): void {
  let winding = 0;
  crossings.forEach(({ x, turn }, i) => {
    winding += turn;
    if (winding !== 0 && i + 1 < crossings.length) {
      const start = Math.max(0, firstCentreFrom(x) - col);
      const end = Math.min(width, firstCentreFrom(crossings[i + 1].x) - col);
      if (start < end) {
        data.fill(1, row * width + start, row * width + end);
      }
    }
  });
}

/** The first column whose centre is not left of a place. */
function firstCentreFrom(x: number): number {
  return Math.ceil(x - 0.5);
}

function windowOf(points: readonly Point[], shape: PlaneShape): PixelWindow | null {
  let [left, right] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const row = Math.max(0, Math.floor(top));
  const col = Math.max(0, Math.floor(left));
  const height = Math.min(shape.nRows, Math.ceil(bottom)) - row;
  const width = Math.min(shape.nCols, Math.ceil(right)) - col;
  return height > 0 && width > 0 ? { row, col, height, width } : null;
}
