/** From stored intensities to shown ones: contrast, inversion and gamma of one channel. */
import type { SceneChannel } from "./scene";

export interface Intensities {
  /** Colour of the full intensity, 0 .. 255. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
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

export function intensitiesOf(channel: SceneChannel): Intensities {
  const [red, green, blue] = channel.color;
  const { data } = channel;
  const table = tableOf(channel);
  return {
    red,
    green,
    blue,
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
