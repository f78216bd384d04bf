import type { CellType, Editor } from "../../../engine";
import { Button } from "../../components/Button";
import { marksStrings } from "../../strings-embed-marks";
import { CheckBox } from "../controls";
import { useKeys } from "../keys/useKeys";
import { useEditorState } from "../useEditorState";
import { RowButton } from "./MarkList";
import type { MarkPanelProps } from "./types";

const text = marksStrings.types;

/** The cell types of the project: a press gives one to the selected cell. */
export function TypesPanel({ crop, run }: MarkPanelProps) {
  const { editor } = crop;
  const cellTypes = useEditorState(editor, (state) => state.cellTypes);
  const selected = useEditorState(editor, (state) => state.selected);
  const tool = useEditorState(editor, (state) => state.tool);
  const isColored = useEditorState(editor, (state) => state.view.colorBy === "type");
  if (cellTypes.length === 0) return <p className="muted">{text.none}</p>;
  return (
    <section aria-label={text.title}>
      <h2>{text.title}</h2>
      <p className="panel-hint muted">{selected > 0 ? text.assign(selected) : text.select}</p>
      <ul className="type-list">
        {cellTypes.map((type) => (
          <TypeRow key={type.id} type={type} editor={editor} />
        ))}
        <NoTypeRow editor={editor} />
      </ul>
      <div className="panel-actions">
        <Button
          small
          aria-pressed={tool === "type"}
          onClick={() => (tool === "type" ? editor.setTool("select") : run("tool.type"))}
        >
          {text.byClicking}
        </Button>
        <CheckBox
          label={text.colored}
          checked={isColored}
          onChange={(on) => editor.setView({ colorBy: on ? "type" : "label" })}
        />
      </div>
    </section>
  );
}

function TypeRow({ type, editor }: { type: CellType; editor: Editor }) {
  const { id, name, color, hotkey } = type;
  const keys = useKeys();
  const keyName = hotkey === null ? undefined : keys.labelOf(`type.${hotkey}`);
  const n = useEditorState(editor, (state) => state.typeCounts.get(id) ?? 0);
  const types = useEditorState(editor, (state) => state.marks.types);
  const hidden = useEditorState(editor, (state) => state.work.hidden);
  const isActive = useEditorState(editor, (state) => state.work.activeType === id);
  const isOfSelected = useEditorState(editor, ({ selected, marks }) => {
    return selected > 0 && marks.types.get(selected) === id;
  });
  const labels = [...types].filter(([, given]) => given === id).map(([label]) => label);
  const isHidden = labels.length > 0 && labels.every((label) => hidden.has(label));

  const give = () => {
    editor.setActiveType(id);
    if (editor.state.getSnapshot().selected > 0) editor.setType(isOfSelected ? null : id);
  };
  const toggle = () => {
    const others = [...hidden].filter((label) => !labels.includes(label));
    editor.setHidden(isHidden ? others : [...others, ...labels]);
  };
  return (
    <li data-active={isActive}>
      <button
        type="button"
        className="type-give"
        aria-pressed={isOfSelected}
        title={text.give(name)}
        onClick={give}
      >
        <span className="swatch" style={{ background: color }} />
        <span className="type-name">{name}</span>
        <span className="number muted">{n}</span>
        <span className="type-key">{keyName && <kbd>{keyName}</kbd>}</span>
      </button>
      <RowButton
        icon={isHidden ? "eyeOff" : "eye"}
        label={isHidden ? text.show(name) : text.hide(name)}
        pressed={isHidden}
        disabled={labels.length === 0}
        onClick={toggle}
      />
    </li>
  );
}

/** Takes the type of the selected cell away. */
function NoTypeRow({ editor }: { editor: Editor }) {
  const keys = useKeys();
  const keyName = keys.labelOf("type.clear");
  const n = useEditorState(editor, (state) => state.typeCounts.get("") ?? 0);
  const canClear = useEditorState(editor, ({ selected, marks }) => marks.types.has(selected));
  return (
    <li>
      <button
        type="button"
        className="type-give"
        title={text.clear}
        disabled={!canClear}
        onClick={() => editor.setType(null)}
      >
        <span className="swatch swatch-none" />
        <span className="type-name">{text.untyped}</span>
        <span className="number muted">{n}</span>
        <span className="type-key">{keyName && <kbd>{keyName}</kbd>}</span>
      </button>
    </li>
  );
}
