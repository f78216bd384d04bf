/** Where things lie on the screen and in the image. */
import type { Camera } from "../../../engine";
import type { PlaneShape } from "../../../model";

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The camera that shows an image point in the middle, at no less than this zoom. */
export function cameraOn(
  place: { readonly row: number; readonly col: number },
  camera: Camera,
  { width, height }: Size,
  leastZoom = 0,
): Camera {
  const zoom = Math.max(camera.zoom, leastZoom);
  return {
    zoom,
    left: place.col + 0.5 - width / 2 / zoom,
    top: place.row + 0.5 - height / 2 / zoom,
  };
}

/** True when part of the image lies outside the view. */
export function isCut(camera: Camera, shape: PlaneShape, { width, height }: Size): boolean {
  const { zoom, left, top } = camera;
  const slack = 1 / zoom;
  return (
    left > slack ||
    top > slack ||
    left + width / zoom < shape.nCols - slack ||
    top + height / zoom < shape.nRows - slack
  );
}

export interface ScaleBar {
  /** Length on the screen in CSS pixels. */
  readonly lengthPx: number;
  readonly words: string;
}

/** A bar of a round length (1, 2 or 5 of a power of ten) that is at most `mostPx` long. */
export function scaleBar(pixelSizeUm: number | null, zoom: number, mostPx: number): ScaleBar {
  const unit = (pixelSizeUm ?? 1) / zoom;
  const most = mostPx * unit;
  const power = 10 ** Math.floor(Math.log10(most));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most * (1 + 1e-9)) ?? power;
  return { lengthPx: length / unit, words: lengthWords(length, pixelSizeUm === null) };
}

function lengthWords(length: number, isPixels: boolean): string {
  const rounded = (value: number) => String(Number(value.toPrecision(3)));
  if (isPixels) return `${rounded(length)} px`;
  if (length < 1) return `${rounded(length * 1000)} nm`;
  return length < 1000 ? `${rounded(length)} µm` : `${rounded(length / 1000)} mm`;
}
