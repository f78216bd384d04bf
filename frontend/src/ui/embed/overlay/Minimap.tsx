import { type PointerEvent, useEffect, useRef } from "react";
import { embedStrings } from "../../strings-embed";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { cameraOn, isCut, type Size } from "./places";
import { thumbnail } from "./thumbnail";

const LONGEST_PX = 132;

/** The whole crop in the corner while only a part of it is in view; a press moves the view there. */
export function Minimap({ crop, viewport }: { crop: OpenCrop; viewport: Size }) {
  const { editor, assignment } = crop;
  const camera = useEditorState(editor, (state) => state.camera);
  const shape = { nRows: assignment.window.height, nCols: assignment.window.width };
  if (!isCut(camera, shape, viewport)) return null;

  const scale = LONGEST_PX / Math.max(shape.nRows, shape.nCols);
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
      <MinimapPicture crop={crop} size={size} />
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

function MinimapPicture({ crop, size: { width, height } }: { crop: OpenCrop; size: Size }) {
  const ref = useRef<HTMLCanvasElement>(null);
  const views = useEditorState(crop.editor, (state) => state.channels);
  const frame = useEditorState(crop.editor, (state) => state.frame);
  useEffect(() => {
    const { window: shown } = crop.assignment;
    const shape = { nRows: shown.height, nCols: shown.width };
    const pixels = thumbnail({ views, data: crop.channelData, shape, frame, width, height });
    ref.current?.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [crop, views, frame, width, height]);
  return <canvas ref={ref} width={width} height={height} />;
}
