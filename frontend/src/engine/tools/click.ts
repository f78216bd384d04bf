/** Tools that do their work where the pointer goes down: flood, trim, expand, replace, swap. */
import { isInside, type Pixel, pixelAt } from "../../model";
import { rename, swap } from "../actions-identity";
import { expandRequest } from "../actions-planes";
import { type Chart, runChart, type Tool, type ToolPointer } from "../chart";
import { SELECT_FIRST } from "../notices";
import { pixelIn, wholePlane, windowOf } from "../requests";
import type { ToolContext } from "./context";
import { selectedOrNew } from "./target";

type ClickState = "idle";

/** A tool that acts at once on a pixel of the image. */
export function clickTool(
  context: ToolContext,
  id: string,
  act: (context: ToolContext, pixel: Pixel, pointer: ToolPointer) => void,
): Tool {
  const chart: Chart<ClickState> = {
    id,
    initial: "idle",
    states: {
      idle: {
        down: (pointer) => {
          const pixel = pixelAt(pointer.point);
          if (context.snapshot.editable && isInside(pixel, context.document.shape)) {
            act(context, pixel, pointer);
          }
          return undefined;
        },
      },
    },
    abort: () => {},
  };
  return runChart(chart);
}

export function floodAt(context: ToolContext, pixel: Pixel, { point }: ToolPointer): void {
  const label = selectedOrNew(context, point);
  const { writeMode: mode } = context.snapshot;
  const old = context.labelAt(point);
  // A flooded label lies within its own window; background may go anywhere.
  const window = windowOf(context, old, { margin: 1 }) ?? wholePlane(context);
  const args = { ...pixelIn(pixel, window), label, mode };
  context.operator.run("flood", { op: "flood", plane: context.plane, window, args }, () =>
    context.select(label),
  );
}

export function trimAt(context: ToolContext, pixel: Pixel, { point }: ToolPointer): void {
  const label = context.labelAt(point);
  const window = windowOf(context, label);
  if (window === null) {
    return;
  }
  context.select(label);
  const args = { ...pixelIn(pixel, window), label };
  context.operator.run("trim", { op: "trim", plane: context.plane, window, args });
}

export function expandAt(context: ToolContext, pixel: Pixel): void {
  const nuclei = { compartment: "nuclear", frame: context.plane.frame } as const;
  const label = context.document.compartments.includes("nuclear")
    ? context.document.labelAt(nuclei, pixel)
    : 0;
  const request = expandRequest(context, label);
  if (request === null) {
    context.say(SELECT_FIRST);
  } else {
    context.operator.run("expand", request, () => context.select(label));
  }
}

export function replaceAt(context: ToolContext, _pixel: Pixel, { point }: ToolPointer): void {
  const { selected } = context.snapshot;
  const from = context.labelAt(point);
  if (selected === 0) {
    context.select(from);
  } else {
    rename(context, "replace", from, selected);
  }
}

export function swapAt(context: ToolContext, _pixel: Pixel, { point }: ToolPointer): void {
  const { selected } = context.snapshot;
  const other = context.labelAt(point);
  if (selected === 0) {
    context.select(other);
  } else {
    swap(context, selected, other);
  }
}
