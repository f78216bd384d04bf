/**
 * Label diffs: which pixels of one plane change from which label to which.
 *
 * A diff is a tight window and runs over its pixels in row-major order. A run may wrap from the
 * end of one row of the window to the start of the next. The bytes are those of
 * `label-diff-codec.ts`.
 */
import type { Compartment } from "./compartments";
import { DivergingDiff, InvalidDiff } from "./errors";
import { type LabelImage, planeOf } from "./labels";
import { type Segment, SegmentList } from "./segments";
import type { PixelWindow, PlaneShape } from "./windows";

export interface LabelDiff {
  readonly compartment: Compartment;
  readonly frame: number;
  readonly window: PixelWindow;
  /** Four numbers per run: skip, length, old, new. */
  readonly runs: Uint32Array;
}

/** Which plane a diff changes. */
export interface PlaneName {
  readonly compartment: Compartment;
  readonly frame: number;
}

/** Number of pixels that change. */
export function changedPixels(diff: LabelDiff): number {
  let n = 0;
  for (let i = 1; i < diff.runs.length; i += 4) {
    n += diff.runs[i];
  }
  return n;
}

/** Visits the changed pixels as pieces of rows, in row-major order. */
export function visitSegments(diff: LabelDiff, visit: Segment): void {
  const { runs } = diff;
  const { row, col, width } = diff.window;
  let at = 0;
  for (let i = 0; i < runs.length; i += 4) {
    at += runs[i];
    let left = runs[i + 1];
    while (left > 0) {
      const offset = at % width;
      const length = Math.min(left, width - offset);
      visit(row + (at - offset) / width, col + offset, length, runs[i + 2], runs[i + 3]);
      at += length;
      left -= length;
    }
  }
}

/** The canonical diff of pieces of rows given in row-major order, or null when nothing changes. */
export function diffOfSegments(segments: SegmentList, plane: PlaneName): LabelDiff | null {
  const window = segments.window();
  if (window === null) {
    return null;
  }
  const runs: number[] = [];
  let end = 0;
  segments.visit((row, col, length, old, next) => {
    const at = (row - window.row) * window.width + (col - window.col);
    const last = runs.length - 4;
    if (at === end && last >= 0 && runs[last + 2] === old && runs[last + 3] === next) {
      runs[last + 1] += length;
    } else {
      runs.push(at - end, length, old, next);
    }
    end = at + length;
  });
  return { ...plane, window, runs: Uint32Array.from(runs) };
}

/** The diff that turns one plane into another of the same shape, or null when they are equal. */
export function diffLabels(
  before: Uint32Array,
  after: Uint32Array,
  plane: PlaneName & PlaneShape,
): LabelDiff | null {
  const segments = new SegmentList();
  for (let row = 0; row < plane.nRows; row++) {
    segments.addRow(row, 0, plane.nCols, {
      before,
      beforeAt: row * plane.nCols,
      after,
      afterAt: row * plane.nCols,
    });
  }
  return diffOfSegments(segments, { compartment: plane.compartment, frame: plane.frame });
}

/** The diff that takes the change back. */
export function reverseDiff(diff: LabelDiff): LabelDiff {
  const runs = diff.runs.slice();
  for (let i = 0; i < runs.length; i += 4) {
    runs[i + 2] = diff.runs[i + 3];
    runs[i + 3] = diff.runs[i + 2];
  }
  return { ...diff, runs };
}

/**
 * Changes the labels in place; when it throws, no pixel was touched.
 *
 * @throws InvalidDiff when the window or frame lies outside the label image.
 * @throws DivergingDiff when a pixel does not hold the label that the diff changes.
 */
export function applyDiff(labels: LabelImage, diff: LabelDiff): void {
  checkBounds(labels, diff);
  const plane = planeOf(labels, diff.frame);
  const { nCols } = labels;
  visitSegments(diff, (row, col, length, old) => {
    const start = row * nCols + col;
    for (let i = start; i < start + length; i++) {
      if (plane[i] !== old) {
        throw new DivergingDiff({ row, col: col + i - start, expected: old, found: plane[i] });
      }
    }
  });
  visitSegments(diff, (row, col, length, _old, next) => {
    const start = row * nCols + col;
    plane.fill(next, start, start + length);
  });
}

function checkBounds(labels: LabelImage, diff: LabelDiff): void {
  const { row, col, height, width } = diff.window;
  const isInside =
    diff.frame < labels.nFrames && row + height <= labels.nRows && col + width <= labels.nCols;
  if (!isInside) {
    throw new InvalidDiff(
      `The label diff covers frame ${diff.frame}, rows ${row} to ${row + height}, columns ${col} to ` +
        `${col + width}, outside a label image of ${labels.nFrames} x ${labels.nRows} x ${labels.nCols}.`,
    );
  }
}
