/** What is shown and how. */
import { shownChannels } from "../shown-channels";
import type { ColorBy } from "../view-state";
import { type Command, type CommandTarget, command } from "./command";

const group = "view";
const ZOOM_STEP = 1.25;
const COLOR_BY: readonly ColorBy[] = [
  "label",
  "compartment",
  "area",
  "type",
  "confidence",
  "value",
];
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
  view("label.hide", "Hide or show the selected label", ["Shift+H"], (editor) => {
    const { selected, work } = editor.state.getSnapshot();
    const others = [...work.hidden].filter((label) => label !== selected);
    editor.setHidden(work.hidden.has(selected) ? others : [...others, selected]);
    return selected !== 0;
  }),
  view("label.show_all", "Show all labels again", ["Shift+U"], (editor) => editor.setHidden([])),
  view("view.other_compartment", "Outlines of the other compartment", ["Shift+O"], (editor) => {
    editor.setView({ showOther: !editor.state.getSnapshot().view.showOther });
    return editor.compartments.length > 1;
  }),
  view("view.grayscale", "One channel in grey, or all in colour", ["Y"], (editor) => {
    const { mode } = editor.state.getSnapshot().view;
    editor.setView({ mode: mode === "composite" ? "grayscale" : "composite" });
  }),
  view("view.color_by", "Next meaning of the colours of labels", ["Shift+Z"], (editor) => {
    const { colorBy } = editor.state.getSnapshot().view;
    editor.setView({ colorBy: COLOR_BY[(COLOR_BY.indexOf(colorBy) + 1) % COLOR_BY.length] });
  }),
  view("compartment.next", "Next compartment", ["F"], (editor) => {
    const { compartments } = editor;
    const at = compartments.indexOf(editor.state.getSnapshot().compartment);
    editor.setCompartment(compartments[(at + 1) % compartments.length]);
  }),
  view("frame.next", "Next frame", ["D"], (editor) => stepFrame(editor, 1)),
  view("frame.previous", "Previous frame", ["A"], (editor) => stepFrame(editor, -1)),
  channel("channels.next", "Next channel", ["PageDown"], (editor) => stepChannel(editor, 1)),
  channel("channels.previous", "Previous channel", ["PageUp"], (editor) => stepChannel(editor, -1)),
  channel("channels.invert", "Invert the channels that are shown", ["I"], (editor) => {
    for (const { index, view } of shownChannels(editor.state.getSnapshot(), false)) {
      editor.setChannel(index, { inverted: !view.inverted });
    }
  }),
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

function channel(
  id: string,
  label: string,
  keys: readonly string[],
  run: (target: CommandTarget) => unknown,
): Command {
  return command({ group: "channels", id, label, keys }, run);
}

/** Another channel in the grayscale mode, alone, or for the key that shows one alone. */
function stepChannel(editor: CommandTarget, step: number): boolean {
  const { channels, view } = editor.state.getSnapshot();
  if (channels.length < 2) {
    return false;
  }
  const next = (view.channel + step + channels.length) % channels.length;
  editor.setView({ channel: next, soloChannel: view.soloChannel === null ? null : next });
  return true;
}

function nextOpacity(opacity: number): number {
  return OPACITIES.find((step) => step > opacity + 1e-6) ?? OPACITIES[0];
}

function stepFrame(editor: CommandTarget, step: number): boolean {
  const { frame } = editor.state.getSnapshot();
  editor.setFrame(frame + step);
  return editor.state.getSnapshot().frame !== frame;
}
