/**
 * Label diffs: which pixels of one plane change from which label to which.
 *
 * A diff is a tight window and runs over its pixels in row-major order. A run may wrap from the
 * end of one row of the window to the start of the next. The bytes are those of
 * `label-diff-codec.ts`.
 */
import { COMPARTMENTS, type Compartment } from "./compartments";
import { DivergingDiff, InvalidDiff } from "./errors";
import { type LabelImage, planeOf } from "./labels";
import type { Patch, SpanPatch } from "./operations/plane";
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
  return { ...plane, window, runs: segments.runs(window) };
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

/** What a patch of a plane would change; null when nothing. */
export function diffOfPatch(
  { labels, nCols }: { readonly labels: Uint32Array; readonly nCols: number },
  patch: Patch | SpanPatch,
  plane: PlaneName,
): LabelDiff | null {
  const { compartment, frame } = plane;
  if ("spans" in patch) {
    return { compartment, frame, window: patch.window, runs: runsOfSpans(patch) };
  }
  const segments = new SegmentList();
  const { window } = patch;
  for (let r = 0; r < window.height; r++) {
    const pair = {
      before: labels,
      beforeAt: (window.row + r) * nCols + window.col,
      after: patch.labels,
      afterAt: r * window.width,
    };
    segments.addRow(window.row + r, window.col, window.width, pair);
  }
  return diffOfSegments(segments, { compartment, frame });
}

function runsOfSpans({ window, spans, old, label }: SpanPatch): Uint32Array {
  const { row, col, width } = window;
  const runs = new Uint32Array((spans.length / 3) * 4);
  let n = 0;
  let end = 0;
  for (let i = 0; i < spans.length; i += 3) {
    const at = (spans[i] - row) * width + spans[i + 1] - col;
    const length = spans[i + 2] - spans[i + 1];
    if (n > 0 && at === end) {
      runs[n - 3] += length;
    } else {
      runs[n] = at - end;
      runs[n + 1] = length;
      runs[n + 2] = old;
      runs[n + 3] = label;
      n += 4;
    }
    end = at + length;
  }
  return n === runs.length ? runs : runs.slice(0, n);
}

/** The place of a diff among those of one step: by compartment, then by frame. */
export function rank({ compartment }: PlaneName): number {
  return COMPARTMENTS.indexOf(compartment);
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
  const wrongAt = replaceOld(plane, labels.nCols, diff);
  if (wrongAt >= 0) {
    throw takeBack(plane, labels.nCols, diff, wrongAt);
  }
}

/** Writes the new labels of a diff, whatever the plane holds. */
export function writeDiff(plane: Uint32Array, nCols: number, { window, runs }: LabelDiff): void {
  const { row, col, width } = window;
  let at = 0;
  for (let i = 0; i < runs.length; i += 4) {
    at += runs[i];
    for (let left = runs[i + 1]; left > 0; ) {
      const offset = at % width;
      const length = Math.min(left, width - offset);
      const start = (row + (at - offset) / width) * nCols + col + offset;
      fillSpan(plane, runs[i + 3], start, start + length);
      at += length;
      left -= length;
    }
  }
}

/** A call of `fill` costs more than a few pixels. */
const SHORT_PX = 48;

export function fillSpan(plane: Uint32Array, label: number, start: number, end: number): void {
  if (end - start > SHORT_PX) {
    plane.fill(label, start, end);
    return;
  }
  for (let i = start; i < end; i++) {
    plane[i] = label;
  }
}

/**
 * Writes the new labels of a diff as far as the plane holds the old ones. The place in the plane of
 * the first pixel that does not, or -1. No calls for each piece: a diff of the whole image has a
 * million of them.
 */
function replaceOld(plane: Uint32Array, nCols: number, { window, runs }: LabelDiff): number {
  const { row, col, width } = window;
  let at = 0;
  for (let i = 0; i < runs.length; i += 4) {
    const old = runs[i + 2];
    const next = runs[i + 3];
    at += runs[i];
    for (let left = runs[i + 1]; left > 0; ) {
      const offset = at % width;
      const length = Math.min(left, width - offset);
      const start = (row + (at - offset) / width) * nCols + col + offset;
      const end = start + length;
      // One pass: to look at each pixel first would read the memory of the whole image twice.
      for (let place = start; place < end; place++) {
        if (plane[place] !== old) {
          return place;
        }
        plane[place] = next;
      }
      at += length;
      left -= length;
    }
  }
  return -1;
}

/** Puts back the pixels before the wrong one, and says what is wrong with it. */
function takeBack(
  plane: Uint32Array,
  nCols: number,
  diff: LabelDiff,
  wrongAt: number,
): DivergingDiff {
  let expected = 0;
  visitSegments(diff, (row, col, length, old) => {
    const start = row * nCols + col;
    if (start <= wrongAt) {
      fillSpan(plane, old, start, Math.min(start + length, wrongAt));
    }
    if (start <= wrongAt && wrongAt < start + length) {
      expected = old;
    }
  });
  const col = wrongAt % nCols;
  return new DivergingDiff({
    row: (wrongAt - col) / nCols,
    col,
    expected,
    found: plane[wrongAt],
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
