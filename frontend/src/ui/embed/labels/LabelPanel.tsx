import type { ColorBy, ColormapName, Editor } from "../../../engine";
import { COLORMAPS } from "../../../model";
import { Button } from "../../components/Button";
import { embedStrings } from "../../strings-embed";
import { CheckBox, Slider } from "../controls";
import { useEditorState } from "../useEditorState";

const text = embedStrings.labels;

interface LabelPanelProps {
  editor: Editor;
  /** There is another compartment than the one that is shown. */
  hasOther: boolean;
}

export function LabelPanel({ editor, hasOther }: LabelPanelProps) {
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
        <ColorChoice editor={editor} />
        <CheckBox
          label={text.onlySelected}
          checked={view.onlySelected}
          onChange={(onlySelected) => editor.setView({ onlySelected })}
        />
        {hasOther && (
          <CheckBox
            label={text.other}
            checked={view.showOther}
            onChange={(showOther) => editor.setView({ showOther })}
          />
        )}
        <CheckBox
          label={text.safePalette}
          checked={view.palette === "safe"}
          onChange={(safe) => editor.setView({ palette: safe ? "safe" : "vivid" })}
        />
        <ShowHidden editor={editor} />
      </div>
    </section>
  );
}

const MEANINGS = ["label", "compartment", "area"] as const;

/** What the colours of labels mean. */
function ColorChoice({ editor }: { editor: Editor }) {
  const { colorBy, colormap } = useEditorState(editor, (state) => state.view);
  return (
    <div className="slider">
      <span>{text.colorBy}</span>
      <div className="color-choice">
        <select
          className="small-select"
          aria-label={text.colorBy}
          value={colorBy}
          onChange={(event) => editor.setView({ colorBy: event.target.value as ColorBy })}
        >
          {MEANINGS.map((name) => (
            <option key={name} value={name}>
              {text.colorsBy[name]}
            </option>
          ))}
          {colorBy === "value" && <option value="value">{text.colorsByFindings}</option>}
        </select>
        {colorBy === "area" && (
          <select
            className="small-select"
            aria-label={text.colormap}
            value={colormap}
            onChange={(event) => editor.setView({ colormap: event.target.value as ColormapName })}
          >
            {COLORMAPS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </div>
    </div>
  );
}

function ShowHidden({ editor }: { editor: Editor }) {
  const nHidden = useEditorState(editor, (state) => state.work.hidden.size);
  if (nHidden === 0) return null;
  return (
    <Button small onClick={() => editor.setHidden([])}>
      {text.showAll(nHidden)}
    </Button>
  );
}
