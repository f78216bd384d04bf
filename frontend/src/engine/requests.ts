/** Builds requests for the operator: which part of a plane an operation has to see. */
import {
  autofitMargin,
  cropLabels,
  cropRaster,
  grownWindow,
  type LabelPlane,
  type Mask,
  type Pixel,
  type PixelWindow,
  type PlaneName,
  type Point,
  type Raster,
  wholeWindow,
} from "../model";
import type { ToolContext } from "./tools/context";

/** The window of a label in a plane with a margin; null when the plane does not hold it. */
export function windowOf(
  context: ToolContext,
  label: number,
  { margin = 0, plane = context.plane }: { margin?: number; plane?: PlaneName } = {},
): PixelWindow | null {
  const instance = label === 0 ? null : context.document.index(plane).get(label);
  return instance === null ? null : grownWindow(instance.window, margin, context.document.shape);
}

/** The window that an autofit of the label looks at. */
export function autofitWindow(context: ToolContext, label: number): PixelWindow | null {
  const tight = windowOf(context, label);
  return tight === null ? null : grownWindow(tight, autofitMargin(tight), context.document.shape);
}

export function wholePlane(context: ToolContext): PixelWindow {
  return wholeWindow(context.document.shape);
}

/** A copy of the labels of another plane in a window. */
export function planePart(context: ToolContext, plane: PlaneName, window: PixelWindow): LabelPlane {
  const { nRows, nCols } = context.document.shape;
  const labels = context.document.plane(plane);
  return {
    nRows: window.height,
    nCols: window.width,
    labels: cropLabels({ nRows, nCols, labels }, window),
  };
}

/** A copy of the intensities in a window. */
export function imagePart(raster: Raster, window: PixelWindow): Raster {
  return cropRaster(raster, window);
}

export function pixelIn({ row, col }: Pixel, window: PixelWindow): Pixel {
  return { row: row - window.row, col: col - window.col };
}

export function pointsIn(points: readonly Point[], window: PixelWindow): Point[] {
  return points.map(({ x, y }) => ({ x: x - window.col, y: y - window.row }));
}

export function maskIn(mask: Mask, window: PixelWindow): Mask {
  return { window: { ...mask.window, ...pixelIn(mask.window, window) }, data: mask.data };
}
