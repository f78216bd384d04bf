import { type PointerEvent, useEffect, useRef } from "react";
import { embedStrings } from "../../strings-embed";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { cameraOn, isCut, type Size } from "./places";

/** Longest side; smaller where the crop itself has little room. */
const longestPx = ({ width }: Size) => (width < NARROW_PX ? 92 : 132);
const NARROW_PX = 560;

/** What is shown of a crop over its canvas. */
export interface ShownCrop extends Pick<OpenCrop, "editor"> {
  readonly assignment: Pick<OpenCrop["assignment"], "pixel_size_um" | "window">;
}

/** The whole crop in the corner while only a part of it is in view; a press moves the view there. */
export function Minimap({ crop, viewport }: { crop: ShownCrop; viewport: Size }) {
  const { editor, assignment } = crop;
  const camera = useEditorState(editor, (state) => state.camera);
  const shape = { nRows: assignment.window.height, nCols: assignment.window.width };
  if (!isCut(camera, shape, viewport)) return null;

  const longest = longestPx(viewport);
  const scale = longest / Math.max(shape.nRows, shape.nCols);
  const size = {
    width: Math.max(1, Math.round(shape.nCols * scale)),
    height: Math.max(1, Math.round(shape.nRows * scale)),
  };
  const moveTo = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const place = {
      row: (event.clientY - top) / scale - 0.5,
      col: (event.clientX - left) / scale - 0.5,
    };
    editor.setCamera(cameraOn(place, camera, viewport));
  };
  return (
    <div
      className="minimap"
      style={size}
      role="img"
      aria-label={embedStrings.minimap}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={moveTo}
    >
      <MinimapPicture editor={editor} longest={longest} />
      <div
        className="minimap-view"
        style={{
          left: camera.left * scale,
          top: camera.top * scale,
          width: (viewport.width / camera.zoom) * scale,
          height: (viewport.height / camera.zoom) * scale,
        }}
      />
    </div>
  );
}

/** Drawn again when channels or the frame change. */
function MinimapPicture({ editor, longest }: Pick<ShownCrop, "editor"> & { longest: number }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const channels = useEditorState(editor, (state) => state.channels);
  const view = useEditorState(editor, (state) => state.view);
  const frame = useEditorState(editor, (state) => state.frame);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture follows what the editor shows.
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const { width, height, rgba } = editor.minimap(longest);
    Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [editor, longest, channels, view, frame]);
  return <canvas ref={ref} />;
}
