/**
 * The pixels of the view, computed on the processor: the Canvas 2D renderer draws them, and the
 * shader of the WebGL2 renderer computes the same ones. Channels add up; over them lie the fill
 * and the outline of labels, then the ring of the brush.
 *
 * An outline pixel is one whose label differs from that of a pixel `outlinePx` to its left, right,
 * top or bottom on the screen. So outlines lie inside their cell, are equally wide at every zoom,
 * and do not vanish when the view is zoomed out.
 *
 * The work goes row by row in passes over plain arrays, because that is many times faster than
 * pixel by pixel: 800,000 pixels have to be ready within a frame or two.
 */
import { ChannelRows } from "./channel-rows";
import { LabelRows } from "./label-rows";
import { CHECKED, HIDDEN, HOVERED, SELECTED } from "./label-styles";
import { MARGIN_PX, type SampleMap } from "./sampling";
import type { Ring, Scene, ScreenRect } from "./scene";

/** Added to the fill of the label under the pointer, and of the selected one. */
export const EMPHASIS = 0.15;
/** What checked labels keep of their fill. */
export const CHECKED_SHARE = 0.35;
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
  const channels = new ChannelRows(scene, map, rect);
  const { showLabels } = scene.view;
  const labels = showLabels ? new LabelRows(scene.labels, scene, map, rect) : null;
  const other =
    showLabels && scene.other ? new LabelRows(scene.other.labels, scene, map, rect) : null;
  const colors = new Float32Array(rect.width * 3);
  for (let i = 0; i < rect.height; i++) {
    const y = rect.y + i;
    colors.set(channels.at(map.rows[y + MARGIN_PX]));
    if (labels !== null) {
      labels.moveTo(y);
      blendLabels(scene, labels, colors);
    }
    if (other !== null) {
      other.moveTo(y);
      blendOther(scene, other, colors);
    }
    if (scene.ring !== null) {
      blendRing(scene.ring, rect, y, colors);
    }
    writeRow(colors, out, i * rect.width * 4);
  }
}

/** Lays fills and outlines over the colours (0 .. 255, three per pixel) of a row. */
function blendLabels(scene: Scene, rows: LabelRows, colors: Float32Array): void {
  const { view, styles, outlinePx: w } = scene;
  const { here, above, below } = rows;
  const { table } = styles;
  for (let at = 0, i = MARGIN_PX; at < colors.length; at += 3, i++) {
    const label = here[i];
    if (label === 0) {
      continue;
    }
    const slot = styles.slotOf(label) * 4;
    const flags = table[slot + 3];
    if ((flags & HIDDEN) !== 0 || (view.onlySelected && (flags & SELECTED) === 0)) {
      continue;
    }
    const isEdge =
      here[i - w] !== label || here[i + w] !== label || above[i] !== label || below[i] !== label;
    if (!isEdge) {
      blendStyle(colors, at, table, slot, fillShare(view.fillOpacity, flags));
    } else if ((flags & SELECTED) === 0) {
      blendStyle(colors, at, table, slot, view.outlineOpacity);
    } else {
      colors.fill(255, at, at + 3);
    }
  }
}

/** Draws the outlines of the other compartment in one colour. */
function blendOther(
  { other, view, outlinePx }: Scene,
  rows: LabelRows,
  colors: Float32Array,
): void {
  const [red, green, blue] = other?.color ?? [0, 0, 0];
  const { here, above, below } = rows;
  const w = outlinePx;
  for (let at = 0, i = MARGIN_PX; at < colors.length; at += 3, i++) {
    const label = here[i];
    const isEdge =
      here[i - w] !== label || here[i + w] !== label || above[i] !== label || below[i] !== label;
    if (label !== 0 && isEdge) {
      colors[at] += (red - colors[at]) * view.outlineOpacity;
      colors[at + 1] += (green - colors[at + 1]) * view.outlineOpacity;
      colors[at + 2] += (blue - colors[at + 2]) * view.outlineOpacity;
    }
  }
}

/** How much of a label's colour lies over the image. */
function fillShare(opacity: number, flags: number): number {
  const share = (flags & CHECKED) === 0 ? opacity : opacity * CHECKED_SHARE;
  return (flags & (SELECTED | HOVERED)) === 0 ? share : Math.min(1, share + EMPHASIS);
}

function blendStyle(
  colors: Float32Array,
  at: number,
  table: Uint8Array,
  slot: number,
  share: number,
): void {
  colors[at] += (table[slot] - colors[at]) * share;
  colors[at + 1] += (table[slot + 1] - colors[at + 1]) * share;
  colors[at + 2] += (table[slot + 2] - colors[at + 2]) * share;
}

function blendRing(ring: Ring, rect: ScreenRect, y: number, colors: Float32Array): void {
  const dy = y + 0.5 - ring.y;
  if (Math.abs(dy) > ring.radius + RING_HALF_PX) {
    return;
  }
  for (let i = 0; i < rect.width; i++) {
    const dx = rect.x + i + 0.5 - ring.x;
    if (Math.abs(Math.sqrt(dx * dx + dy * dy) - ring.radius) < RING_HALF_PX) {
      for (let at = i * 3; at < i * 3 + 3; at++) {
        colors[at] += (255 - colors[at]) * RING_OPACITY;
      }
    }
  }
}

function writeRow(colors: Float32Array, out: Uint8ClampedArray, start: number): void {
  for (let from = 0, to = start; from < colors.length; from += 3, to += 4) {
    out[to] = colors[from];
    out[to + 1] = colors[from + 1];
    out[to + 2] = colors[from + 2];
    out[to + 3] = 255;
  }
}
