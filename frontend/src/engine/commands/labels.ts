/** What is done to the selected label, and the way from one label to the next. */
import {
  autofitSelected,
  deleteSelected,
  expandAll,
  expandSelected,
  fillSelected,
  growSelected,
  shrinkSelected,
  smoothSelected,
} from "../actions";
import { orphanSelected } from "../actions-divisions";
import { renewSelected } from "../actions-identity";
import {
  chooseType,
  deleteRegion,
  flagSelected,
  noteSelected,
  typeOfDigit,
  typeSelected,
} from "../actions-marks";
import { copyToCompartment, copyToFrame, interpolateSelected } from "../actions-planes";
import {
  acceptSelected,
  nextUnchecked,
  type ReviewContext,
  uncheckSelected,
} from "../actions-review";
import { type Command, command } from "./command";

const group = "labels";
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export const LABEL_COMMANDS: readonly Command[] = [
  command({ group, id: "label.new", label: "New label", keys: ["N"] }, (editor) =>
    editor.steps.newLabel(),
  ),
  edit("label.delete", "Delete the selected label or region", ["Delete", "Backspace"], (context) =>
    context.snapshot.work.selectedRegion === null ? deleteSelected(context) : deleteRegion(context),
  ),
  edit("label.renew", "Give the cell a new label", ["Mod+Shift+U"], renewSelected),
  edit("label.fill_holes", "Fill holes", ["Shift+F"], fillSelected),
  edit("label.grow", "Grow by a pixel", ["Shift+Q"], growSelected),
  edit("label.shrink", "Shrink by a pixel", ["Q"], shrinkSelected),
  edit("label.smooth", "Smooth the outline", ["Shift+G"], smoothSelected),
  edit("label.autofit", "Fit to the image", ["Shift+M"], autofitSelected),
  edit("label.expand", "Cell from the selected nucleus", ["Shift+N"], expandSelected),
  edit("label.expand_all", "Cells from all nuclei", ["Mod+Shift+E"], expandAll),
  edit(
    "label.copy_to_compartment",
    "Copy to the other compartment",
    ["Shift+C"],
    copyToCompartment,
  ),
  edit("label.copy_to_next", "Copy to the next frame", ["Shift+ArrowRight"], (context) =>
    copyToFrame(context, 1),
  ),
  edit("label.copy_to_previous", "Copy to the previous frame", ["Shift+ArrowLeft"], (context) =>
    copyToFrame(context, -1),
  ),
  edit("label.interpolate", "Interpolate between frames", ["Shift+I"], interpolateSelected),
  command(
    { group, id: "review.accept", label: "Accept the cell and go to the next", keys: ["Enter"] },
    // Enter closes a shape in progress first.
    (editor) => editor.steps.finish() || editor.steps.look(acceptSelected),
  ),
  look("review.next", "Next unchecked cell", ["J"], nextUnchecked),
  edit("review.uncheck", "Take back the check of the cell", ["Shift+J"], uncheckSelected),
  ...DIGITS.map((digit) =>
    edit(`type.${digit}`, `Cell type ${digit}`, [`${digit}`], (context) =>
      chooseType(context, typeOfDigit(context, digit)),
    ),
  ),
  edit("type.clear", "No cell type", ["0"], (context) => typeSelected(context, null)),
  edit("label.uncertain", "Flag as uncertain, or take the flag off", ["'"], flagSelected),
  edit("note.add", "Note on the selected label", ["Mod+Shift+A"], noteSelected),
  edit("division.remove", "No daughter any more", ["Mod+Shift+Y"], orphanSelected),
  command({ group, id: "label.next", label: "Next label", keys: ["]"] }, (editor) =>
    editor.steps.selectNeighbour(1),
  ),
  command({ group, id: "label.previous", label: "Previous label", keys: ["["] }, (editor) =>
    editor.steps.selectNeighbour(-1),
  ),
  command({ group, id: "label.show", label: "Show the selected label", keys: ["L"] }, (editor) =>
    editor.showSelected(),
  ),
];

type Action = (context: ReviewContext) => boolean;

function edit(id: string, label: string, keys: readonly string[], action: Action): Command {
  return command({ group, id, label, keys }, (editor) => editor.steps.edit(action));
}

function look(id: string, label: string, keys: readonly string[], action: Action): Command {
  return command({ group, id, label, keys }, (editor) => editor.steps.look(action));
}
