/**
 * Select. A click selects the label under it (background: none), a second one the label that the
 * other compartment has there; a drag moves the view.
 */
import { type Point, pixelAt } from "../../model";
import { pannedBy } from "../camera";
import { type Chart, runChart, type Tool } from "../chart";
import type { ScreenPoint } from "../inputs";
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
    looksOnly: true,
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
          pick(context, point);
          return "idle";
        },
      },
      dragging: { move: drag, up: () => "idle" },
    },
    abort: () => {},
  };
  return runChart(chart);
}

function pick(context: ToolContext, point: Point): void {
  const label = context.labelAt(point);
  const { compartment, frame } = context.plane;
  const other = context.compartments.find((name) => name !== compartment);
  const beneath =
    other === undefined || label === 0 || label !== context.snapshot.selected
      ? 0
      : context.document.labelAt({ compartment: other, frame }, pixelAt(point));
  if (other !== undefined && beneath !== 0) {
    context.showCompartment(other);
    context.select(beneath);
  } else {
    context.select(label);
  }
}
