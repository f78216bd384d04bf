/** Cells from nuclei: every nucleus widened by some pixels, without overlap between neighbours. */
import { grownWindow, type PixelWindow, wholeWindow } from "../windows";
import { boundsOf, cropLabels, type LabelPlane, type Patch, type WriteMode } from "./plane";

export interface ExpandArgs {
  /** Labels of the nuclei; of the same size as the plane. */
  readonly nuclei: LabelPlane;
  readonly distancePx: number;
  /** Only this label is written; 0 for all. The others still hold their ground. */
  readonly label: number;
  readonly mode: WriteMode;
}

/**
 * Gives each pixel within `distancePx` of a nucleus (straight line between pixel centres) the
 * label of the nearest one, of equally near ones the smallest. Nuclei keep their own pixels.
 */
export function expand(plane: LabelPlane, args: ExpandArgs): Patch | null {
  const { nuclei, distancePx, label, mode } = args;
  const bounds = label === 0 ? wholeWindow(plane) : boundsOf(nuclei, label);
  const window = bounds === null ? null : grownWindow(bounds, Math.ceil(distancePx), plane);
  if (window === null) {
    return null;
  }
  const wide = grownWindow(window, Math.ceil(distancePx), plane) ?? window;
  const nearest = nearestLabels(nuclei, wide, distancePx);
  const labels = cropLabels(plane, window);
  let hasChanged = false;
  for (let i = 0; i < labels.length; i++) {
    const row = window.row - wide.row + Math.floor(i / window.width);
    const next = nearest[row * wide.width + (window.col - wide.col) + (i % window.width)];
    const isMeant = next !== 0 && (label === 0 || next === label);
    if (isMeant && labels[i] !== next && (mode === "overwrite" || labels[i] === 0)) {
      labels[i] = next;
      hasChanged = true;
    }
  }
  return hasChanged ? { window, labels } : null;
}

interface Offset {
  readonly down: number;
  readonly across: number;
  readonly distance2: number;
}

/** The nearest label of each pixel of a window; 0 where none is near enough. */
function nearestLabels(nuclei: LabelPlane, window: PixelWindow, distancePx: number): Uint32Array {
  const nearest = cropLabels(nuclei, window);
  const held = nearest.slice();
  const distances = new Float64Array(nearest.length).fill(Number.POSITIVE_INFINITY);
  const offsets = offsetsWithin(distancePx);
  const { height, width } = window;
  for (let at = 0; at < held.length; at++) {
    const row = Math.floor(at / width);
    const col = at - row * width;
    if (held[at] === 0 || !isEdge(held, at, row, col, window)) {
      continue;
    }
    for (const { down, across, distance2 } of offsets) {
      const r = row + down;
      const c = col + across;
      const to = r * width + c;
      if (r < 0 || c < 0 || r >= height || c >= width || held[to] !== 0) {
        continue;
      }
      const isNearer = distance2 < distances[to];
      if (isNearer || (distance2 === distances[to] && held[at] < nearest[to])) {
        distances[to] = distance2;
        nearest[to] = held[at];
      }
    }
  }
  return nearest;
}

/** Only pixels beside background can be the nearest of a background pixel. */
function isEdge(
  held: Uint32Array,
  at: number,
  row: number,
  col: number,
  { height, width }: PixelWindow,
): boolean {
  return (
    (row > 0 && held[at - width] === 0) ||
    (col > 0 && held[at - 1] === 0) ||
    (col < width - 1 && held[at + 1] === 0) ||
    (row < height - 1 && held[at + width] === 0)
  );
}

function offsetsWithin(distancePx: number): Offset[] {
  const reach = Math.ceil(distancePx);
  const offsets: Offset[] = [];
  for (let down = -reach; down <= reach; down++) {
    for (let across = -reach; across <= reach; across++) {
      const distance2 = down * down + across * across;
      if (distance2 > 0 && distance2 <= distancePx * distancePx) {
        offsets.push({ down, across, distance2 });
      }
    }
  }
  return offsets;
}
