import { Suspense } from "react";
import { type EditorSnapshot, scaleBar, type Viewport } from "../../../engine";
import { embedStrings } from "../../strings-embed";
import { late } from "../late";
import { loadPanels } from "../late-parts";
import { useEditorState } from "../useEditorState";
import { DraftShape } from "./DraftShape";
import { Minimap, type ShownCrop } from "./Minimap";
import { OpenNote } from "./OpenNote";
import { PendingBoxes } from "./PendingBoxes";

const MarksLayer = late(async () => (await loadPanels()).MarksLayer);

const MARK_PX = 16;

interface CropOverlayProps {
  crop: ShownCrop;
  viewport: Viewport | null;
  /** A place in the image to point at. */
  mark: { readonly row: number; readonly col: number } | null;
}

/** What lies over the crop: marks, drafts and scale bar, which leave it its pointer; minimap and note. */
export function CropOverlay({ crop, viewport, mark }: CropOverlayProps) {
  const camera = useEditorState(crop.editor, (state) => state.camera);
  const draft = useEditorState(crop.editor, (state) => state.work.draft);
  const hasMarks = useEditorState(crop.editor, areThereMarks);
  const bar = scaleBar(crop.assignment.pixel_size_um, camera.zoom);
  return (
    <>
      <svg className="crop-marks" aria-hidden="true">
        <Suspense fallback={null}>
          {hasMarks && <MarksLayer editor={crop.editor} camera={camera} />}
        </Suspense>
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
      <PendingBoxes editor={crop.editor} camera={camera} />
      {bar && (
        <div className="scale-bar" role="img" aria-label={embedStrings.scaleBar(bar.text)}>
          <span>{bar.text}</span>
          <span style={{ width: bar.lengthPx }} />
        </div>
      )}
      {viewport && <Minimap crop={crop} viewport={viewport} />}
      {viewport && <OpenNote editor={crop.editor} viewport={viewport} />}
    </>
  );
}

function areThereMarks({ marks, uncertainPlaces, work }: EditorSnapshot): boolean {
  const n = marks.notes.length + marks.regions.length + uncertainPlaces.length;
  return n > 0 || work.noteDraft !== null;
}
