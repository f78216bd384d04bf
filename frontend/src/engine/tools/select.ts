/** Select. A click selects the label under it (background: none); a drag moves the view. */
import { pannedBy } from "../camera";
import { type Chart, runChart, type Tool } from "../chart";
import type { ScreenPoint } from "../types";
import type { ToolContext } from "./context";

type SelectState = "idle" | "pressed" | "dragging";

/** A pointer that moves less than this many CSS pixels still clicks. */
const CLICK_SLOP_PX = 4;

export function selectTool(context: ToolContext): Tool {
  let start: ScreenPoint = { x: 0, y: 0 };
  let last = start;

  const drag = ({ screen }: { screen: ScreenPoint }): undefined => {
    const { camera } = context.snapshot;
    context.setCamera(pannedBy(camera, screen.x - last.x, screen.y - last.y));
    last = screen;
  };

  const chart: Chart<SelectState> = {
    id: "select",
    initial: "idle",
    states: {
      idle: {
        down: ({ screen }) => {
          start = screen;
          last = screen;
          return "pressed";
        },
      },
      pressed: {
        move: (pointer) => {
          const { screen } = pointer;
          if (Math.hypot(screen.x - start.x, screen.y - start.y) < CLICK_SLOP_PX) {
            return undefined;
          }
          drag(pointer);
          return "dragging";
        },
        up: ({ point }) => {
          context.select(context.labelAt(point));
          return "idle";
        },
      },
      dragging: { move: drag, up: () => "idle" },
    },
    abort: () => {},
  };
  return runChart(chart);
}
