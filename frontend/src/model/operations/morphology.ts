/** Grow, shrink and smooth a label. */
import { grownWindow, type PixelWindow, type PlaneShape } from "../windows";
import { boundsOf, type LabelPlane, maskOf, type Paint, type Patch, paint, reshape } from "./plane";

/** Dilation by a square of 3 x 3 pixels. */
export function grow(plane: LabelPlane, { label, mode }: Paint): Patch | null {
  const window = windowAround(plane, label, 1);
  if (window === null) {
    return null;
  }
  const mask = maskOf(plane, label, window);
  const sums = squareSums(mask.data, window, 1);
  return paint(plane, { window, data: chosen(sums, (n) => n > 0) }, { label, mode });
}

export interface ShrinkArgs {
  readonly label: number;
}

/**
 * Erosion by a square of 3 x 3 pixels. The border of the image does not eat into a label, because
 * a cell goes on beyond its crop. Null when nothing would be left.
 */
export function shrink(plane: LabelPlane, { label }: ShrinkArgs): Patch | null {
  const window = windowAround(plane, label, 1);
  if (window === null) {
    return null;
  }
  const mask = maskOf(plane, label, window);
  const sums = squareSums(mask.data, window, 1);
  const data = chosen(sums, (n, i) => n === countInSquare(window, i, 1));
  return data.includes(1) ? reshape(plane, { window, data }, { label, mode: "protect" }) : null;
}

export interface SmoothArgs extends Paint {
  readonly radiusPx: number;
}

/**
 * Median of the label over a square of side 2 `radiusPx` + 1: a pixel belongs to it when more than
 * half of the pixels of the square that lie in the image do. Null when nothing would be left.
 */
export function smooth(plane: LabelPlane, { label, mode, radiusPx }: SmoothArgs): Patch | null {
  const window = windowAround(plane, label, radiusPx);
  if (window === null) {
    return null;
  }
  const mask = maskOf(plane, label, window);
  const sums = squareSums(mask.data, window, radiusPx);
  const sizes = new SquareSizes(plane, radiusPx);
  const data = chosen(sums, (n, i) => 2 * n > sizes.at(window, i));
  return data.includes(1) ? reshape(plane, { window, data }, { label, mode }) : null;
}

function windowAround(plane: LabelPlane, label: number, margin: number): PixelWindow | null {
  const bounds = boundsOf(plane, label);
  return bounds === null ? null : grownWindow(bounds, margin, plane);
}

function chosen(sums: Int32Array, isIn: (sum: number, i: number) => boolean): Uint8Array {
  const mask = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    mask[i] = isIn(sums[i], i) ? 1 : 0;
  }
  return mask;
}

/** Pixels of the mask in the square round each pixel; outside the window there are none. */
function squareSums(mask: Uint8Array, { height, width }: PixelWindow, radius: number): Int32Array {
  const across = new Int32Array(mask.length);
  for (let r = 0; r < height; r++) {
    slide(mask, across, { at: r * width, step: 1, n: width }, radius);
  }
  const sums = new Int32Array(mask.length);
  for (let c = 0; c < width; c++) {
    slide(across, sums, { at: c, step: width, n: height }, radius);
  }
  return sums;
}

interface Line {
  readonly at: number;
  readonly step: number;
  readonly n: number;
}

/** Sums of `2 radius + 1` neighbours along a line. */
function slide(
  from: Uint8Array | Int32Array,
  to: Int32Array,
  { at, step, n }: Line,
  radius: number,
): void {
  let sum = 0;
  for (let i = -radius; i < n; i++) {
    const entering = i + radius;
    const leaving = i - radius - 1;
    sum += entering < n ? from[at + entering * step] : 0;
    sum -= leaving >= 0 ? from[at + leaving * step] : 0;
    if (i >= 0) {
      to[at + i * step] = sum;
    }
  }
}

/** How many pixels of the square round a pixel of the window lie in the window. */
function countInSquare({ height, width }: PixelWindow, i: number, radius: number): number {
  const row = Math.floor(i / width);
  const col = i % width;
  return reachIn(row, height, radius) * reachIn(col, width, radius);
}

function reachIn(at: number, n: number, radius: number): number {
  return Math.min(n - 1, at + radius) - Math.max(0, at - radius) + 1;
}

/** How many pixels of the square lie in the plane. */
class SquareSizes {
  private readonly shape: PlaneShape;
  private readonly radius: number;

  constructor(shape: PlaneShape, radius: number) {
    this.shape = shape;
    this.radius = radius;
  }

  at({ row, col, width }: PixelWindow, i: number): number {
    const { nRows, nCols } = this.shape;
    const r = row + Math.floor(i / width);
    const c = col + (i % width);
    return reachIn(r, nRows, this.radius) * reachIn(c, nCols, this.radius);
  }
}
