/** Takes over the labels that a predictor found in a box. */
import { isInside } from "../points";
import type { PixelWindow } from "../windows";
import { cropLabels, type LabelPlane, type Patch, type WriteMode } from "./plane";

export interface AdoptArgs {
  /** Labels of the box, in C order: 0 is background, others are numbered from 1. */
  readonly found: Uint32Array;
  /** Where the box lies in the plane, which shows at least a pixel around it. */
  readonly box: PixelWindow;
  /** The label that each instance gets: `labels[n - 1]` for n. One without any is left out. */
  readonly labels: readonly number[];
  readonly mode: WriteMode;
}

/**
 * Writes the instances of a box as far as the mode allows. Left out are those that the border of
 * the box cuts where a label goes on outside, and those of which half of the pixels or more are
 * taken by labels that are protected.
 */
export function adopt(plane: LabelPlane, args: AdoptArgs): Patch | null {
  const { found, box, labels, mode } = args;
  const after = cropLabels(plane, box);
  const free = labels.map(() => ({ nAll: 0, nFree: 0 }));
  found.forEach((n, i) => {
    const counts = free[n - 1];
    if (counts !== undefined) {
      counts.nAll++;
      counts.nFree += mode === "overwrite" || after[i] === 0 ? 1 : 0;
    }
  });
  const cut = cutInstances(plane, args);
  const isWritten = free.map(({ nAll, nFree }, i) => 2 * nFree > nAll && !cut.has(i + 1));
  let hasChanged = false;
  found.forEach((n, i) => {
    if (isWritten[n - 1] && (mode === "overwrite" || after[i] === 0)) {
      after[i] = labels[n - 1];
      hasChanged = true;
    }
  });
  return hasChanged ? { window: box, labels: after } : null;
}

/** The instances with a pixel at the border of the box beside a labelled pixel outside of it. */
function cutInstances(plane: LabelPlane, { found, box }: AdoptArgs): Set<number> {
  const cut = new Set<number>();
  const { height, width } = box;
  for (let i = 0; i < found.length; i++) {
    const row = Math.floor(i / width);
    const col = i - row * width;
    const isAtBorder = row === 0 || col === 0 || row === height - 1 || col === width - 1;
    if (isAtBorder && found[i] !== 0 && touchesOutside(plane, box, row, col)) {
      cut.add(found[i]);
    }
  }
  return cut;
}

function touchesOutside(plane: LabelPlane, box: PixelWindow, row: number, col: number): boolean {
  for (let r = row - 1; r <= row + 1; r++) {
    for (let c = col - 1; c <= col + 1; c++) {
      const isIn = r >= 0 && c >= 0 && r < box.height && c < box.width;
      const pixel = { row: box.row + r, col: box.col + c };
      const isLabelled =
        isInside(pixel, plane) && plane.labels[pixel.row * plane.nCols + pixel.col] !== 0;
      if (!isIn && isLabelled) {
        return true;
      }
    }
  }
  return false;
}
