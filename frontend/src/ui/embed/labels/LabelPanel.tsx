import type { Assignment } from "../../../api";
import type { ColorBy, Editor } from "../../../engine";
import { COLORMAPS, type ColormapName } from "../../../model";
import { Button } from "../../components/Button";
import { lateStrings } from "../../strings-embed-late";
import { CheckBox, Slider } from "../controls";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { Legend } from "./Legend";

const text = lateStrings.labels;

interface LabelPanelProps {
  crop: Pick<OpenCrop, "editor" | "assignment">;
  /** Colours labels by what the checks find. */
  onColorByFindings: () => void;
}

export function LabelPanel({ crop, onColorByFindings }: LabelPanelProps) {
  const { editor, assignment } = crop;
  const hasOther = assignment.compartments.length > 1;
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
        <ColorChoice crop={crop} onColorByFindings={onColorByFindings} />
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

/** What colours may mean in a crop. */
function meaningsOf({ cell_types, confidences }: Assignment): readonly ColorBy[] {
  const hasConfidences = Object.values(confidences).some((of) => Object.keys(of ?? {}).length > 0);
  return [
    "label",
    "compartment",
    "area",
    ...(cell_types.length > 0 ? (["type"] as const) : []),
    ...(hasConfidences ? (["confidence"] as const) : []),
    "value",
  ];
}

/** Those that are drawn on a scale of colours. */
const SCALED: ReadonlySet<ColorBy> = new Set(["area", "confidence", "value"]);

/** What the colours of labels mean. */
function ColorChoice({ crop, onColorByFindings }: LabelPanelProps) {
  const { editor, assignment } = crop;
  const { colorBy, colormap } = useEditorState(editor, (state) => state.view);
  const choose = (meaning: ColorBy) => {
    if (meaning === "value") onColorByFindings();
    else editor.setView({ colorBy: meaning });
  };
  return (
    <div className="slider color-by">
      <span>{text.colorBy}</span>
      <div className="color-choice">
        <select
          className="small-select"
          aria-label={text.colorBy}
          value={colorBy}
          onChange={(event) => choose(event.target.value as ColorBy)}
        >
          {meaningsOf(assignment).map((name) => (
            <option key={name} value={name}>
              {text.colorsBy[name]}
            </option>
          ))}
        </select>
        {SCALED.has(colorBy) && (
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
      <Legend editor={editor} />
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
