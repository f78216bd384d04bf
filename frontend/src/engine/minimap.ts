/** The whole image made small, and where the view is in it. */
import { composeView } from "./render/compose";
import { sampleMap } from "./render/sampling";
import type { Scene } from "./render/scene";
import type { Camera, ImageRect, Minimap, Viewport } from "./view-state";

/** The channels of a scene over the whole image, its longer side this long at most. */
export function makeMinimap(scene: Scene, longestSidePx: number): Minimap {
  const { nRows, nCols } = scene.shape;
  const zoom = Math.min(1, longestSidePx / Math.max(nRows, nCols));
  const width = Math.max(1, Math.round(nCols * zoom));
  const height = Math.max(1, Math.round(nRows * zoom));
  const small: Scene = {
    ...scene,
    camera: { zoom, left: 0, top: 0 },
    width,
    height,
    view: { ...scene.view, showLabels: false },
    ring: null,
  };
  const rgba = new Uint8ClampedArray(width * height * 4);
  composeView(small, sampleMap(small), { x: 0, y: 0, width, height }, rgba);
  return { width, height, rgba };
}

/** What the view shows of the image. */
export function visibleRect({ zoom, left, top }: Camera, { width, height }: Viewport): ImageRect {
  return { left, top, width: width / zoom, height: height / zoom };
}
