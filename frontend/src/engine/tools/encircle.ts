/**
 * Encircle: click, move round the cell with no button held, and click again or come back to the
 * start; or drag round it and let go. Begun with Alt, it takes pixels away.
 */
import type { Point } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import type { ScreenPoint } from "../inputs";
import type { ToolContext } from "./context";
import { paintShape } from "./paint-shape";

type EncircleState = "idle" | "pressed" | "dragging" | "tracing";

/** A pointer that moves less than this many CSS pixels still clicks. */
const CLICK_SLOP_PX = 4;
/** So near to its start, in CSS pixels, a line that was this far away closes by itself. */
const CLOSE_PX = 6;
const FAR_PX = 24;

export function encircleTool(context: ToolContext): Tool {
  let points: Point[] = [];
  let start: ScreenPoint = { x: 0, y: 0 };
  let farthest = 0;
  let erases = false;
  /** Where a shape closed by itself: the click that was to close it may still come. */
  let closedAt: ScreenPoint | null = null;

  const isLateClick = ({ screen }: ToolPointer): boolean => {
    const at = closedAt;
    closedAt = null;
    return at !== null && Math.hypot(screen.x - at.x, screen.y - at.y) < CLOSE_PX;
  };
  const follow = ({ trail, screen }: ToolPointer): number => {
    points.push(...trail);
    context.draw({ kind: "path", points: points.slice(), closes: true });
    const away = Math.hypot(screen.x - start.x, screen.y - start.y);
    farthest = Math.max(farthest, away);
    return away;
  };
  const close = (): EncircleState => {
    paintShape(context, { tool: "encircle", points, erases });
    return "idle";
  };
  const chart: Chart<EncircleState> = {
    id: "encircle",
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          if (isLateClick(pointer) || !context.snapshot.editable) {
            return undefined;
          }
          points = [];
          start = pointer.screen;
          erases = pointer.modifiers.alt === true;
          farthest = 0;
          follow(pointer);
          return "pressed";
        },
      },
      pressed: {
        move: (pointer) => (follow(pointer) < CLICK_SLOP_PX ? undefined : "dragging"),
        up: () => "tracing",
      },
      dragging: {
        move: (pointer) => {
          follow(pointer);
          return undefined;
        },
        up: (pointer) => {
          follow(pointer);
          return close();
        },
      },
      tracing: {
        move: (pointer) => {
          const away = follow(pointer);
          if (away >= CLOSE_PX || farthest <= FAR_PX) {
            return undefined;
          }
          closedAt = start;
          return close();
        },
        down: (pointer) => {
          follow(pointer);
          return close();
        },
        finish: close,
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
