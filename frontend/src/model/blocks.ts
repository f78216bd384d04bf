/**
 * What a plane was before a gesture: blocks of 64 x 64 pixels, copied when the gesture first
 * reaches them. A gesture so costs memory and time for what it touches, whatever the image size.
 */
import { SegmentList } from "./segments";
import { type PixelWindow, type PlaneShape, unionOf } from "./windows";

const SIZE = 64;

export class BlockSnapshot {
  private readonly plane: Uint32Array;
  private readonly shape: PlaneShape;
  private readonly nAcross: number;
  /** The copy of each block, or null while nobody touched it. */
  private readonly copies: (Uint32Array | null)[];
  private touched: PixelWindow | null = null;

  constructor(plane: Uint32Array, shape: PlaneShape) {
    this.plane = plane;
    this.shape = shape;
    this.nAcross = Math.ceil(shape.nCols / SIZE);
    this.copies = new Array<Uint32Array | null>(this.nAcross * Math.ceil(shape.nRows / SIZE));
    this.copies.fill(null);
  }

  /** Must be called before the pixels of a row from `start` up to `end` change. */
  keep(row: number, start: number, end: number): void {
    const first = Math.floor(row / SIZE) * this.nAcross;
    const lastCol = Math.floor((end - 1) / SIZE);
    for (let blockCol = Math.floor(start / SIZE); blockCol <= lastCol; blockCol++) {
      if (this.copies[first + blockCol] === null) {
        this.copyBlock(first + blockCol);
      }
    }
  }

  /** Puts every byte back. Returns the window that may have changed. */
  restore(): PixelWindow | null {
    this.copies.forEach((copy, block) => {
      if (copy !== null) {
        this.restoreBlock(block, copy);
      }
    });
    return this.touched;
  }

  /** What changed since the beginning. */
  changes(): SegmentList {
    const segments = new SegmentList();
    if (this.touched !== null) {
      const { row, height } = this.touched;
      for (let r = row; r < row + height; r++) {
        this.addRowChanges(r, this.touched, segments);
      }
    }
    return segments;
  }

  private addRowChanges(row: number, within: PixelWindow, segments: SegmentList): void {
    const blockRow = Math.floor(row / SIZE);
    const lastBlock = Math.floor((within.col + within.width - 1) / SIZE);
    for (let blockCol = Math.floor(within.col / SIZE); blockCol <= lastBlock; blockCol++) {
      const copy = this.copies[blockRow * this.nAcross + blockCol];
      if (copy !== null) {
        const block = this.windowOf(blockRow * this.nAcross + blockCol);
        segments.addRow(row, block.col, block.width, {
          before: copy,
          beforeAt: (row - block.row) * block.width,
          after: this.plane,
          afterAt: row * this.shape.nCols + block.col,
        });
      }
    }
  }

  private windowOf(block: number): PixelWindow {
    const row = Math.floor(block / this.nAcross) * SIZE;
    const col = (block % this.nAcross) * SIZE;
    return {
      row,
      col,
      height: Math.min(SIZE, this.shape.nRows - row),
      width: Math.min(SIZE, this.shape.nCols - col),
    };
  }

  private copyBlock(block: number): void {
    const window = this.windowOf(block);
    const { row, col, height, width } = window;
    const copy = new Uint32Array(height * width);
    for (let i = 0; i < height; i++) {
      const start = (row + i) * this.shape.nCols + col;
      copy.set(this.plane.subarray(start, start + width), i * width);
    }
    this.copies[block] = copy;
    this.touched = unionOf(this.touched, window);
  }

  private restoreBlock(block: number, copy: Uint32Array): void {
    const { row, col, height, width } = this.windowOf(block);
    for (let i = 0; i < height; i++) {
      const line = copy.subarray(i * width, (i + 1) * width);
      this.plane.set(line, (row + i) * this.shape.nCols + col);
    }
  }
}
