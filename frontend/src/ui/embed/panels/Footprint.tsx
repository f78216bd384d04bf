import { useEffect, useRef } from "react";
import type { Compartment } from "../../../model";
import type { OpenCrop } from "../open-crop";
import { useEditorState } from "../useEditorState";
import { FOOTPRINT_PX, footprintPixels } from "./footprint-pixels";

interface FootprintProps {
  crop: OpenCrop;
  compartment: Compartment;
  frame: number;
  label: number;
}

/** A cell in one frame with what the image shows there. */
export function Footprint({ crop, compartment, frame, label }: FootprintProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const channels = useEditorState(crop.editor, (state) => state.channels);
  const nEdits = useEditorState(crop.editor, (state) => state.nEdits);
  // biome-ignore lint/correctness/useExhaustiveDependencies: edits change the labels in place.
  useEffect(() => {
    const context = ref.current?.getContext("2d");
    const image = crop.labels[compartment];
    if (!context || !image) return;
    const index = Math.max(
      0,
      channels.findIndex(({ visible }) => visible),
    );
    const contrast = channels[index]?.contrast ?? [0, 1];
    const data = crop.channelData(index);
    const window = crop.editor.windowOf({ compartment, frame }, label);
    const pixels = footprintPixels({ image, frame, label, window, data, contrast });
    context.putImageData(new ImageData(pixels, FOOTPRINT_PX, FOOTPRINT_PX), 0, 0);
  }, [crop, compartment, frame, label, channels, nEdits]);
  return <canvas ref={ref} width={FOOTPRINT_PX} height={FOOTPRINT_PX} />;
}
