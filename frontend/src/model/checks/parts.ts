import type { PlaneShape } from "../windows";

/** Connected pixels of one label, or of background. */
export interface Part {
  readonly label: number;
  readonly areaPx: number;
  /** One of its pixels. */
  readonly row: number;
  readonly col: number;
  readonly touchesBorder: boolean;
  /** For background: the one label around it, or 0 when there are several or none. */
  readonly around: number;
}

const MIXED = -1;
const STRAIGHT = [0, 1, 0, -1, 1, 0, -1, 0];
const ALL = [...STRAIGHT, -1, -1, -1, 1, 1, -1, 1, 1];

/**
 * The parts of a plane in the order of their first pixels. Pixels of a label are connected also
 * across corners, those of background only along sides, so that a closed line closes.
 */
export function partsOf(plane: Uint32Array, shape: PlaneShape): Part[] {
  const search = new PartSearch(plane, shape);
  const parts: Part[] = [];
  for (let start = 0; start < plane.length; start++) {
    if (!search.hasSeen(start)) parts.push(search.partAt(start));
  }
  return parts;
}

class PartSearch {
  readonly #plane: Uint32Array;
  readonly #shape: PlaneShape;
  readonly #seen: Uint8Array;
  readonly #stack: Int32Array;
  #depth = 0;
  #around = 0;

  constructor(plane: Uint32Array, shape: PlaneShape) {
    this.#plane = plane;
    this.#shape = shape;
    this.#seen = new Uint8Array(plane.length);
    this.#stack = new Int32Array(plane.length);
  }

  hasSeen(at: number): boolean {
    return this.#seen[at] === 1;
  }

  partAt(start: number): Part {
    const { nRows, nCols } = this.#shape;
    const label = this.#plane[start] ?? 0;
    const steps = label === 0 ? STRAIGHT : ALL;
    let areaPx = 0;
    let touchesBorder = false;
    this.#around = 0;
    this.#push(start);
    while (this.#depth > 0) {
      const at = this.#stack[--this.#depth] ?? 0;
      const row = Math.floor(at / nCols);
      const col = at - row * nCols;
      areaPx++;
      touchesBorder ||= row === 0 || col === 0 || row === nRows - 1 || col === nCols - 1;
      this.#visitNeighbours(row, col, label, steps);
    }
    const row = Math.floor(start / nCols);
    const isHole = label === 0 && this.#around !== MIXED;
    const around = isHole ? this.#around : 0;
    return { label, areaPx, row, col: start - row * nCols, touchesBorder, around };
  }

  #visitNeighbours(row: number, col: number, label: number, steps: readonly number[]): void {
    const { nRows, nCols } = this.#shape;
    for (let i = 0; i < steps.length; i += 2) {
      const r = row + (steps[i] ?? 0);
      const c = col + (steps[i + 1] ?? 0);
      if (r < 0 || c < 0 || r >= nRows || c >= nCols) continue;
      const next = r * nCols + c;
      const other = this.#plane[next] ?? 0;
      if (other !== label) this.#meet(other);
      else if (this.#seen[next] === 0) this.#push(next);
    }
  }

  #push(at: number): void {
    this.#seen[at] = 1;
    this.#stack[this.#depth++] = at;
  }

  #meet(label: number): void {
    this.#around = this.#around === 0 || this.#around === label ? label : MIXED;
  }
}
