/** A small picture of one cell: grey intensities around it and its pixels in colour. */
import { type ChannelData, type LabelImage, type PixelWindow, planeOf } from "../../../model";

export const FOOTPRINT_PX = 44;
const CELL = [255, 196, 64] as const;
const TINT = 0.45;
/** Image pixels around the cell. */
const MARGIN_PX = 4;

export interface FootprintInput {
  readonly image: LabelImage;
  readonly frame: number;
  readonly label: number;
  /** Around the pixels of the label; null when it has none. */
  readonly window: PixelWindow | null;
  /** Intensities (frame, row, column), or null. */
  readonly data: ChannelData | null;
  readonly contrast: readonly [number, number];
}

interface Square {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/** As `ImageData` takes it; black when the label has no pixel in the frame. */
export function footprintPixels(input: FootprintInput): Uint8ClampedArray<ArrayBuffer> {
  const { image, frame, label, window } = input;
  const pixels = new Uint8ClampedArray(FOOTPRINT_PX * FOOTPRINT_PX * 4);
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  if (!window) return pixels;
  const plane = planeOf(image, frame);
  const square = squareAround(window);
  for (let y = 0; y < FOOTPRINT_PX; y++) {
    const row = Math.floor(square.top + ((y + 0.5) * square.side) / FOOTPRINT_PX);
    for (let x = 0; x < FOOTPRINT_PX; x++) {
      const col = Math.floor(square.left + ((x + 0.5) * square.side) / FOOTPRINT_PX);
      if (row < 0 || col < 0 || row >= image.nRows || col >= image.nCols) continue;
      const at = row * image.nCols + col;
      pixels.set(colorAt(input, at, plane[at] === label), (y * FOOTPRINT_PX + x) * 4);
    }
  }
  return pixels;
}

function colorAt({ image, frame, data, contrast }: FootprintInput, at: number, isCell: boolean) {
  const [black, full] = contrast;
  const value = data?.[frame * image.nRows * image.nCols + at] ?? black;
  const share = full > black ? Math.min(1, Math.max(0, (value - black) / (full - black))) : 0;
  const gray = 255 * share;
  return isCell ? CELL.map((part) => gray * (1 - TINT) + part * TINT) : [gray, gray, gray];
}

function squareAround({ row, col, height, width }: PixelWindow): Square {
  const side = Math.max(height, width) + 2 * MARGIN_PX;
  return { top: row + (height - side) / 2, left: col + (width - side) / 2, side };
}
