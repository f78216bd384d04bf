/** One tool of each kind. */
import type { Tool } from "../chart";
import type { ToolId } from "../tool-list";
import { brushTool } from "./brush";
import { clickTool, expandAt, floodAt, replaceAt, swapAt, trimAt } from "./click";
import type { ToolContext } from "./context";
import { boxTool } from "./drag-box";
import { pathTool } from "./drag-path";
import { encircleTool } from "./encircle";
import { eraseTool } from "./erase";
import { mergeTool } from "./merge";
import { panTool } from "./pan";
import { polygonTool } from "./polygon";
import { deleteInBox, deleteInLasso, previewThreshold, splitAlong, thresholdIn } from "./regions";
import { daughterAt, ignoreBox, ignoreLasso, noteTool, typeAt } from "./say";
import { selectTool } from "./select";
import { wandTool } from "./wand";
import { watershedTool } from "./watershed";

export function makeTools(context: ToolContext): Readonly<Record<ToolId, Tool>> {
  return {
    select: selectTool(context),
    pan: panTool(context),
    brush: brushTool(context),
    erase: eraseTool(context),
    encircle: encircleTool(context),
    polygon: polygonTool(context),
    flood: clickTool(context, "flood", floodAt),
    trim: clickTool(context, "trim", trimAt),
    threshold: boxTool(context, "threshold", thresholdIn, previewThreshold),
    wand: wandTool(context),
    expand: clickTool(context, "expand", expandAt),
    watershed: watershedTool(context),
    split: pathTool(context, { id: "split", closes: false, act: splitAlong }),
    merge: mergeTool(context),
    replace: clickTool(context, "replace", replaceAt),
    swap_labels: clickTool(context, "swap_labels", swapAt),
    delete_box: boxTool(context, "delete_box", deleteInBox),
    type: clickTool(context, "type", typeAt),
    note: noteTool(context),
    daughter: clickTool(context, "daughter", daughterAt),
    ignore_box: boxTool(context, "ignore_box", ignoreBox),
    ignore_lasso: pathTool(context, { id: "ignore_lasso", closes: true, act: ignoreLasso }),
    predict_box: boxTool(context, "predict_box", (_, box) => context.predict(box)),
    delete_lasso: pathTool(context, { id: "delete_lasso", closes: true, act: deleteInLasso }),
  };
}
