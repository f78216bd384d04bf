import type { Editor } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import { hintOf, optionsOf } from "./options";

const text = embedStrings.toolOptions;
const LARGEST_RADIUS_PX = 60;

/** Below the top bar: what the tool in hand does, and what can be set about it. */
export function ToolOptions({ editor, note }: { editor: Editor; note: string | null }) {
  const tool = useEditorState(editor, (state) => state.tool);
  const options = optionsOf(tool);
  return (
    <div className="tool-options" role="toolbar" aria-label={text.label}>
      <p className="hint" role="status">
        {note ?? hintOf(tool)}
      </p>
      {options.includes("size") && <BrushSize editor={editor} />}
      {options.includes("write_mode") && <WriteModeChoice editor={editor} />}
      {options.includes("context") && <ContextRule editor={editor} />}
    </div>
  );
}

function BrushSize({ editor }: { editor: Editor }) {
  const keys = useKeys();
  const radius = useEditorState(editor, (state) => state.brushRadiusPx);
  const names = [keys.labelOf("brush.smaller"), keys.labelOf("brush.larger")].filter(Boolean);
  return (
    <label className="option" title={text.sizeHelp(names.join(" "))}>
      <span>{text.size}</span>
      <input
        type="range"
        min={1}
        max={LARGEST_RADIUS_PX}
        value={Math.min(radius, LARGEST_RADIUS_PX)}
        aria-label={text.radius}
        onChange={(event) => editor.setBrushRadius(Number(event.target.value))}
      />
      <output className="number">{Math.round(radius)}</output>
    </label>
  );
}

function WriteModeChoice({ editor }: { editor: Editor }) {
  const keys = useKeys();
  const mode = useEditorState(editor, (state) => state.writeMode);
  const key = keys.labelOf("write_mode.toggle");
  return (
    <label className="option" title={key ? `${text.writeMode} (${key})` : text.writeMode}>
      <span className="visually-hidden">{text.writeMode}</span>
      <select
        className="small-select"
        value={mode}
        onChange={(event) =>
          editor.setWriteMode(event.target.value === "overwrite" ? "overwrite" : "protect")
        }
      >
        <option value="protect">{text.protect}</option>
        <option value="overwrite">{text.overwrite}</option>
      </select>
    </label>
  );
}

function ContextRule({ editor }: { editor: Editor }) {
  const on = useEditorState(editor, (state) => state.contextBrush);
  return (
    <label className="check option" title={text.contextHelp}>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => editor.setContextBrush(event.target.checked)}
      />
      <span>{text.context}</span>
    </label>
  );
}
