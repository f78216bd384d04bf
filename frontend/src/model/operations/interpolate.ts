/**
 * A label in the frames between two that hold it. The two shapes are moved so that their centres
 * lie where a straight way between them would be, and their signed distances are mixed.
 */
import { type PixelWindow, unionOf } from "../windows";
import { squaredDistances } from "./distance";
import {
  boundsOf,
  clipMask,
  type LabelPlane,
  type Mask,
  maskOf,
  type Paint,
  type Patch,
  paint,
} from "./plane";

export interface InterpolateArgs extends Paint {
  /** The planes that hold the label, before and after this one; of the same size. */
  readonly before: LabelPlane;
  readonly after: LabelPlane;
  /** How far this frame lies between them: 0 at `before`, 1 at `after`. */
  readonly share: number;
}

/** Null when one of the two planes does not hold the label. */
export function interpolate(plane: LabelPlane, args: InterpolateArgs): Patch | null {
  const { label, share } = args;
  const first = shapeOf(args.before, label);
  const last = shapeOf(args.after, label);
  if (first === null || last === null) {
    return null;
  }
  const between = (a: number, b: number) => (1 - share) * a + share * b;
  const centre = {
    row: between(first.centre.row, last.centre.row),
    col: between(first.centre.col, last.centre.col),
  };
  const a = movedTo(centre, first);
  const b = movedTo(centre, last);
  const canvas = bordered(unionOf(a.window, b.window) as PixelWindow);
  const nearA = signedDistances(a, canvas);
  const nearB = signedDistances(b, canvas);
  const data = new Uint8Array(nearA.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = between(nearA[i], nearB[i]) > 0 ? 1 : 0;
  }
  const mask = clipMask({ window: canvas, data }, plane);
  return mask === null ? null : paint(plane, mask, args);
}

interface Place {
  readonly row: number;
  readonly col: number;
}

interface Shape {
  readonly mask: Mask;
  /** Mean row and column. */
  readonly centre: Place;
}

function shapeOf(plane: LabelPlane, label: number): Shape | null {
  const window = boundsOf(plane, label);
  if (window === null) {
    return null;
  }
  const mask = maskOf(plane, label, window);
  let [rowSum, colSum, area] = [0, 0, 0];
  mask.data.forEach((isIn, i) => {
    if (isIn === 1) {
      rowSum += window.row + Math.floor(i / window.width);
      colSum += window.col + (i % window.width);
      area++;
    }
  });
  return { mask, centre: { row: rowSum / area, col: colSum / area } };
}

/** The mask moved by whole pixels so that its centre comes as near as may be. */
function movedTo(centre: Place, { mask, centre: own }: Shape): Mask {
  const { window, data } = mask;
  const row = window.row + Math.floor(centre.row - own.row + 0.5);
  const col = window.col + Math.floor(centre.col - own.col + 0.5);
  return { window: { ...window, row, col }, data };
}

function bordered({ row, col, height, width }: PixelWindow): PixelWindow {
  return { row: row - 1, col: col - 1, height: height + 2, width: width + 2 };
}

/** Distance to the outside for pixels within the mask, minus that to the mask for the others. */
function signedDistances({ window, data }: Mask, canvas: PixelWindow): Float64Array {
  const shape = { nRows: canvas.height, nCols: canvas.width };
  const inside = new Uint8Array(canvas.height * canvas.width);
  for (let r = 0; r < window.height; r++) {
    const line = data.subarray(r * window.width, (r + 1) * window.width);
    inside.set(line, (window.row - canvas.row + r) * canvas.width + window.col - canvas.col);
  }
  const outside = inside.map((isIn) => 1 - isIn);
  const toInside = squaredDistances(inside, shape);
  const toOutside = squaredDistances(outside, shape);
  return toOutside.map((distance2, i) => Math.sqrt(distance2) - Math.sqrt(toInside[i]));
}
