import type { Editor, ToolId } from "../../engine";
import { embedStrings } from "../strings-embed";
import { IconButton } from "./icons";
import { keyOf } from "./keys";
import { useEditorState } from "./useEditorState";

const TOOLS: readonly ToolId[] = ["select", "brush", "erase", "pan"];
const text = embedStrings;

/** The tools and the edits of the selected cell, down the left side. */
export function ToolStrip({ editor, locked }: { editor: Editor; locked: boolean }) {
  const tool = useEditorState(editor, (state) => state.tool);
  const selected = useEditorState(editor, (state) => state.selected);
  const editable = useEditorState(editor, (state) => state.editable) && !locked;
  return (
    <div
      className="tool-strip"
      role="toolbar"
      aria-label={text.tools.label}
      aria-orientation="vertical"
    >
      {TOOLS.map((id) => (
        <IconButton
          key={id}
          icon={id}
          label={text.tools[id]}
          keys={keyOf(`tool.${id}`)}
          pressed={tool === id}
          onClick={() => editor.setTool(id)}
        >
          <kbd>{keyOf(`tool.${id}`)}</kbd>
        </IconButton>
      ))}
      <hr />
      <IconButton
        icon="add"
        label={text.actions.newLabel}
        keys={keyOf("label.new")}
        disabled={!editable}
        onClick={() => editor.run("label.new")}
      >
        <kbd>{keyOf("label.new")}</kbd>
      </IconButton>
      <IconButton
        icon="remove"
        label={text.actions.deleteLabel}
        keys={keyOf("label.delete")}
        disabled={!editable || selected === 0}
        onClick={() => editor.run("label.delete")}
      >
        <kbd>Del</kbd>
      </IconButton>
      <hr />
      <IconButton
        icon="fit"
        label={text.actions.fit}
        keys={keyOf("view.fit")}
        onClick={() => editor.run("view.fit")}
      />
      <IconButton
        icon="zoomIn"
        label={text.actions.zoomIn}
        keys={keyOf("view.zoom_in")}
        onClick={() => editor.run("view.zoom_in")}
      />
      <IconButton
        icon="zoomOut"
        label={text.actions.zoomOut}
        keys={keyOf("view.zoom_out")}
        onClick={() => editor.run("view.zoom_out")}
      />
    </div>
  );
}
