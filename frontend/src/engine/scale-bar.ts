/** A scale bar of a length that is easily read: 1, 2 or 5 times a power of ten. */
export interface ScaleBar {
  /** Length on the screen in CSS pixels. */
  readonly lengthPx: number;
  readonly lengthUm: number;
  /** Such as `20 µm`; below a micrometre in nanometres, from 1000 on in millimetres. */
  readonly text: string;
}

/** The longest bar of at most `longestPx`; null without a pixel size. */
export function scaleBar(
  pixelSizeUm: number | null,
  zoom: number,
  longestPx = 120,
): ScaleBar | null {
  if (pixelSizeUm === null || !(pixelSizeUm > 0)) {
    return null;
  }
  const longestUm = (longestPx / zoom) * pixelSizeUm;
  const power = 10 ** Math.floor(Math.log10(longestUm));
  const factor = [5, 2, 1].find((step) => step * power <= longestUm * (1 + 1e-9)) ?? 1;
  const lengthUm = factor * power;
  return { lengthPx: (lengthUm / pixelSizeUm) * zoom, lengthUm, text: lengthText(lengthUm) };
}

function lengthText(lengthUm: number): string {
  const [value, unit] =
    lengthUm < 1
      ? [lengthUm * 1000, "nm"]
      : lengthUm < 1000
        ? [lengthUm, "µm"]
        : [lengthUm / 1000, "mm"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}
