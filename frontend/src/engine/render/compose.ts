/**
 * The pixels of the view, computed on the processor: the Canvas 2D renderer draws them, and the
 * shader of the WebGL2 renderer computes the same ones. Channels add up; over them lie the fill
 * and the outline of labels, then the ring of the brush.
 *
 * An outline pixel is one whose label differs from that of a pixel `outlinePx` to its left, right,
 * top or bottom on the screen. So outlines lie inside their cell, are equally wide at every zoom,
 * and do not vanish when the view is zoomed out.
 */
import { type Intensities, intensitiesOf } from "./intensities";
import { HOVERED, SELECTED } from "./label-styles";
import { MARGIN_PX, OUTSIDE, type SampleMap } from "./sampling";
import type { Scene, ScreenRect } from "./scene";

/** Added to the fill of the label under the pointer, and of the selected one. */
export const EMPHASIS = 0.15;
/** Half the width of the brush ring in device pixels. */
export const RING_HALF_PX = 0.75;
export const RING_OPACITY = 0.9;

/** Fills `out` (RGBA, row by row) with the part `rect` of the view. */
export function composeView(
  scene: Scene,
  map: SampleMap,
  rect: ScreenRect,
  out: Uint8ClampedArray,
): void {
  const image = scene.channels.map(intensitiesOf);
  const labels = new LabelLayer(scene, map);
  const color = new Float64Array(3);
  const background = scene.view.background.map((part) => part / 255);
  let to = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    const row = map.rows[y + MARGIN_PX];
    for (let x = rect.x; x < rect.x + rect.width; x++) {
      const col = map.cols[x + MARGIN_PX];
      if (row === OUTSIDE || col === OUTSIDE) {
        color.set(background);
      } else {
        addChannels(image, row * scene.shape.nCols + col, color);
        labels.blend(x, y, color);
      }
      blendRing(scene, x, y, color);
      out[to++] = color[0] * 255;
      out[to++] = color[1] * 255;
      out[to++] = color[2] * 255;
      out[to++] = 255;
    }
  }
}

function addChannels(image: readonly Intensities[], at: number, color: Float64Array): void {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < image.length; i++) {
    const channel = image[i];
    const value = channel.shown(at);
    red += value * channel.red;
    green += value * channel.green;
    blue += value * channel.blue;
  }
  color[0] = Math.min(1, red);
  color[1] = Math.min(1, green);
  color[2] = Math.min(1, blue);
}

function blend(color: Float64Array, red: number, green: number, blue: number, share: number): void {
  color[0] += (red - color[0]) * share;
  color[1] += (green - color[1]) * share;
  color[2] += (blue - color[2]) * share;
}

function blendRing({ ring }: Scene, x: number, y: number, color: Float64Array): void {
  if (ring !== null) {
    const dx = x + 0.5 - ring.x;
    const dy = y + 0.5 - ring.y;
    if (Math.abs(Math.sqrt(dx * dx + dy * dy) - ring.radius) < RING_HALF_PX) {
      blend(color, 1, 1, 1, RING_OPACITY);
    }
  }
}

class LabelLayer {
  private readonly scene: Scene;
  private readonly map: SampleMap;
  private readonly table: Uint8Array;

  constructor(scene: Scene, map: SampleMap) {
    this.scene = scene;
    this.map = map;
    this.table = scene.styles.table;
  }

  /** Lays the label shown at a screen pixel over its colour. */
  blend(x: number, y: number, color: Float64Array): void {
    const { view, styles } = this.scene;
    const label = view.showLabels ? this.at(x, y) : 0;
    if (label === 0) {
      return;
    }
    const at = styles.slotOf(label) * 4;
    const flags = this.table[at + 3];
    const isSelected = (flags & SELECTED) !== 0;
    if (view.onlySelected && !isSelected) {
      return;
    }
    if (this.isOutline(label, x, y)) {
      this.blendOutline(at, isSelected, color);
    } else {
      const emphasis = (flags & (SELECTED | HOVERED)) !== 0 ? EMPHASIS : 0;
      this.blendColor(at, Math.min(1, view.fillOpacity + emphasis), color);
    }
  }

  private blendOutline(at: number, isSelected: boolean, color: Float64Array): void {
    if (isSelected) {
      blend(color, 1, 1, 1, 1);
    } else {
      this.blendColor(at, this.scene.view.outlineOpacity, color);
    }
  }

  private blendColor(at: number, share: number, color: Float64Array): void {
    const { table } = this;
    blend(color, table[at] / 255, table[at + 1] / 255, table[at + 2] / 255, share);
  }

  private isOutline(label: number, x: number, y: number): boolean {
    const w = this.scene.outlinePx;
    return (
      w > 0 &&
      (this.at(x - w, y) !== label ||
        this.at(x + w, y) !== label ||
        this.at(x, y - w) !== label ||
        this.at(x, y + w) !== label)
    );
  }

  private at(x: number, y: number): number {
    const col = this.map.cols[x + MARGIN_PX];
    const row = this.map.rows[y + MARGIN_PX];
    return col === OUTSIDE || row === OUTSIDE
      ? 0
      : this.scene.labels[row * this.scene.shape.nCols + col];
  }
}
