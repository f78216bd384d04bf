/** Merge: drag from one cell to another, or click what belongs to the selected one. */
import { centreOf, type Point, pixelAt } from "../../model";
import { rename } from "../actions-identity";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import { windowOf } from "../requests";
import type { ToolContext } from "./context";

type MergeState = "idle" | "pressed";

export function mergeTool(context: ToolContext): Tool {
  let from = 0;
  let start: Point = { x: 0, y: 0 };

  const end = ({ point }: ToolPointer): MergeState => {
    context.draw(null);
    const { selected } = context.snapshot;
    const to = context.labelAt(point);
    if (to !== 0 && to !== from) {
      merge(context, from, to);
    } else if (to === from && selected !== from && windowOf(context, selected) !== null) {
      merge(context, selected, from);
    } else if (to === from) {
      context.select(from);
    }
    return "idle";
  };
  const chart: Chart<MergeState> = {
    id: "merge",
    initial: "idle",
    states: {
      idle: {
        down: ({ point }) => {
          from = context.labelAt(point);
          start = centreOf(pixelAt(point));
          return context.snapshot.editable && from !== 0 ? "pressed" : undefined;
        },
      },
      pressed: {
        move: ({ point }) => {
          context.draw({ kind: "path", points: [start, point], closes: false });
          return undefined;
        },
        up: end,
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}

/** The first keeps its label. */
function merge(context: ToolContext, label: number, other: number): void {
  if (rename(context, "merge", other, label)) {
    context.select(label);
  }
}
