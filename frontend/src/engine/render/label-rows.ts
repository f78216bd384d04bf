/** The labels that a row of the view shows, with those an outline's width above and below it. */
import { MARGIN_PX, OUTSIDE, type SampleMap } from "./sampling";
import type { Scene, ScreenRect } from "./scene";

/** Entry `x + MARGIN_PX` is the label that screen column x of the rectangle shows; 0 outside. */
interface Row {
  readonly labels: Uint32Array;
  /** Which image row it holds. */
  row: number;
}

export class LabelRows {
  private readonly labels: Uint32Array;
  private readonly nCols: number;
  private readonly rows: Int32Array;
  private readonly cols: Int32Array;
  private readonly outlinePx: number;
  private readonly current: Row;
  private readonly upper: Row;
  private readonly lower: Row;

  /** @param labels those of the scene, or of the other compartment. */
  constructor(labels: Uint32Array, scene: Scene, map: SampleMap, rect: ScreenRect) {
    this.labels = labels;
    this.nCols = scene.shape.nCols;
    this.rows = map.rows;
    this.cols = map.cols.subarray(rect.x, rect.x + rect.width + 2 * MARGIN_PX);
    this.outlinePx = scene.outlinePx;
    this.current = emptyRow(this.cols.length);
    this.upper = emptyRow(this.cols.length);
    this.lower = emptyRow(this.cols.length);
  }

  get here(): Uint32Array {
    return this.current.labels;
  }

  get above(): Uint32Array {
    return this.upper.labels;
  }

  get below(): Uint32Array {
    return this.lower.labels;
  }

  /** Goes to a row of the screen. */
  moveTo(y: number): void {
    this.load(this.current, this.rows[y + MARGIN_PX]);
    this.load(this.upper, this.rows[y - this.outlinePx + MARGIN_PX]);
    this.load(this.lower, this.rows[y + this.outlinePx + MARGIN_PX]);
  }

  private load(to: Row, row: number): void {
    if (to.row === row) {
      return;
    }
    to.row = row;
    if (row === OUTSIDE) {
      to.labels.fill(0);
      return;
    }
    const { labels, cols } = this;
    const into = to.labels;
    const start = row * this.nCols;
    for (let i = 0; i < cols.length; i++) {
      into[i] = cols[i] === OUTSIDE ? 0 : labels[start + cols[i]];
    }
  }
}

function emptyRow(length: number): Row {
  return { labels: new Uint32Array(length), row: OUTSIDE };
}
