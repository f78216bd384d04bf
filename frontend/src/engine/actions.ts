/** Actions on the selected label that need no pointer. Each is one undo step. */
import { rename } from "./actions-identity";
import { expandRequest } from "./actions-planes";
import { NO_IMAGE, NOTICES, SELECT_FIRST } from "./notices";
import { autofitWindow, imagePart, windowOf } from "./requests";
import type { ToolContext } from "./tools/context";

/** Deletes the selected label from the frames of the scope; false when none of them holds it. */
export function deleteSelected(context: ToolContext): boolean {
  const isDone = rename(context, "delete", context.snapshot.selected, 0);
  if (isDone) {
    context.select(0);
  }
  return isDone;
}

export const fillSelected = (context: ToolContext) => reshapeSelected(context, "fill_holes");
export const growSelected = (context: ToolContext) => reshapeSelected(context, "grow");
export const shrinkSelected = (context: ToolContext) => reshapeSelected(context, "shrink");
export const smoothSelected = (context: ToolContext) => reshapeSelected(context, "smooth");

function reshapeSelected(
  context: ToolContext,
  op: "fill_holes" | "grow" | "shrink" | "smooth",
): boolean {
  const { selected: label, writeMode: mode, work } = context.snapshot;
  const { smoothRadiusPx: radiusPx } = work.options;
  const window = windowOf(context, label, { margin: 2 * radiusPx + 1 });
  if (window === null) {
    context.say(SELECT_FIRST);
    return false;
  }
  const args = { label, mode, radiusPx };
  return context.operator.run(op, { op, plane: context.plane, window, args });
}

/** Fits the selected label to the image. */
export function autofitSelected(context: ToolContext): boolean {
  const { selected: label, writeMode: mode } = context.snapshot;
  const window = autofitWindow(context, label);
  const image = context.image();
  if (window === null || image === null) {
    context.say(window === null ? SELECT_FIRST : NO_IMAGE);
    return false;
  }
  const args = { label, mode, image: imagePart(image.raster, window) };
  return context.operator.run("autofit", { op: "autofit", plane: context.plane, window, args });
}

/** Widens every nucleus into a cell. */
export function expandAll(context: ToolContext): boolean {
  const request = expandRequest(context, 0);
  if (request === null) {
    context.say(NOTICES.expand);
    return false;
  }
  return context.operator.run("expand", request);
}

/** Widens the nucleus of the selected label into a cell. */
export function expandSelected(context: ToolContext): boolean {
  const { selected } = context.snapshot;
  const request = selected === 0 ? null : expandRequest(context, selected);
  if (request === null) {
    context.say(NOTICES.expand);
    return false;
  }
  return context.operator.run("expand", request);
}

/** The existing label after or before the selected one, round the end; false without labels. */
export function selectNeighbour(context: ToolContext, step: 1 | -1): boolean {
  const label = context.document
    .index(context.plane)
    .neighbourInOrder(context.snapshot.selected, step);
  context.select(label);
  return label !== 0;
}
