/** Divisions: which daughters a parent has. Each change is one step. */
import { type Division, divisionKey, isMarkable, MAX_DAUGHTERS } from "../model";
import type { ToolContext } from "./tools/context";

/** The division by which a parent has daughters in the shown frame, else its only one. */
export function divisionOf(context: ToolContext, parent: number): Division | undefined {
  const own = context.snapshot.marks.divisions.filter((division) => division.parent === parent);
  const here = own.find(({ frame }) => frame === context.plane.frame);
  return here ?? own[0];
}

/** Adds a daughter in the frame that is shown. */
export function addDaughter(context: ToolContext, parent: number, daughter: number): boolean {
  const { compartment, frame } = context.plane;
  const said = refusal(context, parent, daughter);
  if (said !== null) {
    context.say(said);
    return false;
  }
  const key = divisionKey(compartment, parent, frame);
  const held = divisionOf(context, parent);
  const daughters = held?.frame === frame ? held.daughters : [];
  const next = [...new Set([...daughters, daughter])].sort((a, b) => a - b);
  return context.mark("division", [[key, { daughters: next.slice(0, MAX_DAUGHTERS) }]]);
}

function refusal(context: ToolContext, parent: number, daughter: number): string | null {
  if (parent === daughter) {
    return "A cell is not its own daughter. Give the daughter a new label first.";
  }
  if (context.plane.frame === 0) {
    return "Daughters appear after the first frame. Go to the frame where they do.";
  }
  return isMarkable(parent) && isMarkable(daughter)
    ? null
    : "These labels are too large to be marked.";
}

/** Takes a daughter away; the last one takes the division with it. */
export function removeDaughter(
  context: ToolContext,
  { compartment, parent, frame, daughters }: Division,
  daughter: number,
): boolean {
  const left = daughters.filter((label) => label !== daughter);
  const value = left.length === 0 ? null : { daughters: left };
  return context.mark("division", [[divisionKey(compartment, parent, frame), value]]);
}

/** The selected label is nobody's daughter any more. */
export function orphanSelected(context: ToolContext): boolean {
  const { selected, marks } = context.snapshot;
  const own = marks.divisions.filter(({ daughters }) => daughters.includes(selected));
  const entries = own.map(({ compartment, parent, frame, daughters }) => {
    const left = daughters.filter((label) => label !== selected);
    const value = left.length === 0 ? null : { daughters: left };
    return [divisionKey(compartment, parent, frame), value] as const;
  });
  return context.mark("division", entries);
}
