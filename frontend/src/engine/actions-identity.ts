/** Requests that rename labels, in the frames that the option `frameScope` names. */
import { type PlaneName, unionOf } from "../model";
import type { OperationRequest } from "./operator";
import { windowOf } from "./requests";
import type { ToolContext } from "./tools/context";

/** Renames a label; 0 deletes it. */
export function replaceRequests(
  context: ToolContext,
  from: number,
  to: number,
): OperationRequest[] {
  return scopedPlanes(context).flatMap((plane) => {
    const window = windowOf(context, from, { plane });
    return window === null || from === to
      ? []
      : [{ op: "replace" as const, plane, window, args: { from, to } }];
  });
}

export function swapRequests(context: ToolContext, a: number, b: number): OperationRequest[] {
  return scopedPlanes(context).flatMap((plane) => {
    const window = unionOf(windowOf(context, a, { plane }), windowOf(context, b, { plane }));
    return window === null || b === 0
      ? []
      : [{ op: "swap" as const, plane, window, args: { a, b } }];
  });
}

/** The shown plane and, by the scope, those of other frames. */
function scopedPlanes(context: ToolContext): PlaneName[] {
  const { compartment, frame } = context.plane;
  const { frameScope } = context.snapshot.work.options;
  const isMeant = (other: number) =>
    other === frame ||
    frameScope === "all" ||
    (frameScope === "past" && other < frame) ||
    (frameScope === "future" && other > frame);
  return Array.from({ length: context.document.shape.nFrames }, (_, other) => other)
    .filter(isMeant)
    .map((other) => ({ compartment, frame: other }));
}
