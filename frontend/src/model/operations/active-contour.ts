/**
 * Fits a label to the image: morphological Chan-Vese (Márquez-Neila, Baumela and Álvarez 2014)
 * within its window and a margin. Intensities are first spread over 0 .. 65535 and rounded, so
 * that sums are exact and every program that does the same steps finds the same pixels.
 */
import { grownWindow, type PixelWindow } from "../windows";
import { componentsOf } from "./components";
import {
  boundsOf,
  type LabelPlane,
  maskOf,
  type Paint,
  type Patch,
  type Raster,
  reshape,
  valuesIn,
} from "./plane";

const N_ITERATIONS = 100;
const N_LEVELS = 65535;
/** A smaller result is no cell. */
const LEAST_PX = 20;
const LEAST_MARGIN_PX = 8;

export interface AutofitArgs extends Paint {
  readonly image: Raster;
}

/** How far from a window of a label the fit looks: half of its longer side. */
export function autofitMargin({ height, width }: PixelWindow): number {
  return Math.max(LEAST_MARGIN_PX, Math.floor(Math.max(height, width) / 2));
}

/**
 * Null when the fit finds nothing of at least 20 pixels. Of several parts (joined by corners too)
 * that touch the label as it was, the largest stays; while others are protected they are no part.
 */
export function autofit(plane: LabelPlane, { image, label, mode }: AutofitArgs): Patch | null {
  const bounds = boundsOf(plane, label);
  const window = bounds === null ? null : grownWindow(bounds, autofitMargin(bounds), plane);
  if (window === null) {
    return null;
  }
  const before = maskOf(plane, label, window).data;
  const data = new ContourGrid(levelsOf(valuesIn(image, window, 0)), before, window).evolve();
  if (mode === "protect") {
    const background = maskOf(plane, 0, window).data;
    data.forEach((_, i) => {
      data[i] &= before[i] | background[i];
    });
  }
  const kept = largestTouching(data, before, window);
  return kept === null ? null : reshape(plane, { window, data: kept }, { label, mode });
}

/** Whole numbers 0 .. 65535 from the least to the greatest value. */
function levelsOf(values: Float64Array): Float64Array {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const span = greatest - least;
  return values.map((value) =>
    span > 0 ? Math.floor(((value - least) / span) * N_LEVELS + 0.5) : 0,
  );
}

function largestTouching(
  data: Uint8Array,
  before: Uint8Array,
  window: PixelWindow,
): Uint8Array | null {
  const shape = { nRows: window.height, nCols: window.width };
  const { ids, areasPx } = componentsOf(data, shape, 8);
  const touches = new Uint8Array(areasPx.length + 1);
  before.forEach((isIn, i) => {
    touches[ids[i]] |= isIn;
  });
  let best = 0;
  for (let id = 1; id <= areasPx.length; id++) {
    const area = areasPx[id - 1];
    if (touches[id] === 1 && area >= LEAST_PX && (best === 0 || area > areasPx[best - 1])) {
      best = id;
    }
  }
  return best === 0 ? null : data.map((_, i) => (ids[i] === best ? 1 : 0));
}

/** The window with a border of zeros, so that every pixel has eight neighbours. */
class ContourGrid {
  private readonly levels: Float64Array;
  private readonly window: PixelWindow;
  private readonly across: number;
  private inside: Uint8Array;
  private spare: Uint8Array;

  constructor(levels: Float64Array, mask: Uint8Array, window: PixelWindow) {
    this.levels = levels;
    this.window = window;
    this.across = window.width + 2;
    this.inside = new Uint8Array(this.across * (window.height + 2));
    this.spare = new Uint8Array(this.inside.length);
    this.visit((at, i) => {
      this.inside[at] = mask[i];
    });
  }

  evolve(): Uint8Array {
    for (let n = 0; n < N_ITERATIONS; n++) {
      this.attract();
      const isEven = n % 2 === 0;
      this.pass(isEven ? infSup : supInf);
      this.pass(isEven ? supInf : infSup);
    }
    const mask = new Uint8Array(this.levels.length);
    this.visit((at, i) => {
      mask[i] = this.inside[at];
    });
    return mask;
  }

  /** Pixels at the contour go to the side whose mean intensity is nearer to theirs. */
  private attract(): void {
    const { inside, spare, levels, across } = this;
    const [outer, inner] = this.means();
    spare.set(inside);
    this.visit((at, i, row, col) => {
      const down = this.slope(at, across, row, this.window.height);
      if (!down && !this.slope(at, 1, col, this.window.width)) {
        return;
      }
      const value = levels[i];
      const toInner = value - inner;
      const toOuter = value - outer;
      const pull = toInner * toInner - toOuter * toOuter;
      if (pull !== 0) {
        spare[at] = pull < 0 ? 1 : 0;
      }
    });
    this.exchange();
  }

  /** Whether the mask changes along one axis: central differences, one-sided at the border. */
  private slope(at: number, step: number, position: number, n: number): boolean {
    const from = position > 0 ? at - step : at;
    const to = position < n - 1 ? at + step : at;
    return this.inside[from] !== this.inside[to];
  }

  private means(): readonly [number, number] {
    let [outerSum, innerSum, nInner] = [0, 0, 0];
    this.visit((at, i) => {
      if (this.inside[at] === 1) {
        innerSum += this.levels[i];
        nInner++;
      } else {
        outerSum += this.levels[i];
      }
    });
    const nOuter = this.levels.length - nInner;
    return [outerSum / (nOuter + 1e-8), innerSum / (nInner + 1e-8)];
  }

  private pass(rule: (cells: Uint8Array, at: number, across: number) => number): void {
    const { inside, spare, across } = this;
    this.visit((at) => {
      spare[at] = rule(inside, at, across);
    });
    this.exchange();
  }

  private exchange(): void {
    [this.inside, this.spare] = [this.spare, this.inside];
  }

  private visit(visit: (at: number, i: number, row: number, col: number) => void): void {
    const { height, width } = this.window;
    for (let i = 0, row = 0; row < height; row++) {
      let at = (row + 1) * this.across + 1;
      for (let col = 0; col < width; col++, i++, at++) {
        visit(at, i, row, col);
      }
    }
  }
}

/** In when all of some line of three pixels through it is in. */
function supInf(cells: Uint8Array, at: number, across: number): number {
  return (
    cells[at] &
    ((cells[at - 1] & cells[at + 1]) |
      (cells[at - across] & cells[at + across]) |
      (cells[at - across - 1] & cells[at + across + 1]) |
      (cells[at - across + 1] & cells[at + across - 1]))
  );
}

/** In when every line of three pixels through it has one that is in. */
function infSup(cells: Uint8Array, at: number, across: number): number {
  return (
    cells[at] |
    ((cells[at - 1] | cells[at + 1]) &
      (cells[at - across] | cells[at + across]) &
      (cells[at - across - 1] | cells[at + across + 1]) &
      (cells[at - across + 1] | cells[at + across - 1]))
  );
}
