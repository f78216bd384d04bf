import { useEffect, useMemo, useRef } from "react";
import type { ChannelView } from "../../../engine";
import type { ChannelData, PlaneShape } from "../../../model";
import { paintedSamples, samplesOf, THUMBNAIL_PX } from "./thumbnail";

interface ChannelThumbnailProps {
  channel: ChannelView;
  data: ChannelData;
  shape: PlaneShape;
  frame: number;
}

/** A small picture of a channel; what it shows is named by the button around it. */
export function ChannelThumbnail({ channel, data, shape, frame }: ChannelThumbnailProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const samples = useMemo(() => samplesOf(data, shape, frame), [data, shape, frame]);
  useEffect(() => {
    const context = ref.current?.getContext("2d");
    if (!context) return;
    const pixels = paintedSamples(samples, channel);
    context.putImageData(new ImageData(pixels, THUMBNAIL_PX, THUMBNAIL_PX), 0, 0);
  }, [samples, channel]);
  return <canvas ref={ref} width={THUMBNAIL_PX} height={THUMBNAIL_PX} />;
}
