/** Pieces of rows that change from one label to another, gathered in row-major order. */
import type { PixelWindow } from "./windows";

export type Segment = (row: number, col: number, length: number, old: number, next: number) => void;

/** Where the two states of a row lie: the pixel (row, col) is at `beforeAt` and at `afterAt`. */
export interface RowPair {
  readonly before: Uint32Array;
  readonly beforeAt: number;
  readonly after: Uint32Array;
  readonly afterAt: number;
}

const FIELDS = 5;

export class SegmentList {
  private values = new Uint32Array(64 * FIELDS);
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(row: number, col: number, length: number, old: number, next: number): void {
    if (this.length === this.values.length) {
      const larger = new Uint32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    const at = this.length;
    this.values[at] = row;
    this.values[at + 1] = col;
    this.values[at + 2] = length;
    this.values[at + 3] = old;
    this.values[at + 4] = next;
    this.length = at + FIELDS;
  }

  /** Adds what differs between the two states of `nCols` pixels from (row, col). */
  addRow(row: number, col: number, nCols: number, pair: RowPair): void {
    const { before, beforeAt, after, afterAt } = pair;
    let i = 0;
    while (i < nCols) {
      const old = before[beforeAt + i];
      const next = after[afterAt + i];
      let end = i + 1;
      if (old !== next) {
        while (end < nCols && before[beforeAt + end] === old && after[afterAt + end] === next) {
          end++;
        }
        this.add(row, col + i, end - i, old, next);
      }
      i = end;
    }
  }

  /** The runs of a diff over a window that holds all pieces: skip, length, old, new. */
  runs({ row, col, width }: PixelWindow): Uint32Array {
    const v = this.values;
    const runs = new Uint32Array((this.length / FIELDS) * 4);
    let n = 0;
    let end = 0;
    for (let i = 0; i < this.length; i += FIELDS) {
      const at = (v[i] - row) * width + (v[i + 1] - col);
      const isSame = n > 0 && runs[n - 2] === v[i + 3] && runs[n - 1] === v[i + 4];
      if (at === end && isSame) {
        runs[n - 3] += v[i + 2];
      } else {
        runs[n] = at - end;
        runs[n + 1] = v[i + 2];
        runs[n + 2] = v[i + 3];
        runs[n + 3] = v[i + 4];
        n += 4;
      }
      end = at + v[i + 2];
    }
    return runs.slice(0, n);
  }

  /** The tightest window around all pieces, or null when there are none. */
  window(): PixelWindow | null {
    if (this.isEmpty) {
      return null;
    }
    let minCol = this.values[1];
    let maxCol = 0;
    for (let i = 0; i < this.length; i += FIELDS) {
      const col = this.values[i + 1];
      minCol = col < minCol ? col : minCol;
      maxCol = Math.max(maxCol, col + this.values[i + 2]);
    }
    const firstRow = this.values[0];
    const lastRow = this.values[this.length - FIELDS];
    return { row: firstRow, col: minCol, height: lastRow - firstRow + 1, width: maxCol - minCol };
  }
}
