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

/** Image places (row, column) as the points of a polygon on the screen. */
export function screenPlaces(
  points: readonly (readonly [row: number, column: number])[],
  { zoom, left, top }: Camera,
): string {
  return points.map(([row, column]) => `${(column - left) * zoom},${(row - top) * zoom}`).join(" ");
}
