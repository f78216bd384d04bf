/** A stroke in progress: shared by brush and eraser. Pixels change while the pointer moves. */
import {
  type Fill,
  type Gesture,
  type PixelWindow,
  type Point,
  unionOf,
  visitStroke,
} from "../../model";
import type { ToolContext } from "./context";

export class StrokeGesture {
  private readonly context: ToolContext;
  private readonly gesture: Gesture;
  private readonly radiusPx: number;
  private touched: PixelWindow | null = null;
  private last: Point | null = null;

  constructor(context: ToolContext) {
    this.context = context;
    this.gesture = context.document.begin();
    this.radiusPx = context.snapshot.brushRadiusPx;
  }

  /** Fills the swept disc from the last place to this one. */
  moveTo(point: Point, fill: Fill): void {
    const writer = this.gesture.writer(this.context.plane);
    const stroke = { from: this.last ?? point, to: point, radiusPx: this.radiusPx };
    let window: PixelWindow | null = null;
    visitStroke(stroke, this.context.document.shape, (row, start, end) => {
      writer.fillSpan(row, start, end, fill);
      window = unionOf(window, { row, col: start, height: 1, width: end - start });
    });
    this.last = point;
    this.touch(window);
  }

  /** Passes a place without changing pixels. */
  skipTo(point: Point): void {
    this.last = point;
  }

  finish(tool: string): void {
    this.context.commit(tool, this.gesture.finish());
  }

  cancel(): void {
    this.gesture.cancel();
    if (this.touched !== null) {
      this.context.touch(this.touched);
    }
  }

  private touch(window: PixelWindow | null): void {
    if (window !== null) {
      this.touched = unionOf(this.touched, window);
      this.context.touch(window);
    }
  }
}
