/** Actions that take a label over from one plane to another: compartments, frames. */
import { type PlaneName, unionOf } from "../model";
import { NOTICES, SELECT_FIRST } from "./notices";
import type { OperationRequest } from "./operator";
import { planePart, wholePlane, windowOf } from "./requests";
import type { ToolContext } from "./tools/context";

/** Copies the selected label to the other compartment of this frame. */
export function copyToCompartment(context: ToolContext): boolean {
  const { compartment, frame } = context.plane;
  const other = context.compartments.find((name) => name !== compartment);
  return other === undefined
    ? refuse(context, "There is only one compartment to edit here.")
    : copyTo(context, { compartment: other, frame });
}

/** Copies the selected label to the next (1) or previous (-1) frame. */
export function copyToFrame(context: ToolContext, step: 1 | -1): boolean {
  const { compartment, frame } = context.plane;
  const to = frame + step;
  return to < 0 || to >= context.document.shape.nFrames
    ? refuse(context, "There is no such frame.")
    : copyTo(context, { compartment, frame: to });
}

function copyTo(context: ToolContext, to: PlaneName): boolean {
  const { selected: label, writeMode: mode } = context.snapshot;
  const window = windowOf(context, label);
  if (window === null) {
    return refuse(context, SELECT_FIRST);
  }
  const args = { source: planePart(context, context.plane, window), label, mode };
  return context.operator.run("copy", { op: "copy", plane: to, window, args });
}

/** Draws the selected label in the empty frames between the two nearest ones that hold it. */
export function interpolateSelected(context: ToolContext): boolean {
  const requests = interpolations(context);
  return requests.length === 0
    ? refuse(context, NOTICES.interpolate)
    : context.operator.runAll("interpolate", requests);
}

function interpolations(context: ToolContext): OperationRequest[] {
  const { selected: label, writeMode: mode } = context.snapshot;
  const { compartment, frame } = context.plane;
  const holds = (at: number) => context.document.index({ compartment, frame: at }).has(label);
  const frames = Array.from({ length: context.document.shape.nFrames }, (_, at) => at);
  const first = frames.findLast((at) => at < frame && holds(at)) ?? (holds(frame) ? frame : -1);
  const last = frames.find((at) => at > frame && holds(at)) ?? (holds(frame) ? frame : -1);
  if (label === 0 || first < 0 || last < 0 || last - first < 2) {
    return [];
  }
  const ends = [first, last].map((at) => ({ compartment, frame: at }));
  const [a, b] = ends.map((plane) => windowOf(context, label, { plane }));
  const window = unionOf(a ?? null, b ?? null) ?? wholePlane(context);
  const [before, after] = ends.map((plane) => planePart(context, plane, window));
  return frames
    .filter((at) => at > first && at < last && !holds(at))
    .map((at) => {
      const share = (at - first) / (last - first);
      const args = { before, after, share, label, mode };
      return { op: "interpolate" as const, plane: { compartment, frame: at }, window, args };
    });
}

/** The request that widens a nucleus (0: all of them) into cells; null without nuclei. */
export function expandRequest(
  context: ToolContext,
  label: number,
): OperationRequest<"expand"> | null {
  const { compartments, shape } = context.document;
  const { frame } = context.plane;
  const nuclei = { compartment: "nuclear", frame } as const;
  if (!compartments.includes("nuclear") || !context.compartments.includes("whole_cell")) {
    return null;
  }
  const { expandPx } = context.snapshot.work.options;
  const margin = 2 * Math.ceil(expandPx);
  const window = windowOf(context, label, { plane: nuclei, margin });
  if (window === null && label !== 0) {
    return null;
  }
  const seen = window ?? { row: 0, col: 0, height: shape.nRows, width: shape.nCols };
  const args = {
    nuclei: planePart(context, nuclei, seen),
    distancePx: expandPx,
    label,
    mode: context.snapshot.writeMode,
  };
  return { op: "expand", plane: { compartment: "whole_cell", frame }, window: seen, args };
}

function refuse(context: ToolContext, notice: string): false {
  context.say(notice);
  return false;
}
