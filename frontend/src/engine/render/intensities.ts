/** From stored intensities to shown ones: contrast, inversion and gamma of one channel. */
import { colormapStops } from "../../model";
import type { SceneChannel } from "./scene";

/** Colours of a channel between no and full intensity. */
export const N_STOPS = 9;

export interface Intensities {
  /** Colours 0 .. 255, three numbers per stop, from no to full intensity. */
  readonly stops: Float32Array;
  /** The stops lie on a straight line from black: the colour is the intensity times the last. */
  readonly isLinear: boolean;
  /** The shown intensity, 0 .. 1, of the pixel at an index. */
  readonly shown: (at: number) => number;
}

/** (value - black) * scale is 0 at the lower contrast limit and 1 at the upper one. */
export function rampOf(channel: SceneChannel): { readonly black: number; readonly scale: number } {
  const [black, full] = channel.contrast;
  return { black, scale: full > black ? 1 / (full - black) : 0 };
}

/** The shown intensity of a stored one; what is no number is shown black. */
export function shownValue(channel: SceneChannel, value: number): number {
  const { black, scale } = rampOf(channel);
  const ramp = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, (value - black) * scale));
  return (channel.inverted ? 1 - ramp : ramp) ** channel.gamma;
}

/** The colours between which both renderers interpolate. */
export function stopsOf({ color, lut }: SceneChannel): Float32Array {
  const stops =
    lut === "color"
      ? Array.from({ length: N_STOPS }, (_, i) => color.map((part) => (part * i) / (N_STOPS - 1)))
      : colormapStops(lut);
  return Float32Array.from(stops.flat());
}

export function intensitiesOf(channel: SceneChannel): Intensities {
  const { data } = channel;
  const table = tableOf(channel);
  return {
    stops: stopsOf(channel),
    isLinear: channel.lut === "color",
    shown: table === null ? (at) => shownValue(channel, data[at]) : (at) => table[data[at]],
  };
}

const tables = new WeakMap<SceneChannel, Float32Array>();

/** Shown intensity per stored one, for channels of 8 and 16 bit; made once per contrast. */
function tableOf(channel: SceneChannel): Float32Array | null {
  const { data } = channel;
  if (!(data instanceof Uint8Array || data instanceof Uint16Array)) {
    return null;
  }
  let table = tables.get(channel);
  if (table === undefined) {
    const size = data instanceof Uint8Array ? 256 : 65536;
    table = Float32Array.from({ length: size }, (_, value) => shownValue(channel, value));
    tables.set(channel, table);
  }
  return table;
}
