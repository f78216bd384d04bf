/** Actions on the selected label that need no pointer. Each is one undo step. */
import type { ToolContext } from "./tools/context";

/** Deletes the selected label from the plane that is shown; false when it has no pixel there. */
export function deleteSelected(context: ToolContext): boolean {
  const { selected, editable } = context.snapshot;
  const { document, plane } = context;
  const instance = document.index(plane).get(selected);
  if (!editable || instance === null) {
    return false;
  }
  const { row, col, height, width } = instance.window;
  const gesture = document.begin();
  const writer = gesture.writer(plane);
  for (let r = row; r < row + height; r++) {
    writer.fillSpan(r, col, col + width, { label: 0, only: selected });
  }
  context.commit("delete", gesture.finish());
  context.select(0);
  return true;
}

/** The existing label after or before the selected one, round the end; false without labels. */
export function selectNeighbour(context: ToolContext, step: 1 | -1): boolean {
  const label = context.document
    .index(context.plane)
    .neighbourInOrder(context.snapshot.selected, step);
  context.select(label);
  return label !== 0;
}
