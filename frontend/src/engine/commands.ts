/**
 * The commands of the editor as data: what a key, a button, the palette of commands and the help
 * overlay all read. Keys are those that people bring from DeepCell Label and QuPath; binding them
 * to a keyboard is the work of the user interface.
 *
 * A key is written as `event.key` with its modifiers before it: `Mod` is Ctrl, or Command on a Mac.
 */
import type { Compartment } from "../model";
import type { EditorSnapshot, ReadableStore, ToolId, ViewSettings, WriteMode } from "./types";

/** What commands can do to an editor. */
export interface CommandTarget {
  readonly state: ReadableStore<EditorSnapshot>;
  readonly compartments: readonly Compartment[];
  readonly nFrames: number;
  undo(): boolean;
  redo(): boolean;
  /** Ends an unfinished gesture; else deselects. */
  escape(): boolean;
  newLabel(): boolean;
  deleteSelected(): boolean;
  selectNeighbour(step: 1 | -1): boolean;
  setTool(tool: ToolId): void;
  setBrushRadius(radiusPx: number): void;
  setWriteMode(mode: WriteMode): void;
  setCompartment(name: Compartment): void;
  setFrame(frame: number): void;
  setView(settings: Partial<ViewSettings>): void;
  autoContrast(index: number): void;
  zoomBy(factor: number): void;
  fit(): void;
  actualSize(): void;
  showSelected(): boolean;
}

export type CommandGroup = "tools" | "labels" | "history" | "view" | "channels";

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: CommandGroup;
  readonly keys: readonly string[];
  /** Does it; false when there was nothing to do. */
  readonly run: (target: CommandTarget) => boolean;
}

/** Keys that act while they are held, for `{type: "hold", what, down}`. */
export const HOLD_KEYS = [
  { what: "pan", label: "Move the view while held", keys: ["Space"] },
  { what: "hide_labels", label: "Hide labels while held", keys: ["H"] },
] as const;

const ZOOM_STEP = 1.25;
const OPACITIES = [0, 0.2, 0.4, 0.7, 1];

export const COMMANDS: readonly Command[] = [
  tool("select", "Select", "V"),
  tool("brush", "Brush", "B"),
  tool("erase", "Eraser", "E"),
  tool("pan", "Move the view", "M"),
  command("tools", "tool.swap", "Swap brush and eraser", ["X"], (editor) => {
    editor.setTool(editor.state.getSnapshot().tool === "brush" ? "erase" : "brush");
  }),
  command("tools", "brush.larger", "Larger brush", ["ArrowUp", "."], (editor) => {
    editor.setBrushRadius(editor.state.getSnapshot().brushRadiusPx + 1);
  }),
  command("tools", "brush.smaller", "Smaller brush", ["ArrowDown", ","], (editor) => {
    editor.setBrushRadius(editor.state.getSnapshot().brushRadiusPx - 1);
  }),
  command("tools", "write_mode.toggle", "Protect or overwrite other labels", ["P"], (editor) => {
    const { writeMode } = editor.state.getSnapshot();
    editor.setWriteMode(writeMode === "protect" ? "overwrite" : "protect");
  }),
  command("tools", "escape", "Cancel, or select nothing", ["Escape"], (editor) => editor.escape()),
  command("labels", "label.new", "New label", ["N"], (editor) => editor.newLabel()),
  command(
    "labels",
    "label.delete",
    "Delete the selected label",
    ["Delete", "Backspace"],
    (editor) => editor.deleteSelected(),
  ),
  command("labels", "label.next", "Next label", ["]"], (editor) => editor.selectNeighbour(1)),
  command("labels", "label.previous", "Previous label", ["["], (editor) =>
    editor.selectNeighbour(-1),
  ),
  command("labels", "label.show", "Show the selected label", ["L"], (editor) =>
    editor.showSelected(),
  ),
  command("history", "history.undo", "Undo", ["Mod+Z"], (editor) => editor.undo()),
  command("history", "history.redo", "Redo", ["Mod+Shift+Z", "Mod+Y"], (editor) => editor.redo()),
  command("view", "view.fit", "Fit the image into the view", ["Home"], (editor) => editor.fit()),
  command("view", "view.actual_size", "One to one", ["Shift+Home"], (editor) =>
    editor.actualSize(),
  ),
  command("view", "view.zoom_in", "Zoom in", ["=", "+"], (editor) => editor.zoomBy(ZOOM_STEP)),
  command("view", "view.zoom_out", "Zoom out", ["-"], (editor) => editor.zoomBy(1 / ZOOM_STEP)),
  command("view", "view.fill", "Next opacity of fills", ["Z"], (editor) => {
    const { fillOpacity } = editor.state.getSnapshot().view;
    editor.setView({ fillOpacity: nextOpacity(fillOpacity) });
  }),
  command("view", "view.outline", "Next opacity of outlines", ["O"], (editor) => {
    const { outlineOpacity } = editor.state.getSnapshot().view;
    editor.setView({ outlineOpacity: nextOpacity(outlineOpacity) });
  }),
  command("view", "view.only_selected", "Show only the selected label", ["S"], (editor) => {
    editor.setView({ onlySelected: !editor.state.getSnapshot().view.onlySelected });
  }),
  command("view", "compartment.next", "Next compartment", ["F"], (editor) => {
    const { compartments } = editor;
    const at = compartments.indexOf(editor.state.getSnapshot().compartment);
    editor.setCompartment(compartments[(at + 1) % compartments.length]);
  }),
  command("view", "frame.next", "Next frame", ["D"], (editor) => stepFrame(editor, 1)),
  command("view", "frame.previous", "Previous frame", ["A"], (editor) => stepFrame(editor, -1)),
  command(
    "channels",
    "channels.auto_contrast",
    "Auto contrast of all channels",
    ["C"],
    (editor) => {
      editor.state.getSnapshot().channels.forEach((_, index) => {
        editor.autoContrast(index);
      });
    },
  ),
];

const BY_ID = new Map(COMMANDS.map((entry) => [entry.id, entry]));

/** The command with an id, or undefined. */
export function findCommand(id: string): Command | undefined {
  return BY_ID.get(id);
}

function command(
  group: CommandGroup,
  id: string,
  label: string,
  keys: readonly string[],
  run: (target: CommandTarget) => unknown,
): Command {
  return { group, id, label, keys, run: (target) => run(target) !== false };
}

function tool(id: ToolId, label: string, key: string): Command {
  return command("tools", `tool.${id}`, label, [key], (editor) => editor.setTool(id));
}

function nextOpacity(opacity: number): number {
  return OPACITIES.find((step) => step > opacity + 1e-6) ?? OPACITIES[0];
}

function stepFrame(editor: CommandTarget, step: number): boolean {
  const { frame } = editor.state.getSnapshot();
  editor.setFrame(frame + step);
  return editor.state.getSnapshot().frame !== frame;
}
