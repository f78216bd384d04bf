/** Tools and how they work. */
import { TOOLS } from "../tool-list";
import { type Command, type CommandTarget, command } from "./command";

const group = "tools";

const CHOICES = TOOLS.map(({ id, label, key }) =>
  command({ group, id: `tool.${id}`, label, keys: [key] }, (editor) => editor.setTool(id)),
);

export const TOOL_COMMANDS: readonly Command[] = [
  ...CHOICES,
  command(
    { group, id: "tool.swap", label: "Swap brush and eraser", keys: ["X"] },
    swapped("brush", "erase"),
  ),
  command(
    { group, id: "shape.finish", label: "Close the shape", keys: ["Shift+Enter"] },
    (editor) => editor.steps.finish(),
  ),
  command({ group, id: "brush.larger", label: "Larger brush", keys: ["ArrowUp", "."] }, (editor) =>
    editor.setBrushRadius(editor.state.getSnapshot().brushRadiusPx + 1),
  ),
  command(
    { group, id: "brush.smaller", label: "Smaller brush", keys: ["ArrowDown", ","] },
    (editor) => editor.setBrushRadius(editor.state.getSnapshot().brushRadiusPx - 1),
  ),
  command(
    { group, id: "brush.context", label: "The start of a stroke decides", keys: ["Shift+B"] },
    (editor) => editor.setContextBrush(!editor.state.getSnapshot().contextBrush),
  ),
  command(
    {
      group,
      id: "write_mode.toggle",
      label: "Protect or overwrite other labels",
      keys: ["P"],
    },
    (editor) => {
      const { writeMode } = editor.state.getSnapshot();
      editor.setWriteMode(writeMode === "protect" ? "overwrite" : "protect");
    },
  ),
  command({ group, id: "escape", label: "Cancel, or select nothing", keys: ["Escape"] }, (editor) =>
    editor.steps.escape(),
  ),
];

function swapped(first: "brush", second: "erase"): (editor: CommandTarget) => void {
  return (editor) => editor.setTool(editor.state.getSnapshot().tool === first ? second : first);
}
