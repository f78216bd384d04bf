/** Where the view looks: pure functions from one camera to the next. */
import type { PixelWindow, PlaneShape, Point } from "../model";
import type { ScreenPoint } from "./inputs";
import type { Camera, Viewport } from "./view-state";

const MAX_ZOOM = 64;
/** Share of the view that a fitted image leaves free on each side. */
const FIT_MARGIN = 0.02;

/** The image point under a place on the screen. */
export function toImage(camera: Camera, screen: ScreenPoint): Point {
  return { x: camera.left + screen.x / camera.zoom, y: camera.top + screen.y / camera.zoom };
}

/** The place on the screen of an image point. */
export function toScreen(camera: Camera, point: Point): ScreenPoint {
  return { x: (point.x - camera.left) * camera.zoom, y: (point.y - camera.top) * camera.zoom };
}

/** Zoomed by a factor; the image point under `at` stays where it is. */
export function zoomedAt(camera: Camera, at: ScreenPoint, factor: number, minZoom: number): Camera {
  const wanted = camera.zoom * factor;
  const zoom = Math.min(Math.max(MAX_ZOOM, minZoom), Math.max(minZoom, wanted));
  const fixed = toImage(camera, at);
  return { zoom, left: fixed.x - at.x / zoom, top: fixed.y - at.y / zoom };
}

/** Moved so that the image follows the pointer by (dx, dy) CSS pixels. */
export function pannedBy(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, left: camera.left - dx / camera.zoom, top: camera.top - dy / camera.zoom };
}

/**
 * The whole image in the middle of the view; of a strip that would be thinner than a pixel of the screen
 * there, as much as fits.
 */
export function fitted(shape: PlaneShape, viewport: Viewport): Camera {
  const room = 1 - 2 * FIT_MARGIN;
  const whole = Math.min(
    MAX_ZOOM,
    (Math.max(1, viewport.width) * room) / shape.nCols,
    (Math.max(1, viewport.height) * room) / shape.nRows,
  );
  const zoom = Math.max(whole, thinnestZoom(shape));
  return centredOn({ x: shape.nCols / 2, y: shape.nRows / 2 }, zoom, viewport);
}

/** The least zoom: half of the fitted one, so that an image never gets lost, and at most 1:1. */
export function leastZoom(shape: PlaneShape, viewport: Viewport): number {
  return Math.max(Math.min(1, fitted(shape, viewport).zoom / 2), thinnestZoom(shape));
}

/** The zoom at which the shorter side is as long as one pixel of the screen. */
function thinnestZoom({ nRows, nCols }: PlaneShape): number {
  return 1 / Math.min(nRows, nCols);
}

/** A camera with an image point in the middle of the view. */
export function centredOn(point: Point, zoom: number, viewport: Viewport): Camera {
  return {
    zoom,
    left: point.x - viewport.width / (2 * zoom),
    top: point.y - viewport.height / (2 * zoom),
  };
}

/** One image pixel per CSS pixel; the middle of the view stays where it is. */
export function atActualSize(camera: Camera, viewport: Viewport): Camera {
  const middle = toImage(camera, { x: viewport.width / 2, y: viewport.height / 2 });
  return centredOn(middle, 1, viewport);
}

/** Moved so that at least one image pixel stays inside the view. */
export function kept(camera: Camera, shape: PlaneShape, viewport: Viewport): Camera {
  const least = (viewportPx: number) => 1 - viewportPx / camera.zoom;
  return {
    zoom: camera.zoom,
    left: Math.min(shape.nCols - 1, Math.max(least(viewport.width), camera.left)),
    top: Math.min(shape.nRows - 1, Math.max(least(viewport.height), camera.top)),
  };
}

/** A camera that shows the window, left alone when it is already in view. */
export function showing(camera: Camera, window: PixelWindow, viewport: Viewport): Camera {
  const from = toScreen(camera, { x: window.col, y: window.row });
  const to = toScreen(camera, { x: window.col + window.width, y: window.row + window.height });
  const isInView = from.x >= 0 && from.y >= 0 && to.x <= viewport.width && to.y <= viewport.height;
  if (isInView) {
    return camera;
  }
  const middle = { x: window.col + window.width / 2, y: window.row + window.height / 2 };
  return centredOn(middle, camera.zoom, viewport);
}
