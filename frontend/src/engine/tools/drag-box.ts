/** Tools that drag a box: threshold, delete. */
import { isInside, type Pixel, type PixelWindow, pixelAt } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";

type BoxState = "idle" | "dragging";

export function boxTool(
  context: ToolContext,
  id: string,
  act: (context: ToolContext, box: PixelWindow, start: ToolPointer) => void,
  show: (context: ToolContext, box: PixelWindow) => void = showBox,
): Tool {
  let start: ToolPointer | null = null;
  let box: PixelWindow | null = null;

  const follow = ({ point }: ToolPointer): undefined => {
    if (start !== null) {
      box = boxBetween(context, pixelAt(start.point), pixelAt(point));
      show(context, box);
    }
  };
  const chart: Chart<BoxState> = {
    id,
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          const isIn = isInside(pixelAt(pointer.point), context.document.shape);
          if (!context.snapshot.editable || !isIn) {
            return undefined;
          }
          start = pointer;
          follow(pointer);
          return "dragging";
        },
      },
      dragging: {
        move: follow,
        up: (pointer) => {
          if (pointer.trail.length > 0) {
            follow(pointer);
          }
          context.draw(null);
          if (box !== null && start !== null) {
            act(context, box, start);
          }
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}

function showBox(context: ToolContext, window: PixelWindow): void {
  context.draw({ kind: "box", window });
}

/** The box with both pixels in it, cut to the image. */
function boxBetween(context: ToolContext, a: Pixel, b: Pixel): PixelWindow {
  const { nRows, nCols } = context.document.shape;
  const kept = ({ row, col }: Pixel): Pixel => ({
    row: Math.min(nRows - 1, Math.max(0, row)),
    col: Math.min(nCols - 1, Math.max(0, col)),
  });
  const [p, q] = [kept(a), kept(b)];
  const row = Math.min(p.row, q.row);
  const col = Math.min(p.col, q.col);
  return { row, col, height: Math.abs(p.row - q.row) + 1, width: Math.abs(p.col - q.col) + 1 };
}
