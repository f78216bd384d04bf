/** Pan: the image follows the pointer. Also at work for the middle button and while space is held. */
import { pannedBy } from "../camera";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ScreenPoint } from "../inputs";
import type { ToolContext } from "./context";

type PanState = "idle" | "dragging";

export function panTool(context: ToolContext): Tool {
  let last: ScreenPoint = { x: 0, y: 0 };
  const follow = ({ screen }: ToolPointer): undefined => {
    const { camera } = context.snapshot;
    context.setCamera(pannedBy(camera, screen.x - last.x, screen.y - last.y));
    last = screen;
  };
  const chart: Chart<PanState> = {
    id: "pan",
    initial: "idle",
    looksOnly: true,
    states: {
      idle: {
        down: ({ screen }) => {
          last = screen;
          return "dragging";
        },
      },
      dragging: { move: follow, up: () => "idle" },
    },
    abort: () => {},
  };
  return runChart(chart);
}
