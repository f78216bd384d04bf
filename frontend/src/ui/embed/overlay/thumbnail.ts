import type { ChannelView } from "../../../engine";
import type { ChannelData, PlaneShape } from "../../../model";

export interface ThumbnailInput {
  readonly views: readonly ChannelView[];
  readonly data: (index: number) => ChannelData | null;
  readonly shape: PlaneShape;
  readonly frame: number;
  readonly width: number;
  readonly height: number;
}

/** A small picture of a frame with the channels as they are shown: RGBA, by the nearest pixel. */
export function thumbnail(input: ThumbnailInput): Uint8ClampedArray<ArrayBuffer> {
  const { views, shape, frame, width, height } = input;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  views.forEach((view, index) => {
    const data = view.visible ? input.data(index) : null;
    if (data === null) return;
    const start = frame * shape.nRows * shape.nCols;
    for (let y = 0; y < height; y++) {
      const row = start + Math.floor(((y + 0.5) * shape.nRows) / height) * shape.nCols;
      for (let x = 0; x < width; x++) {
        const value = data[row + Math.floor(((x + 0.5) * shape.nCols) / width)] ?? 0;
        addLight(pixels, (y * width + x) * 4, view, value);
      }
    }
  });
  return pixels;
}

function addLight(
  pixels: Uint8ClampedArray,
  at: number,
  { contrast: [low, high], gamma, inverted, color }: ChannelView,
  value: number,
): void {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const light = (inverted ? 1 - share : share) ** gamma;
  for (let part = 0; part < 3; part++) {
    pixels[at + part] = (pixels[at + part] ?? 0) + light * (color[part] ?? 0);
  }
}
