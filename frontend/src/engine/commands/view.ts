/** What is shown and how. */
import { type Command, type CommandTarget, command } from "./command";

const group = "view";
const ZOOM_STEP = 1.25;
const OPACITIES = [0, 0.2, 0.4, 0.7, 1];

export const VIEW_COMMANDS: readonly Command[] = [
  view("view.fit", "Fit the image into the view", ["Home"], (editor) => editor.fit()),
  view("view.actual_size", "One to one", ["Shift+Home"], (editor) => editor.actualSize()),
  view("view.zoom_in", "Zoom in", ["=", "+"], (editor) => editor.zoomBy(ZOOM_STEP)),
  view("view.zoom_out", "Zoom out", ["-"], (editor) => editor.zoomBy(1 / ZOOM_STEP)),
  view("view.fill", "Next opacity of fills", ["Z"], (editor) => {
    const { fillOpacity } = editor.state.getSnapshot().view;
    editor.setView({ fillOpacity: nextOpacity(fillOpacity) });
  }),
  view("view.outline", "Next opacity of outlines", ["O"], (editor) => {
    const { outlineOpacity } = editor.state.getSnapshot().view;
    editor.setView({ outlineOpacity: nextOpacity(outlineOpacity) });
  }),
  view("view.only_selected", "Show only the selected label", ["S"], (editor) => {
    editor.setView({ onlySelected: !editor.state.getSnapshot().view.onlySelected });
  }),
  view("compartment.next", "Next compartment", ["F"], (editor) => {
    const { compartments } = editor;
    const at = compartments.indexOf(editor.state.getSnapshot().compartment);
    editor.setCompartment(compartments[(at + 1) % compartments.length]);
  }),
  view("frame.next", "Next frame", ["D"], (editor) => stepFrame(editor, 1)),
  view("frame.previous", "Previous frame", ["A"], (editor) => stepFrame(editor, -1)),
  command(
    {
      group: "channels",
      id: "channels.auto_contrast",
      label: "Auto contrast of all channels",
      keys: ["C"],
    },
    (editor) => {
      editor.state.getSnapshot().channels.forEach((_, index) => {
        editor.autoContrast(index);
      });
    },
  ),
];

function view(
  id: string,
  label: string,
  keys: readonly string[],
  run: (target: CommandTarget) => unknown,
): Command {
  return command({ group, id, label, keys }, run);
}

function nextOpacity(opacity: number): number {
  return OPACITIES.find((step) => step > opacity + 1e-6) ?? OPACITIES[0];
}

function stepFrame(editor: CommandTarget, step: number): boolean {
  const { frame } = editor.state.getSnapshot();
  editor.setFrame(frame + step);
  return editor.state.getSnapshot().frame !== frame;
}
