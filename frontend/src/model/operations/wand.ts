/** Magic wand: the connected pixels about as bright as the clicked one. */
import { grownWindow } from "../windows";
import { fillFrom } from "./components";
import { type LabelPlane, type Paint, type Patch, paint, type Raster, valuesIn } from "./plane";

export interface WandArgs extends Paint {
  readonly image: Raster;
  readonly row: number;
  readonly col: number;
  /** Intensities may differ from the clicked one by this much. */
  readonly tolerance: number;
  /** The region reaches at most this many pixels up, down, left and right. */
  readonly reachPx: number;
}

/** Gives a label the region round a pixel; the region is joined by edges. */
export function wand(plane: LabelPlane, args: WandArgs): Patch | null {
  const { image, row, col, tolerance, reachPx } = args;
  const window = grownWindow({ row, col, height: 1, width: 1 }, reachPx, plane);
  if (window === null) {
    return null;
  }
  const values = valuesIn(image, window, 0);
  const seed = (row - window.row) * window.width + (col - window.col);
  const middle = values[seed];
  const cells = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    cells[i] = Math.abs(values[i] - middle) <= tolerance ? 1 : 0;
  }
  const shape = { nRows: window.height, nCols: window.width };
  fillFrom(cells, shape, seed, { from: 1, to: 2, connectivity: 4 });
  for (let i = 0; i < cells.length; i++) {
    cells[i] = cells[i] === 2 ? 1 : 0;
  }
  return paint(plane, { window, data: cells }, args);
}
