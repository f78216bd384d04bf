import type { ColorBy, Editor } from "../../../engine";
import { type ColormapName, colormapStops } from "../../../model";
import { lateStrings } from "../../strings-embed-late";
import { toHex } from "../color";
import { useEditorState } from "../useEditorState";

const text = lateStrings.labels;

/** What the colours of labels mean, where that is not plain. */
export function Legend({ editor }: { editor: Editor }) {
  const { colorBy, colormap } = useEditorState(editor, (state) => state.view);
  const cellTypes = useEditorState(editor, (state) => state.cellTypes);
  const words = ENDS[colorBy];
  if (colorBy === "type") {
    const rows = cellTypes.map(({ name, color }) => [name, color] as const);
    return (
      <ul className="legend" aria-label={text.legend}>
        {[...rows, [text.noType, null] as const].map(([name, color]) => (
          <li key={name}>
            <span
              className={color === null ? "swatch swatch-none" : "swatch"}
              style={color === null ? undefined : { background: color }}
            />
            {name}
          </li>
        ))}
      </ul>
    );
  }
  if (words === undefined) return null;
  return (
    <div className="legend legend-scale" role="img" aria-label={text.legendFrom(...words)}>
      <span>{words[0]}</span>
      <span className="scale" style={{ background: gradientOf(colormap) }} />
      <span>{words[1]}</span>
    </div>
  );
}

/** Words at the ends of a scale. */
const ENDS: Partial<Record<ColorBy, readonly [string, string]>> = {
  area: [text.small, text.large],
  confidence: [text.unsure, text.sure],
  value: [text.fewFindings, text.manyFindings],
};

function gradientOf(name: ColormapName): string {
  return `linear-gradient(to right, ${colormapStops(name).map(toHex).join(", ")})`;
}
