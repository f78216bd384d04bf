/** Parts of the screen that must be drawn again: few rectangles that do not overlap much. */
import type { ScreenRect } from "./scene";

/** With more than this many, one around all of them is cheaper. */
const MAX_RECTS = 6;

export class DirtyRects {
  private rects: ScreenRect[] = [];

  add(rect: ScreenRect): void {
    let merged = rect;
    const apart: ScreenRect[] = [];
    for (const other of this.rects) {
      if (overlap(merged, other)) {
        merged = around(merged, other);
      } else {
        apart.push(other);
      }
    }
    this.rects = [...apart, merged];
    if (this.rects.length > MAX_RECTS) {
      this.rects = [this.rects.reduce(around)];
    }
  }

  /** The rectangles cut to the screen; none remain here. */
  take(width: number, height: number): ScreenRect[] {
    const rects = this.rects;
    this.rects = [];
    return rects
      .map((rect) => cut(rect, width, height))
      .filter((rect) => rect.width > 0 && rect.height > 0);
  }
}

function overlap(a: ScreenRect, b: ScreenRect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function around(a: ScreenRect, b: ScreenRect): ScreenRect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

function cut(rect: ScreenRect, width: number, height: number): ScreenRect {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  return {
    x,
    y,
    width: Math.min(width, rect.x + rect.width) - x,
    height: Math.min(height, rect.y + rect.height) - y,
  };
}
