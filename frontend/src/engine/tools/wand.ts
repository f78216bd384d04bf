/**
 * Magic wand: shows what it would take under the pointer and takes it at a click. Pressed and dragged
 * to the right it takes more, to the left less.
 */
import { grownWindow, isInside, type Pixel, pixelAt } from "../../model";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import { NO_IMAGE } from "../notices";
import type { OperationRequest } from "../operator";
import { imagePart, pixelIn } from "../requests";
import type { ToolContext } from "./context";
import { showPreview } from "./preview";
import { targetOf } from "./target";

type WandState = "idle" | "tuning";

/** So many CSS pixels to the side double the tolerance. */
const DOUBLE_PX = 80;
/** Nothing that is no click changes the tolerance. */
const CLICK_SLOP_PX = 4;
const LEAST_TOLERANCE = 0.005;

export function wandTool(context: ToolContext): Tool {
  let seed: Pixel = { row: 0, col: 0 };
  let start: ToolPointer | null = null;
  let tolerance = 0;

  const show = (pixel: Pixel, label: number): undefined => {
    const request = requestAt(context, pixel, label);
    if (request === null) {
      context.draw(null);
    } else {
      showPreview(context, request, null);
    }
  };
  const chart: Chart<WandState> = {
    id: "wand",
    initial: "idle",
    hovers: true,
    states: {
      idle: {
        move: ({ point }) => show(pixelAt(point), context.snapshot.selected || PREVIEW_LABEL),
        down: (pointer) => {
          seed = pixelAt(pointer.point);
          const isIn = isInside(seed, context.document.shape);
          if (!context.snapshot.editable || !isIn) {
            return undefined;
          }
          if (context.image() === null) {
            context.say(NO_IMAGE);
            return undefined;
          }
          start = pointer;
          tolerance = context.snapshot.work.options.wandTolerance;
          return "tuning";
        },
      },
      tuning: {
        move: ({ screen }) => {
          const across = screen.x - (start?.screen.x ?? screen.x);
          if (Math.abs(across) >= CLICK_SLOP_PX) {
            const tuned = tolerance * 2 ** (across / DOUBLE_PX);
            context.tuneWand(Math.min(1, Math.max(LEAST_TOLERANCE, tuned)));
          }
          return show(seed, context.snapshot.selected || PREVIEW_LABEL);
        },
        up: () => {
          context.draw(null);
          take(context, seed, start);
          return "idle";
        },
      },
    },
    abort: () => context.draw(null),
  };
  return runChart(chart);
}

/** A label that no plane holds: the preview looks for pixels that would change. */
const PREVIEW_LABEL = 0xffffffff;

function take(context: ToolContext, seed: Pixel, start: ToolPointer | null): void {
  const label = start === null ? 0 : targetOf(context, start.point);
  const request = requestAt(context, seed, label);
  if (request !== null) {
    context.operator.run("wand", request, () => context.select(label));
  }
}

function requestAt(
  context: ToolContext,
  pixel: Pixel,
  label: number,
): OperationRequest<"wand"> | null {
  const image = context.image();
  const { shape } = context.document;
  const { wandReachPx: reachPx, wandTolerance } = context.snapshot.work.options;
  const window = isInside(pixel, shape)
    ? grownWindow({ ...pixel, height: 1, width: 1 }, reachPx, shape)
    : null;
  if (image === null || window === null) {
    return null;
  }
  const args = {
    ...pixelIn(pixel, window),
    label,
    mode: context.snapshot.writeMode,
    image: imagePart(image.raster, window),
    tolerance: wandTolerance * image.range,
    reachPx,
  };
  return { op: "wand", plane: context.plane, window, args };
}
