/**
 * What the operations work on. An operation takes a plane of labels (a whole one or a part that
 * was cut out) and gives the window that changes, or null when nothing does. It never changes the
 * plane that it was given.
 */
import type { ChannelData } from "../npy";
import type { Pixel } from "../points";
import { intersectionOf, type PixelWindow, type PlaneShape, wholeWindow } from "../windows";

/** Labels of a plane, or of a part of one, in C order; 0 is background. */
export interface LabelPlane extends PlaneShape {
  readonly labels: Uint32Array;
}

/** Intensities of the same pixels as a `LabelPlane`. */
export interface Raster extends PlaneShape {
  readonly data: ChannelData;
}

/** The labels that a window holds after an operation, in C order. */
export interface Patch {
  readonly window: PixelWindow;
  readonly labels: Uint32Array;
}

/** Pieces of rows that turn from one label to another: row, start and end of each, in C order. */
export interface SpanPatch {
  /** Tightest window around them. */
  readonly window: PixelWindow;
  /** What all of their pixels hold before. */
  readonly old: number;
  readonly label: number;
  readonly spans: Uint32Array;
}

export type OperationPatch = Patch | SpanPatch;

/** Pixels of a window, in C order; not 0 means inside. */
export interface Mask {
  readonly window: PixelWindow;
  readonly data: Uint8Array;
}

/** `protect`: only background changes (an eraser: only its own label). `overwrite`: any pixel. */
export type WriteMode = "protect" | "overwrite";

export interface Paint {
  readonly label: number;
  readonly mode: WriteMode;
}

/** A copy of the labels of a window. The whole plane is given as it is, without a copy. */
export function cropPlane(plane: LabelPlane, window: PixelWindow): LabelPlane {
  const { row, col, height, width } = window;
  if (height === plane.nRows && width === plane.nCols) {
    return plane;
  }
  return { nRows: height, nCols: width, labels: cropLabels(plane, { row, col, height, width }) };
}

/** A copy of the labels of a window. */
export function cropLabels(plane: LabelPlane, window: PixelWindow): Uint32Array {
  const { row, col, height, width } = window;
  const labels = new Uint32Array(height * width);
  for (let r = 0; r < height; r++) {
    const start = (row + r) * plane.nCols + col;
    labels.set(plane.labels.subarray(start, start + width), r * width);
  }
  return labels;
}

/** A copy of the intensities of a window, of the same type. */
export function cropRaster(raster: Raster, window: PixelWindow): Raster {
  const { row, col, height, width } = window;
  const data = raster.data.slice(0, 0).constructor as new (n: number) => ChannelData;
  const values = new data(height * width);
  for (let r = 0; r < height; r++) {
    const start = (row + r) * raster.nCols + col;
    values.set(raster.data.subarray(start, start + width), r * width);
  }
  return { nRows: height, nCols: width, data: values };
}

/** Finite intensities of a window as doubles; what is no finite number counts as `missing`. */
export function valuesIn(raster: Raster, window: PixelWindow, missing: number): Float64Array {
  const { row, col, height, width } = window;
  const values = new Float64Array(height * width);
  for (let i = 0, r = row; r < row + height; r++) {
    for (let at = r * raster.nCols + col; at < r * raster.nCols + col + width; at++, i++) {
      const value = raster.data[at];
      values[i] = Number.isFinite(value) ? value : missing;
    }
  }
  return values;
}

/** Where a label lies in a window of a plane. */
export function maskOf(plane: LabelPlane, label: number, window: PixelWindow): Mask {
  const { row, col, height, width } = window;
  const data = new Uint8Array(height * width);
  for (let i = 0, r = row; r < row + height; r++) {
    const start = r * plane.nCols + col;
    for (let at = start; at < start + width; at++, i++) {
      data[i] = plane.labels[at] === label ? 1 : 0;
    }
  }
  return { window, data };
}

/** Tightest window around a label; null when the plane does not hold it, and for background. */
export function boundsOf(plane: LabelPlane, label: number): PixelWindow | null {
  if (label === 0) {
    return null;
  }
  let [minRow, maxRow, minCol, maxCol] = [plane.nRows, -1, plane.nCols, -1];
  for (let at = 0, row = 0; row < plane.nRows; row++) {
    for (let col = 0; col < plane.nCols; col++, at++) {
      if (plane.labels[at] === label) {
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

/** The label of a pixel; 0 outside the plane. */
export function labelOf(plane: LabelPlane, { row, col }: Pixel): number {
  const isIn = row >= 0 && col >= 0 && row < plane.nRows && col < plane.nCols;
  return isIn ? plane.labels[row * plane.nCols + col] : 0;
}

/** Gives a label the pixels of a mask, as far as the mode allows. */
export function paint(plane: LabelPlane, mask: Mask, { label, mode }: Paint): Patch | null {
  const labels = cropLabels(plane, mask.window);
  let hasChanged = false;
  for (let i = 0; i < labels.length; i++) {
    const mayChange = labels[i] !== label && (mode === "overwrite" || labels[i] === 0);
    if (mask.data[i] !== 0 && mayChange) {
      labels[i] = label;
      hasChanged = true;
    }
  }
  return hasChanged ? { window: mask.window, labels } : null;
}

/** Gives a label this shape: pixels outside the mask become background, others are painted. */
export function reshape(plane: LabelPlane, mask: Mask, { label, mode }: Paint): Patch | null {
  const labels = cropLabels(plane, mask.window);
  let hasChanged = false;
  for (let i = 0; i < labels.length; i++) {
    const old = labels[i];
    const isIn = mask.data[i] !== 0;
    if (old === label && !isIn) {
      labels[i] = 0;
    } else if (isIn && old !== label && (mode === "overwrite" || old === 0)) {
      labels[i] = label;
    }
    hasChanged ||= labels[i] !== old;
  }
  return hasChanged ? { window: mask.window, labels } : null;
}

/** The plane after a patch, as a new one; what lies outside it stays. */
export function patched(plane: LabelPlane, patch: Patch | SpanPatch | null): LabelPlane {
  const labels = plane.labels.slice();
  if (patch !== null && "spans" in patch) {
    visitSpans(patch, (row, start, end) => {
      labels.fill(patch.label, row * plane.nCols + start, row * plane.nCols + end);
    });
  } else if (patch !== null) {
    const { row, col, height, width } = patch.window;
    for (let r = 0; r < height; r++) {
      const line = patch.labels.subarray(r * width, (r + 1) * width);
      labels.set(line, (row + r) * plane.nCols + col);
    }
  }
  return { ...plane, labels };
}

export function visitSpans(
  { spans }: SpanPatch,
  visit: (row: number, start: number, end: number) => void,
): void {
  for (let i = 0; i < spans.length; i += 3) {
    visit(spans[i], spans[i + 1], spans[i + 2]);
  }
}

/** The patch of a part of a plane, placed in the plane. */
export function shiftPatch(patch: OperationPatch, by: PixelWindow): OperationPatch {
  if (by.row === 0 && by.col === 0) {
    return patch;
  }
  const { row, col } = patch.window;
  const window = { ...patch.window, row: row + by.row, col: col + by.col };
  return "spans" in patch
    ? { ...patch, window, spans: patch.spans.map((at, i) => at + (i % 3 === 0 ? by.row : by.col)) }
    : { ...patch, window };
}

/** The part of a mask that lies in the plane. */
export function clipMask(mask: Mask, shape: PlaneShape): Mask | null {
  const window = intersectionOf(mask.window, wholeWindow(shape));
  if (window === null) {
    return null;
  }
  const data = new Uint8Array(window.height * window.width);
  const left = window.col - mask.window.col;
  for (let r = 0; r < window.height; r++) {
    const start = (window.row - mask.window.row + r) * mask.window.width + left;
    data.set(mask.data.subarray(start, start + window.width), r * window.width);
  }
  return { window, data };
}
