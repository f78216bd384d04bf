/** Accepting cells as they are, one after the other. */
import type { ReviewQueue } from "./review";
import type { ToolContext } from "./tools/context";

export interface ReviewContext extends ToolContext {
  readonly review: ReviewQueue;
  setChecked(labels: Iterable<number>): void;
  showSelected(): boolean;
}

/** Marks the selected label as checked and goes to the next unchecked one. */
export function acceptSelected(context: ReviewContext): boolean {
  const { selected, work } = context.snapshot;
  if (context.document.index(context.plane).has(selected)) {
    context.setChecked([...work.checked, selected]);
  }
  return nextUnchecked(context) || selected !== 0;
}

/** Selects and shows the unchecked label with the most doubt; false when there is none. */
export function nextUnchecked(context: ReviewContext): boolean {
  const { nEdits, work } = context.snapshot;
  const index = context.document.index(context.plane);
  const label = context.review.next(index, nEdits, work.checked);
  context.select(label);
  if (label === 0) {
    context.say("Every cell of this frame is checked.");
    return false;
  }
  return context.showSelected();
}

/** Takes the mark off the selected label. */
export function uncheckSelected(context: ReviewContext): boolean {
  const { selected, work } = context.snapshot;
  if (!work.checked.has(selected)) {
    return false;
  }
  context.setChecked([...work.checked].filter((label) => label !== selected));
  return true;
}
