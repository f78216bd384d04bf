/**
 * Rasterised brush. A stroke from one pointer place to the next covers every pixel whose centre is
 * within the radius of the segment between them (a swept disc), and the pixels under both places
 * whatever the radius, so that a thin brush leaves no gap under the pointer.
 */
import { isInside, type Point, pixelAt } from "./points";
import type { PlaneShape } from "./windows";

/** Columns `start` up to, not with, `end` of a row. */
export type SpanVisitor = (row: number, start: number, end: number) => void;

export interface Stroke {
  readonly from: Point;
  readonly to: Point;
  readonly radiusPx: number;
}

/** Visits the covered pixels inside the plane, row by row; a pixel may come twice. */
export function visitStroke(stroke: Stroke, shape: PlaneShape, visit: SpanVisitor): void {
  const { from, to, radiusPx } = stroke;
  const first = Math.max(0, Math.floor(Math.min(from.y, to.y) - radiusPx));
  const last = Math.min(shape.nRows - 1, Math.ceil(Math.max(from.y, to.y) + radiusPx));
  for (let row = first; row <= last; row++) {
    visitRow(stroke, row, shape.nCols, visit);
  }
  visitPixelUnder(from, shape, visit);
  visitPixelUnder(to, shape, visit);
}

function visitPixelUnder(point: Point, shape: PlaneShape, visit: SpanVisitor): void {
  const pixel = pixelAt(point);
  if (isInside(pixel, shape)) {
    visit(pixel.row, pixel.col, pixel.col + 1);
  }
}

/** A swept disc is convex, so it meets each row of pixel centres in one piece. */
function visitRow(stroke: Stroke, row: number, nCols: number, visit: SpanVisitor): void {
  const reach = reachOnLine(stroke, row + 0.5);
  if (reach === null) {
    return;
  }
  const y = row + 0.5;
  let start = Math.max(0, Math.floor(reach[0] - 0.5));
  let end = Math.min(nCols, Math.ceil(reach[1] + 0.5));
  while (start < end && !isCovered(stroke, start + 0.5, y)) {
    start++;
  }
  while (start < end && !isCovered(stroke, end - 0.5, y)) {
    end--;
  }
  if (start < end) {
    visit(row, start, end);
  }
}

/** Whether a place is within the radius of the segment. */
function isCovered({ from, to, radiusPx }: Stroke, x: number, y: number): boolean {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length2 = dx * dx + dy * dy;
  const along = length2 > 0 ? ((x - from.x) * dx + (y - from.y) * dy) / length2 : 0;
  const t = Math.min(1, Math.max(0, along));
  const ex = x - from.x - t * dx;
  const ey = y - from.y - t * dy;
  return ex * ex + ey * ey <= radiusPx * radiusPx;
}

/** The least and greatest x of the swept disc on a horizontal line, or null when it is not met. */
function reachOnLine(stroke: Stroke, y: number): readonly [number, number] | null {
  const { from, to, radiusPx } = stroke;
  const xs = [...discOnLine(from, radiusPx, y), ...discOnLine(to, radiusPx, y)];
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length > 0) {
    const nx = (-(to.y - from.y) / length) * radiusPx;
    const ny = ((to.x - from.x) / length) * radiusPx;
    xs.push(
      ...sideOnLine(stroke, { x: nx, y: ny }, y),
      ...sideOnLine(stroke, { x: -nx, y: -ny }, y),
    );
  }
  return xs.length > 0 ? [Math.min(...xs), Math.max(...xs)] : null;
}

function discOnLine(centre: Point, radiusPx: number, y: number): number[] {
  const half2 = radiusPx * radiusPx - (y - centre.y) ** 2;
  if (half2 < 0) {
    return [];
  }
  const half = Math.sqrt(half2);
  return [centre.x - half, centre.x + half];
}

/** Where the line meets one long side of the swept disc. */
function sideOnLine({ from, to }: Stroke, offset: Point, y: number): number[] {
  const rise = to.y - from.y;
  const t = rise === 0 ? -1 : (y - from.y - offset.y) / rise;
  return t >= 0 && t <= 1 ? [from.x + offset.x + t * (to.x - from.x)] : [];
}
