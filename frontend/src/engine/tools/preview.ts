/** Shows what an operation would change before it does. */
import { type LabelPlane, type Patch, type PixelWindow, runOperation } from "../../model";
import type { OperationRequest } from "../operator";
import { planePart } from "../requests";
import type { Span } from "../work";
import type { ToolContext } from "./context";

/** Windows of more pixels are shown without a preview: it would be late. */
const MAX_PX = 512 * 512;

/** Draws the pixels that a request would change, and the box that was dragged, if there is one. */
export function showPreview<K extends "wand" | "threshold">(
  context: ToolContext,
  { op, plane, window, args }: OperationRequest<K>,
  box: PixelWindow | null,
): void {
  if (window.height * window.width > MAX_PX) {
    context.draw(box === null ? null : { kind: "box", window: box });
    return;
  }
  const part = planePart(context, plane, window);
  const patch = runOperation({ op, plane: part, args }) as Patch | null;
  const spans = patch === null ? [] : spansOf(part, patch);
  const { row, col } = window;
  const placed = spans.map(([r, start, end]): Span => [r + row, start + col, end + col]);
  context.draw({ kind: "area", spans: placed, window: box });
}

function spansOf(plane: LabelPlane, { window, labels }: Patch): Span[] {
  const spans: Span[] = [];
  for (let r = 0; r < window.height; r++) {
    const row = window.row + r;
    const isNew = (c: number) =>
      labels[r * window.width + c] !== plane.labels[row * plane.nCols + window.col + c];
    for (let c = 0; c < window.width; c++) {
      const start = c;
      while (c < window.width && isNew(c)) {
        c++;
      }
      if (c > start) {
        spans.push([row, window.col + start, window.col + c]);
      }
    }
  }
  return spans;
}
