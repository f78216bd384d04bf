/** Watershed split: one click in each of two cells that share a label. */
import { type Pixel, pixelAt } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import { NO_IMAGE, NOTICES } from "../notices";
import { imagePart, pixelIn, windowOf } from "../requests";
import type { ToolContext } from "./context";

type WatershedState = "idle" | "marked";

export function watershedTool(context: ToolContext): Tool {
  let first: Pixel = { row: 0, col: 0 };

  const mark = ({ point }: ToolPointer): WatershedState | undefined => {
    const label = context.labelAt(point);
    if (!context.snapshot.editable || label === 0) {
      return undefined;
    }
    first = pixelAt(point);
    context.select(label);
    context.draw({ kind: "marks", pixels: [first] });
    return "marked";
  };
  const chart: Chart<WatershedState> = {
    id: "watershed",
    initial: "idle",
    states: {
      idle: { down: mark },
      marked: {
        down: (pointer) => {
          const label = context.document.labelAt(context.plane, first);
          if (context.labelAt(pointer.point) !== label) {
            context.say(NOTICES.watershed);
            return undefined;
          }
          context.draw(null);
          splitBetween(context, label, [first, pixelAt(pointer.point)]);
          return "idle";
        },
        back: () => {
          context.draw(null);
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}

function splitBetween(
  context: ToolContext,
  label: number,
  [first, second]: readonly [Pixel, Pixel],
): void {
  const image = context.image();
  const window = windowOf(context, label);
  if (image === null || window === null) {
    context.say(NO_IMAGE);
    return;
  }
  const args = {
    image: imagePart(image.raster, window),
    label,
    newLabel: context.document.nextLabel(),
    first: pixelIn(first, window),
    second: pixelIn(second, window),
  };
  const request = { op: "watershed" as const, plane: context.plane, window, args };
  context.operator.run("watershed", request);
}
