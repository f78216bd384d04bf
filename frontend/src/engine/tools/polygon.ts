/**
 * Polygon: a click per corner, the first with Alt to take pixels away. A click on the first corner, two on one place or Enter close
 * it.
 */
import type { Point } from "../../model";
import { toScreen } from "../camera";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ToolContext } from "./context";
import { paintShape } from "./paint-shape";

type PolygonState = "idle" | "open";

/** Corners nearer than this many CSS pixels are one. */
const SAME_PX = 6;

export function polygonTool(context: ToolContext): Tool {
  let corners: Point[] = [];
  let erases = false;

  const show = (next: readonly Point[]): void => {
    context.draw({ kind: "path", points: [...corners, ...next], closes: true });
  };
  const close = (): PolygonState => {
    paintShape(context, { tool: "polygon", points: corners, erases });
    return "idle";
  };
  const isAt = (corner: Point | undefined, { screen }: ToolPointer): boolean => {
    if (corner === undefined) {
      return false;
    }
    const at = toScreen(context.snapshot.camera, corner);
    return Math.hypot(at.x - screen.x, at.y - screen.y) < SAME_PX;
  };
  const chart: Chart<PolygonState> = {
    id: "polygon",
    initial: "idle",
    states: {
      idle: {
        down: ({ point, modifiers }) => {
          if (!context.snapshot.editable) {
            return undefined;
          }
          erases = modifiers.alt === true;
          corners = [point];
          show([]);
          return "open";
        },
      },
      open: {
        move: ({ point }) => {
          show([point]);
          return undefined;
        },
        down: (pointer) => {
          if (isAt(corners[0], pointer) || isAt(corners[corners.length - 1], pointer)) {
            return close();
          }
          corners.push(pointer.point);
          show([]);
          return undefined;
        },
        finish: close,
        back: () => {
          corners.pop();
          show([]);
          if (corners.length > 0) {
            return undefined;
          }
          context.draw(null);
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}
