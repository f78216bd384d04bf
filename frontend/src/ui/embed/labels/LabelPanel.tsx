import type { Editor } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { CheckBox, Slider } from "../controls";
import { useEditorState } from "../useEditorState";

const text = embedStrings.labels;

export function LabelPanel({ editor }: { editor: Editor }) {
  const view = useEditorState(editor, (state) => state.view);
  return (
    <section aria-label={text.title}>
      <h2>{text.title}</h2>
      <div className="label-settings">
        <CheckBox
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
        <Slider
          label={text.width}
          max={4}
          step={0.5}
          value={view.outlineWidthPx}
          onChange={(outlineWidthPx) => editor.setView({ outlineWidthPx })}
        />
        <CheckBox
          label={text.onlySelected}
          checked={view.onlySelected}
          onChange={(onlySelected) => editor.setView({ onlySelected })}
        />
        <CheckBox
          label={text.safePalette}
          checked={view.palette === "safe"}
          onChange={(safe) => editor.setView({ palette: safe ? "safe" : "vivid" })}
        />
      </div>
    </section>
  );
}
