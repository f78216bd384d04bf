/** Undo and redo. */
import { type Command, command } from "./command";

const group = "history";

export const HISTORY_COMMANDS: readonly Command[] = [
  command({ group, id: "history.undo", label: "Undo", keys: ["Mod+Z"] }, (editor) =>
    editor.steps.undo(),
  ),
  command({ group, id: "history.redo", label: "Redo", keys: ["Mod+Shift+Z", "Mod+Y"] }, (editor) =>
    editor.steps.redo(),
  ),
];
