/** Index of the instances of one plane: area, bounds and centroid, kept up to date from diffs. */
import type { LabelDiff } from "./label-diff";
import type { PixelWindow, PlaneShape } from "./windows";

export interface Instance {
  readonly label: number;
  readonly areaPx: number;
  /** Tightest window around its pixels. */
  readonly window: PixelWindow;
  /** Mean row and column of its pixels. */
  readonly centroid: { readonly row: number; readonly col: number };
}

/** Running sums of one instance, or of pieces of rows that come or go together. */
class Sums {
  area = 0;
  rowSum = 0;
  colSum = 0;
  minRow = Number.POSITIVE_INFINITY;
  maxRow = -1;
  minCol = Number.POSITIVE_INFINITY;
  maxCol = -1;
  /** Bounds only grow; they may be too large once pixels at them went. */
  isLoose = false;

  addPiece(row: number, col: number, length: number): void {
    const last = col + length - 1;
    this.area += length;
    this.rowSum += row * length;
    this.colSum += (col + (length - 1) / 2) * length;
    this.minRow = row < this.minRow ? row : this.minRow;
    this.maxRow = row > this.maxRow ? row : this.maxRow;
    this.minCol = col < this.minCol ? col : this.minCol;
    this.maxCol = last > this.maxCol ? last : this.maxCol;
  }

  add(other: Sums): void {
    this.area += other.area;
    this.rowSum += other.rowSum;
    this.colSum += other.colSum;
    this.minRow = Math.min(this.minRow, other.minRow);
    this.maxRow = Math.max(this.maxRow, other.maxRow);
    this.minCol = Math.min(this.minCol, other.minCol);
    this.maxCol = Math.max(this.maxCol, other.maxCol);
  }

  remove(other: Sums): void {
    this.area -= other.area;
    this.rowSum -= other.rowSum;
    this.colSum -= other.colSum;
    this.isLoose ||=
      other.minRow === this.minRow ||
      other.maxRow === this.maxRow ||
      other.minCol === this.minCol ||
      other.maxCol === this.maxCol;
  }
}

export class InstanceIndex {
  private readonly plane: Uint32Array;
  private readonly shape: PlaneShape;
  private readonly sums = new Map<number, Sums>();
  private sorted: number[] | null = null;
  private lastLabel = 0;
  private lastSums: Sums | undefined;
  /** Grows whenever a label comes or goes. */
  nComings = 0;

  constructor(plane: Uint32Array, shape: PlaneShape) {
    this.plane = plane;
    this.shape = shape;
    for (let row = 0; row < shape.nRows; row++) {
      this.addRow(row);
    }
  }

  get size(): number {
    return this.sums.size;
  }

  has(label: number): boolean {
    return this.sums.has(label);
  }

  /** All labels in ascending order. */
  labels(): readonly number[] {
    this.sorted ??= [...this.sums.keys()].sort((a, b) => a - b);
    return this.sorted;
  }

  get(label: number): Instance | null {
    const sums = this.sums.get(label);
    if (sums === undefined) {
      return null;
    }
    if (sums.isLoose) {
      this.tighten(label, sums);
    }
    return {
      label,
      areaPx: sums.area,
      window: windowOf(sums),
      centroid: centroidOf(sums),
    };
  }

  /** Mean row and column of the pixels, at no cost; null for a label that is not here. */
  centreOf(label: number): Instance["centroid"] | null {
    const sums = this.sums.get(label);
    return sums === undefined ? null : centroidOf(sums);
  }

  /** Number of pixels; 0 for a label that is not here. */
  areaOf(label: number): number {
    return this.sums.get(label)?.area ?? 0;
  }

  /** A window that surely holds the instance, at no cost; it may be too large. */
  looseWindow(label: number): PixelWindow | null {
    const sums = this.sums.get(label);
    return sums === undefined ? null : windowOf(sums);
  }

  /** The existing label after (or before) another one, round the end; 0 when there is none. */
  neighbourInOrder(label: number, step: 1 | -1): number {
    const labels = this.labels();
    if (step === 1) {
      return labels.find((candidate) => candidate > label) ?? labels[0] ?? 0;
    }
    return labels.findLast((candidate) => candidate < label) ?? labels[labels.length - 1] ?? 0;
  }

  /** Follows a diff that the plane already holds. */
  update(diff: LabelDiff): void {
    const { runs } = diff;
    const { row, col, width } = diff.window;
    let pieces = new Sums();
    let at = 0;
    for (let i = 0; i < runs.length; i += 4) {
      // Runs of one change follow each other often: their sum changes the sums once.
      if (i > 0 && (runs[i + 2] !== runs[i - 2] || runs[i + 3] !== runs[i - 1])) {
        this.move(pieces, runs[i - 2], runs[i - 1]);
        pieces = new Sums();
      }
      at += runs[i];
      for (let left = runs[i + 1]; left > 0; ) {
        const offset = at % width;
        const length = Math.min(left, width - offset);
        pieces.addPiece(row + (at - offset) / width, col + offset, length);
        at += length;
        left -= length;
      }
    }
    this.move(pieces, runs[runs.length - 2], runs[runs.length - 1]);
  }

  private move(pieces: Sums, from: number, to: number): void {
    this.remove(pieces, from);
    this.add(pieces, to);
  }

  private addRow(row: number): void {
    const start = row * this.shape.nCols;
    const { nCols } = this.shape;
    let col = 0;
    while (col < nCols) {
      const label = this.plane[start + col];
      let end = col + 1;
      while (end < nCols && this.plane[start + end] === label) {
        end++;
      }
      if (label !== 0) {
        (this.find(label) ?? this.begin(label)).addPiece(row, col, end - col);
      }
      col = end;
    }
  }

  private add(pieces: Sums, label: number): void {
    if (label !== 0) {
      (this.find(label) ?? this.begin(label)).add(pieces);
    }
  }

  private remove(pieces: Sums, label: number): void {
    const sums = label === 0 ? undefined : this.find(label);
    if (sums === undefined) {
      return;
    }
    sums.remove(pieces);
    if (sums.area === 0) {
      this.sums.delete(label);
      this.lastSums = undefined;
      this.sorted = null;
      this.nComings++;
    }
  }

  /** Runs of one label follow each other often. */
  private find(label: number): Sums | undefined {
    if (label !== this.lastLabel) {
      this.lastLabel = label;
      this.lastSums = this.sums.get(label);
    }
    return this.lastSums;
  }

  private begin(label: number): Sums {
    const sums = new Sums();
    this.sums.set(label, sums);
    this.lastSums = sums;
    this.sorted = null;
    this.nComings++;
    return sums;
  }

  /** Looks for the label within its loose bounds. */
  private tighten(label: number, sums: Sums): void {
    const { minRow, maxRow, minCol, maxCol } = sums;
    Object.assign(sums, { minRow: maxRow, maxRow: minRow, minCol: maxCol, maxCol: minCol });
    for (let row = minRow; row <= maxRow; row++) {
      const start = row * this.shape.nCols;
      for (let col = minCol; col <= maxCol; col++) {
        if (this.plane[start + col] === label) {
          sums.minRow = Math.min(sums.minRow, row);
          sums.maxRow = row;
          sums.minCol = Math.min(sums.minCol, col);
          sums.maxCol = Math.max(sums.maxCol, col);
        }
      }
    }
    sums.isLoose = false;
  }
}

function centroidOf({ rowSum, colSum, area }: Sums): Instance["centroid"] {
  return { row: rowSum / area, col: colSum / area };
}

function windowOf(sums: Sums): PixelWindow {
  return {
    row: sums.minRow,
    col: sums.minCol,
    height: sums.maxRow - sums.minRow + 1,
    width: sums.maxCol - sums.minCol + 1,
  };
}
