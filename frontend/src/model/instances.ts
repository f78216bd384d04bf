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

/** Running sums of one instance. Bounds only grow; `isLoose` says that they may be too large. */
interface Sums {
  area: number;
  rowSum: number;
  colSum: number;
  minRow: number;
  maxRow: number;
  minCol: number;
  maxCol: number;
  isLoose: boolean;
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
      centroid: { row: sums.rowSum / sums.area, col: sums.colSum / sums.area },
    };
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
    let at = 0;
    for (let i = 0; i < runs.length; i += 4) {
      at += runs[i];
      for (let left = runs[i + 1]; left > 0; ) {
        const offset = at % width;
        const length = Math.min(left, width - offset);
        const r = row + (at - offset) / width;
        this.remove(r, col + offset, length, runs[i + 2]);
        this.add(r, col + offset, length, runs[i + 3]);
        at += length;
        left -= length;
      }
    }
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
      this.add(row, col, end - col, label);
      col = end;
    }
  }

  private add(row: number, col: number, length: number, label: number): void {
    if (label === 0) {
      return;
    }
    const sums = this.find(label) ?? this.begin(label);
    sums.area += length;
    sums.rowSum += row * length;
    sums.colSum += (col + (length - 1) / 2) * length;
    sums.minRow = row < sums.minRow ? row : sums.minRow;
    sums.maxRow = row > sums.maxRow ? row : sums.maxRow;
    sums.minCol = col < sums.minCol ? col : sums.minCol;
    sums.maxCol = Math.max(sums.maxCol, col + length - 1);
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
    const sums = {
      area: 0,
      rowSum: 0,
      colSum: 0,
      minRow: Number.POSITIVE_INFINITY,
      maxRow: -1,
      minCol: Number.POSITIVE_INFINITY,
      maxCol: -1,
      isLoose: false,
    };
    this.sums.set(label, sums);
    this.lastSums = sums;
    this.sorted = null;
    this.nComings++;
    return sums;
  }

  private remove(row: number, col: number, length: number, label: number): void {
    const sums = label === 0 ? undefined : this.find(label);
    if (sums === undefined) {
      return;
    }
    sums.area -= length;
    sums.rowSum -= row * length;
    sums.colSum -= (col + (length - 1) / 2) * length;
    sums.isLoose ||=
      row === sums.minRow ||
      row === sums.maxRow ||
      col === sums.minCol ||
      col + length - 1 === sums.maxCol;
    if (sums.area === 0) {
      this.sums.delete(label);
      this.lastSums = undefined;
      this.sorted = null;
      this.nComings++;
    }
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

function windowOf(sums: Sums): PixelWindow {
  return {
    row: sums.minRow,
    col: sums.minCol,
    height: sums.maxRow - sums.minRow + 1,
    width: sums.maxCol - sums.minCol + 1,
  };
}
