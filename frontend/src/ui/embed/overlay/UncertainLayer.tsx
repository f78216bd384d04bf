import type { Camera, Editor, EditorSnapshot, LabelPlace } from "../../../engine";
import { useEditorState } from "../useEditorState";

/** Half the size of a sign, the same at every zoom. */
const RADIUS_PX = 7;
const DISC = `m-${RADIUS_PX} 0a${RADIUS_PX} ${RADIUS_PX} 0 1 0 14 0a${RADIUS_PX} ${RADIUS_PX} 0 1 0-14 0`;
const QUESTION = "m-2.2-1.7a2.2 2.2 0 1 1 3.4 1.8q-1.2.8-1.2 1.7m0 2v.01";

/** A question mark on every cell that is flagged as uncertain and shown: two shapes, however many. */
export function UncertainLayer({ editor, camera }: { editor: Editor; camera: Camera }) {
  const places = useEditorState(editor, (state) => state.uncertainPlaces);
  const areShown = useEditorState(
    editor,
    ({ view, isHidingLabels }) => view.showLabels && !isHidingLabels,
  );
  const hidden = useEditorState(editor, (state) => state.work.hidden);
  const only = useEditorState(editor, onlyLabel);
  const isShown = ({ label }: LabelPlace) =>
    !hidden.has(label) && (only === null || label === only);
  const shown = areShown ? places.filter(isShown) : [];
  if (shown.length === 0) return null;
  return (
    <g className="uncertain-signs">
      <path className="ground" d={signsPath(shown, camera, DISC)} />
      <path className="question" d={signsPath(shown, camera, QUESTION)} />
    </g>
  );
}

/** The one label that is shown, 0 for none; null where all are. */
function onlyLabel({ view, selected }: EditorSnapshot): number | null {
  return view.onlySelected ? selected : null;
}

function signsPath(places: readonly LabelPlace[], camera: Camera, sign: string): string {
  const { zoom, left, top } = camera;
  const start = ({ row, column }: LabelPlace) =>
    `M${((column + 0.5 - left) * zoom).toFixed(1)} ${((row + 0.5 - top) * zoom).toFixed(1)}`;
  return places.map((place) => start(place) + sign).join("");
}
