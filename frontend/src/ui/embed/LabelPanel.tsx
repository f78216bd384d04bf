import type { Editor } from "../../engine";
import { embedStrings } from "../strings-embed";
import { useEditorState } from "./useEditorState";

const text = embedStrings.labels;

export function LabelPanel({ editor }: { editor: Editor }) {
  const view = useEditorState(editor, (state) => state.view);
  return (
    <section aria-label={text.title}>
      <h2>{text.title}</h2>
      <div className="label-settings">
        <Check
          label={text.show}
          checked={view.showLabels}
          onChange={(showLabels) => editor.setView({ showLabels })}
        />
        <Slider
          label={text.fill}
          value={view.fillOpacity}
          onChange={(fillOpacity) => editor.setView({ fillOpacity })}
        />
        <Slider
          label={text.outline}
          value={view.outlineOpacity}
          onChange={(outlineOpacity) => editor.setView({ outlineOpacity })}
        />
        <Check
          label={text.onlySelected}
          checked={view.onlySelected}
          onChange={(onlySelected) => editor.setView({ onlySelected })}
        />
        <Check
          label={text.safePalette}
          checked={view.palette === "safe"}
          onChange={(safe) => editor.setView({ palette: safe ? "safe" : "vivid" })}
        />
      </div>
    </section>
  );
}

function Slider(props: { label: string; value: number; onChange: (value: number) => void }) {
  return (
    <label className="slider">
      <span>{props.label}</span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={props.value}
        onChange={(event) => props.onChange(Number(event.target.value))}
      />
    </label>
  );
}

function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
