/** Colours of labels and channels, shared by both renderers. */

/** Red, green, blue: 0 .. 255. */
export type Rgb = readonly [number, number, number];

export type PaletteName = "vivid" | "safe";

/** Twelve hues in two lightnesses, ordered so that entries that follow each other lie far apart. */
const VIVID: readonly Rgb[] = Array.from({ length: 24 }, (_, i) => {
  const hue = ((i * 5) % 12) * 30;
  return fromHsl(hue, i < 12 ? 0.85 : 0.65, i < 12 ? 0.58 : 0.76);
});

/** Okabe and Ito (2008) without black, and paler ones of the same hues: told apart by all eyes. */
const SAFE: readonly Rgb[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [255, 214, 128],
  [178, 223, 247],
  [128, 214, 188],
  [128, 186, 219],
  [240, 170, 128],
  [231, 190, 212],
];

export const PALETTES: Readonly<Record<PaletteName, readonly Rgb[]>> = { vivid: VIVID, safe: SAFE };

/** Colours that channels get in turn when nobody chose one. */
export const CHANNEL_COLORS: readonly Rgb[] = [
  [0, 255, 0],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 0],
  [255, 64, 64],
  [80, 120, 255],
];

/** The usual colour of a channel: nuclei blue, membranes green, others in turn. */
export function channelColor(role: string, index: number): Rgb {
  if (role === "nuclear") {
    return [64, 128, 255];
  }
  return role === "membrane" ? [0, 230, 64] : CHANNEL_COLORS[(index + 1) % CHANNEL_COLORS.length];
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const amplitude = saturation * Math.min(lightness, 1 - lightness);
  const part = (n: number): number => {
    const k = (n + hue / 30) % 12;
    const value = lightness - amplitude * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255);
  };
  return [part(0), part(8), part(4)];
}
