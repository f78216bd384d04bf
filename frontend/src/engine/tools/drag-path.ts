/** Tools that drag a line: split, delete in a lasso. */
import type { Point } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";

type PathState = "idle" | "drawing";

export interface PathToolOptions {
  readonly id: string;
  readonly closes: boolean;
  readonly act: (context: ToolContext, points: readonly Point[]) => void;
}

export function pathTool(context: ToolContext, { id, closes, act }: PathToolOptions): Tool {
  let points: Point[] = [];
  const follow = ({ trail }: ToolPointer): undefined => {
    points.push(...trail);
    context.draw({ kind: "path", points: points.slice(), closes });
  };
  const chart: Chart<PathState> = {
    id,
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          if (!context.snapshot.editable) {
            return undefined;
          }
          points = [];
          follow(pointer);
          return "drawing";
        },
      },
      drawing: {
        move: follow,
        up: (pointer) => {
          follow(pointer);
          context.draw(null);
          act(context, points);
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}
