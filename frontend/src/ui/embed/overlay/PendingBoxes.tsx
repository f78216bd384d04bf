import type { Camera, Editor } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { Icon } from "../icons";
import { useEditorState } from "../useEditorState";

/** Boxes that the predictor works on, each with a way to give it up. */
export function PendingBoxes({ editor, camera }: { editor: Editor; camera: Camera }) {
  const frame = useEditorState(editor, (state) => state.frame);
  const pending = useEditorState(editor, (state) => state.work.predictions);
  return pending
    .filter((box) => box.frame === frame)
    .map(({ id, window }) => (
      <div
        key={id}
        className="pending-box"
        role="status"
        style={{
          left: (window.col - camera.left) * camera.zoom,
          top: (window.row - camera.top) * camera.zoom,
          width: window.width * camera.zoom,
          height: window.height * camera.zoom,
        }}
      >
        <span className="pending-words">
          <span className="spinner" aria-hidden="true" />
          {embedStrings.predicting}
          <button
            type="button"
            aria-label={embedStrings.cancelPrediction}
            title={embedStrings.cancelPrediction}
            onClick={() => editor.cancelPrediction(id)}
          >
            <Icon name="close" />
          </button>
        </span>
      </div>
    ));
}
