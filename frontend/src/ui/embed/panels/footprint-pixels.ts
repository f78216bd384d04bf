/** A small picture of one cell: grey intensities around it and its pixels in colour. */
import { type ChannelData, type LabelImage, planeOf } from "../../../model";

export const FOOTPRINT_PX = 44;
const CELL = [255, 196, 64] as const;
const TINT = 0.45;
/** Image pixels around the cell. */
const MARGIN_PX = 4;

export interface FootprintInput {
  readonly image: LabelImage;
  readonly frame: number;
  readonly label: number;
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
  const { image, frame, label } = input;
  const pixels = new Uint8ClampedArray(FOOTPRINT_PX * FOOTPRINT_PX * 4);
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  const plane = planeOf(image, frame);
  const square = squareAround(plane, image.nCols, label);
  if (!square) return pixels;
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

/** The square around all pixels of a label, or null when it has none. */
function squareAround(plane: Uint32Array, nCols: number, label: number): Square | null {
  const first = plane.indexOf(label);
  if (first < 0) return null;
  const [top, bottom] = [Math.floor(first / nCols), Math.floor(plane.lastIndexOf(label) / nCols)];
  let [left, right] = [nCols, 0];
  for (let row = top; row <= bottom; row++) {
    const line = plane.subarray(row * nCols, (row + 1) * nCols);
    const from = line.indexOf(label);
    if (from < 0) continue;
    left = Math.min(left, from);
    right = Math.max(right, line.lastIndexOf(label));
  }
  const side = Math.max(bottom - top, right - left) + 1 + 2 * MARGIN_PX;
  return { top: (top + bottom + 1 - side) / 2, left: (left + right + 1 - side) / 2, side };
}
