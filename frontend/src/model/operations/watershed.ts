/**
 * Split of a label by two clicks: a watershed on the negated intensities with the clicks as
 * markers (Beucher and Meyer 1993). Intensities are negated as doubles: in an unsigned type zero
 * would stay the lowest value and the darkest pixels become the deepest basin.
 */
import type { Pixel } from "../points";
import type { PixelWindow } from "../windows";
import { HeightQueue } from "./heap";
import {
  boundsOf,
  cropLabels,
  type LabelPlane,
  labelOf,
  maskOf,
  type Patch,
  type Raster,
  valuesIn,
} from "./plane";

/** A side with fewer pixels than this is widened by a disc, so that no split is a mere speck. */
const LEAST_PX = 5;
const DISC_RADIUS_PX = 3;

const FIRST = 1;
const SECOND = 2;

export interface SplitArgs {
  readonly image: Raster;
  readonly label: number;
  /** The label of the side of the second click. */
  readonly newLabel: number;
  readonly first: Pixel;
  readonly second: Pixel;
}

/** Null when the clicks are one pixel or not both on the label. */
export function watershedSplit(plane: LabelPlane, args: SplitArgs): Patch | null {
  const { image, label, newLabel, first, second } = args;
  const window = boundsOf(plane, label);
  const isSame = first.row === second.row && first.col === second.col;
  const areOn = labelOf(plane, first) === label && labelOf(plane, second) === label;
  if (window === null || isSame || !areOn) {
    return null;
  }
  const mask = maskOf(plane, label, window).data;
  const heights = valuesIn(image, window, 0);
  for (let i = 0; i < heights.length; i++) {
    heights[i] = -heights[i];
  }
  const at = ({ row, col }: Pixel) => (row - window.row) * window.width + (col - window.col);
  const sides = flooded(heights, mask, window, [at(first), at(second)]);
  widen(sides, mask, window, FIRST);
  widen(sides, mask, window, SECOND);
  const labels = cropLabels(plane, window);
  for (let i = 0; i < labels.length; i++) {
    if (sides[i] === SECOND) {
      labels[i] = newLabel;
    }
  }
  return { window, labels };
}

/** 1 and 2 where the basin of each marker is, within the mask; pixels are joined by edges. */
function flooded(
  heights: Float64Array,
  mask: Uint8Array,
  { height, width }: PixelWindow,
  markers: readonly [number, number],
): Uint8Array {
  const sides = new Uint8Array(mask.length);
  const queue = new HeightQueue();
  markers.forEach((marker, i) => {
    sides[marker] = i + 1;
    queue.push(heights[marker], marker);
  });
  const take = (at: number, side: number): void => {
    if (mask[at] === 1 && sides[at] === 0) {
      sides[at] = side;
      queue.push(heights[at], at);
    }
  };
  while (!queue.isEmpty) {
    const at = queue.pop();
    const col = at % width;
    const side = sides[at];
    if (at >= width) {
      take(at - width, side);
    }
    if (col > 0) {
      take(at - 1, side);
    }
    if (col < width - 1) {
      take(at + 1, side);
    }
    if (at < (height - 1) * width) {
      take(at + width, side);
    }
  }
  return sides;
}

/** Widens a side that is too small, unless that would leave nothing of the other. */
function widen(sides: Uint8Array, mask: Uint8Array, window: PixelWindow, side: number): void {
  const held = indicesOf(sides, side);
  if (held.length >= LEAST_PX) {
    return;
  }
  const wider = sides.slice();
  for (const at of held) {
    stampDisc(wider, mask, window, { at, side });
  }
  if (wider.includes(FIRST) && wider.includes(SECOND)) {
    sides.set(wider);
  }
}

function indicesOf(sides: Uint8Array, side: number): number[] {
  const indices: number[] = [];
  for (let at = sides.indexOf(side); at >= 0; at = sides.indexOf(side, at + 1)) {
    indices.push(at);
  }
  return indices;
}

function stampDisc(
  sides: Uint8Array,
  mask: Uint8Array,
  { height, width }: PixelWindow,
  { at, side }: { readonly at: number; readonly side: number },
): void {
  const row = Math.floor(at / width);
  const col = at % width;
  for (
    let r = Math.max(0, row - DISC_RADIUS_PX);
    r <= Math.min(height - 1, row + DISC_RADIUS_PX);
    r++
  ) {
    for (
      let c = Math.max(0, col - DISC_RADIUS_PX);
      c <= Math.min(width - 1, col + DISC_RADIUS_PX);
      c++
    ) {
      const distance2 = (r - row) ** 2 + (c - col) ** 2;
      if (distance2 <= DISC_RADIUS_PX ** 2 && mask[r * width + c] === 1) {
        sides[r * width + c] = side;
      }
    }
  }
}
