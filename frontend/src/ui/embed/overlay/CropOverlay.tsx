import { scaleBar } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { useEditorState } from "../useEditorState";
import { DraftShape } from "./DraftShape";
import { Minimap, type ShownCrop } from "./Minimap";
import type { Size } from "./places";

const MARK_PX = 16;

interface CropOverlayProps {
  crop: ShownCrop;
  viewport: Size | null;
  /** A place in the image to point at. */
  mark: { readonly row: number; readonly col: number } | null;
}

/** What lies over the crop and never takes its pointer: scale bar, drafts and mark; and the minimap. */
export function CropOverlay({ crop, viewport, mark }: CropOverlayProps) {
  const camera = useEditorState(crop.editor, (state) => state.camera);
  const draft = useEditorState(crop.editor, (state) => state.work.draft);
  const bar = scaleBar(crop.assignment.pixel_size_um, camera.zoom);
  return (
    <>
      <svg className="crop-marks" aria-hidden="true">
        {draft && <DraftShape draft={draft} camera={camera} />}
        {mark && (
          <circle
            className="mark"
            cx={(mark.col + 0.5 - camera.left) * camera.zoom}
            cy={(mark.row + 0.5 - camera.top) * camera.zoom}
            r={MARK_PX}
          />
        )}
      </svg>
      {bar && (
        <div className="scale-bar" role="img" aria-label={embedStrings.scaleBar(bar.text)}>
          <span>{bar.text}</span>
          <span style={{ width: bar.lengthPx }} />
        </div>
      )}
      {viewport && <Minimap crop={crop} viewport={viewport} />}
    </>
  );
}
