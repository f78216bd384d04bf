import { useMemo } from "react";
import type { ChannelData } from "../../../model";
import { lateStrings } from "../../strings-embed-late";
import { histogramBars, N_BARS } from "./histogram-bars";

interface HistogramProps {
  name: string;
  data: ChannelData;
  range: readonly [number, number];
  contrast: readonly [number, number];
  color: string;
}

const HEIGHT = 28;

/** How often each intensity occurs, with what is shown black and full. */
export function Histogram({ name, data, range, contrast, color }: HistogramProps) {
  const [least, most] = range;
  const bars = useMemo(() => histogramBars(data, [least, most]), [data, least, most]);
  const path = bars.map((bar, i) => `M${i} ${HEIGHT}v${-(bar * HEIGHT).toFixed(2)}h1V${HEIGHT}`);
  const place = (value: number) =>
    Math.min(1, Math.max(0, (value - least) / (most - least))) * N_BARS;
  const [low, high] = contrast.map(place) as [number, number];
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${N_BARS} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={lateStrings.channels.histogram(name)}
    >
      <path d={path.join("")} fill={color} />
      <rect width={low} height={HEIGHT} className="cut" />
      <rect x={high} width={N_BARS - high} height={HEIGHT} className="cut" />
    </svg>
  );
}
