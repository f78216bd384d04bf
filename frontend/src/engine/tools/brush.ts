/**
 * Brush. It paints the selected label. With none selected (or always, as an option) the place where
 * the stroke starts decides: on a cell it goes on with that cell, on background it makes a new one.
 * Alt, or the eraser's button of a pen, turns one stroke into an erasing one.
 */
import type { Fill, Point } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";
import { Eraser } from "./erase";
import { StrokeGesture } from "./stroke";

type BrushState = "idle" | "painting" | "erasing";

const PEN_ERASER_BUTTON = 5;

export function brushTool(context: ToolContext): Tool {
  let stroke: StrokeGesture | null = null;
  let fill: Fill = { label: 0 };
  const eraser = new Eraser(context);

  const paint = ({ trail }: ToolPointer): undefined => {
    for (const point of trail) {
      stroke?.moveTo(point, fill);
    }
  };

  const begin = (pointer: ToolPointer): BrushState | undefined => {
    if (!context.snapshot.editable) {
      return undefined;
    }
    if (pointer.modifiers.alt === true || pointer.button === PEN_ERASER_BUTTON) {
      eraser.begin(pointer);
      return "erasing";
    }
    fill = fillFor(context, pointer.point);
    stroke = new StrokeGesture(context);
    paint(pointer);
    return "painting";
  };

  const chart: Chart<BrushState> = {
    id: "brush",
    initial: "idle",
    states: {
      idle: { down: begin },
      painting: {
        move: paint,
        up: (pointer) => {
          paint(pointer);
          stroke?.finish("brush");
          return "idle";
        },
      },
      erasing: {
        move: (pointer) => eraser.move(pointer),
        up: (pointer) => {
          eraser.finish(pointer);
          return "idle";
        },
      },
    },
    abort: (state) => (state === "erasing" ? eraser.cancel() : stroke?.cancel()),
  };
  return runChart(chart);
}

/** Selects the label of the stroke and says which pixels take it. */
function fillFor(context: ToolContext, start: Point): Fill {
  const { selected, contextBrush, writeMode } = context.snapshot;
  const chosen = contextBrush ? 0 : selected;
  const label = chosen || context.labelAt(start) || context.document.nextLabel();
  context.introduce(label, start);
  context.select(label);
  return writeMode === "protect" ? { label, only: 0 } : { label };
}
