/** Renames labels in the frames that the option `frameScope` names, and their marks with them. */
import { type PlaneName, unionOf } from "../model";
import { SELECT_FIRST } from "./notices";
import type { OperationRequest } from "./operator";
import { windowOf } from "./requests";
import type { ToolContext } from "./tools/context";

/** Renames a label as one step; 0 deletes it. False when no frame of the scope holds it. */
export function rename(context: ToolContext, tool: string, from: number, to: number): boolean {
  const requests = scopedPlanes(context).flatMap((plane): OperationRequest[] => {
    const window = windowOf(context, from, { plane });
    return window === null || from === to
      ? []
      : [{ op: "replace", plane, window, args: { from, to } }];
  });
  return run(context, tool, requests, new Map([[from, to]]));
}

/** Exchanges two labels as one step. */
export function swap(context: ToolContext, a: number, b: number): boolean {
  const requests = scopedPlanes(context).flatMap((plane): OperationRequest[] => {
    const window = unionOf(windowOf(context, a, { plane }), windowOf(context, b, { plane }));
    return window === null || b === 0 || a === b
      ? []
      : [{ op: "swap", plane, window, args: { a, b } }];
  });
  const names = new Map([
    [a, b],
    [b, a],
  ]);
  return run(context, "swap", requests, names);
}

/** Gives the selected label a fresh name, and selects it. */
export function renewSelected(context: ToolContext): boolean {
  const { selected } = context.snapshot;
  const label = context.document.nextLabel();
  if (selected === 0 || !rename(context, "renew", selected, label)) {
    context.say(SELECT_FIRST);
    return false;
  }
  context.select(label);
  return true;
}

function run(
  context: ToolContext,
  tool: string,
  requests: readonly OperationRequest[],
  names: ReadonlyMap<number, number>,
): boolean {
  const { compartment } = context.plane;
  const frames = new Set(scopedPlanes(context).map(({ frame }) => frame));
  const entries = context.marksOfRenaming({ compartment, names, frames });
  return requests.length > 0 && context.operator.runAll(tool, requests, entries);
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
