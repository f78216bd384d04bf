/** Accepting cells as they are, one after the other. */
import { markLabel } from "./actions-marks";
import type { ReviewQueue } from "./review";
import type { ToolContext } from "./tools/context";

export interface ReviewContext extends ToolContext {
  readonly review: ReviewQueue;
  showSelected(): boolean;
}

/** Marks the selected label as checked and goes to the next unchecked one. */
export function acceptSelected(context: ReviewContext): boolean {
  const { selected, editable } = context.snapshot;
  if (editable && selected !== 0) {
    markLabel(context, "checked", selected, true);
  }
  return nextUnchecked(context) || selected !== 0;
}

/** Selects and shows the unchecked label with the most doubt; false when there is none. */
export function nextUnchecked(context: ReviewContext): boolean {
  const index = context.document.index(context.plane);
  const label = context.review.next(
    index,
    context.plane.compartment,
    context.snapshot.marks.checked,
  );
  context.select(label);
  if (label === 0) {
    context.say("Every cell of this frame is checked.");
    return false;
  }
  return context.showSelected();
}

/** Takes the mark off the selected label. */
export function uncheckSelected(context: ReviewContext): boolean {
  return markLabel(context, "checked", context.snapshot.selected, null);
}
