/**
 * Which image row and column each row and column of the screen shows. Both renderers read these
 * two tables instead of dividing themselves, so they agree on every pixel. The tables reach
 * `MARGIN_PX` beyond the screen on both sides, because outlines look at pixels that far away.
 */
import type { Scene } from "./scene";

/** The widest outline in device pixels. */
export const MARGIN_PX = 16;

/** No image there. */
export const OUTSIDE = -1;

export interface SampleMap {
  /** Entry `x + MARGIN_PX` is the image column of screen column x, or OUTSIDE. */
  readonly cols: Int32Array;
  readonly rows: Int32Array;
}

export function sampleMap(scene: Scene): SampleMap {
  const { camera, shape, width, height } = scene;
  return {
    cols: axis(width, { zoom: camera.zoom, start: camera.left, size: shape.nCols }),
    rows: axis(height, { zoom: camera.zoom, start: camera.top, size: shape.nRows }),
  };
}

interface Axis {
  readonly zoom: number;
  readonly start: number;
  readonly size: number;
}

function axis(nPixels: number, { zoom, start, size }: Axis): Int32Array {
  const indices = new Int32Array(nPixels + 2 * MARGIN_PX);
  for (let i = 0; i < indices.length; i++) {
    const index = Math.floor(start + (i - MARGIN_PX + 0.5) / zoom);
    indices[i] = index >= 0 && index < size ? index : OUTSIDE;
  }
  return indices;
}
