/** Which label a shape belongs to. */
import type { Point } from "../../model";
import type { ToolContext } from "./context";

/**
 * The selected label; with `newPerShape` only when the shape starts on it. Else a new label, which
 * is selected once the shape is there.
 */
export function targetOf(context: ToolContext, start: Point): number {
  const { selected, work } = context.snapshot;
  const goesOn =
    selected !== 0 && (!work.options.newPerShape || context.labelAt(start) === selected);
  const label = goesOn ? selected : context.document.nextLabel();
  context.introduce(label, start);
  return label;
}

/** The selected label, or a new one. */
export function selectedOrNew(context: ToolContext, start: Point): number {
  const label = context.snapshot.selected || context.document.nextLabel();
  context.introduce(label, start);
  return label;
}
