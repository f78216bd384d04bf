/** A small crop to practise on, made from a seed: image, true labels, and labels with planted faults. */
import type { PlaneShape } from "../../../model";

export const PRACTICE_SHAPE: PlaneShape = { nRows: 176, nCols: 208 };

interface Ellipse {
  readonly row: number;
  readonly col: number;
  /** Half axes. */
  readonly rows: number;
  readonly cols: number;
}

/** In the order of their labels. The third and fourth touch; see the roles below. */
const CELLS: readonly Ellipse[] = [
  { row: 36, col: 34, rows: 20, cols: 17 },
  { row: 40, col: 92, rows: 17, cols: 21 },
  { row: 46, col: 146, rows: 19, cols: 16 },
  { row: 48, col: 173, rows: 20, cols: 15 },
  { row: 96, col: 58, rows: 18, cols: 19 },
  { row: 102, col: 116, rows: 20, cols: 17 },
  { row: 118, col: 172, rows: 17, cols: 20 },
  { row: 146, col: 34, rows: 18, cols: 20 },
  { row: 148, col: 92, rows: 16, cols: 18 },
];

/** The labels that the steps are about. */
export const ROLES = {
  merged: [3, 4],
  /** One cell that begins as two labels: its own and another. */
  parted: 2,
  part: 20,
  missing: 6,
  halved: 8,
  spurious: 21,
} as const;
/** Where nothing is, though the labels to begin with say so. */
const SPURIOUS: Ellipse = { row: 154, col: 140, rows: 9, cols: 10 };
const NUCLEUS_SHARE = 0.55;
const RIM_SHARE = 0.8;

export interface PracticeCrop {
  readonly nuclear: Uint16Array;
  readonly membrane: Uint16Array;
  /** The labels as they should be. */
  readonly truth: Uint32Array;
  /** The labels to begin with. */
  readonly start: Uint32Array;
}

/** @param random Numbers in [0, 1) for the noise. */
export function practiceCrop(random: () => number): PracticeCrop {
  const { nRows, nCols } = PRACTICE_SHAPE;
  const size = nRows * nCols;
  const crop = {
    nuclear: new Uint16Array(size),
    membrane: new Uint16Array(size),
    truth: new Uint32Array(size),
    start: new Uint32Array(size),
  };
  for (let at = 0; at < size; at++) {
    const row = Math.floor(at / nCols);
    const col = at - row * nCols;
    const label = labelAt(row, col);
    const reach = label > 0 ? reachOf(CELLS[label - 1] as Ellipse, row, col) : 2;
    const noise = () => 60 * random();
    crop.truth[at] = label;
    crop.start[at] = faulty(label, row, col);
    crop.nuclear[at] = 80 + noise() + (reach < NUCLEUS_SHARE ? 900 * (1.2 - reach) : 0);
    crop.membrane[at] = 80 + noise() + (reach <= 1 ? 140 : 0) + (isRim(reach) ? 600 : 0);
  }
  return crop;
}

/** The middle of a cell of the truth, or of the label that should not be. */
export function placeOf(label: number): { row: number; col: number } {
  const { row, col } = CELLS[label - 1] ?? SPURIOUS;
  return { row, col };
}

/** Distance from the middle as a share of the way to the outline. */
function reachOf({ row, col, rows, cols }: Ellipse, r: number, c: number): number {
  return Math.hypot((r - row) / rows, (c - col) / cols);
}

/** Where two cells meet, the nearer one has the pixel. */
function labelAt(row: number, col: number): number {
  const reaches = CELLS.map((cell) => reachOf(cell, row, col));
  const least = Math.min(...reaches);
  return least <= 1 ? reaches.indexOf(least) + 1 : 0;
}

function isRim(reach: number): boolean {
  return reach > RIM_SHARE && reach <= 1;
}

function faulty(label: number, row: number, col: number): number {
  const [first, second] = ROLES.merged;
  if (label === 0) return reachOf(SPURIOUS, row, col) <= 1 ? ROLES.spurious : 0;
  if (label === second) return first;
  if (label === ROLES.missing) return 0;
  if (label === ROLES.parted) return row > placeOf(label).row ? ROLES.part : label;
  return label === ROLES.halved && col > placeOf(label).col ? 0 : label;
}
