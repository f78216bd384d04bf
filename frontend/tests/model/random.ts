/** A seeded generator (mulberry32) and random label images, so that every failure comes again. */
import type { Compartment } from "../../src/model";

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer in [low, high). */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.int(0, choices.length)];
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Rectangles of labels on background; some of them larger than 2^24. */
  labels(nRows: number, nCols: number, nBlocks: number): Uint32Array {
    const plane = new Uint32Array(nRows * nCols);
    this.addBlocks(plane, nCols, nBlocks);
    return plane;
  }

  addBlocks(plane: Uint32Array, nCols: number, nBlocks: number): void {
    const nRows = plane.length / nCols;
    for (let i = 0; i < nBlocks; i++) {
      const label = this.pick([0, this.int(1, 9), this.int(1, 400), 0xffffffff - this.int(0, 3)]);
      const row = this.int(0, nRows);
      const col = this.int(0, nCols);
      const end = Math.min(nCols, col + this.int(1, nCols + 1));
      for (let r = row; r < Math.min(nRows, row + this.int(1, nRows + 1)); r++) {
        plane.fill(label, r * nCols + col, r * nCols + end);
      }
    }
  }

  compartment(): Compartment {
    return this.chance(0.5) ? "whole_cell" : "nuclear";
  }
}
