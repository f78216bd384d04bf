/**
 * Points in image space. This is the only file that knows both orders: x runs along the columns,
 * y along the rows, and the pixel (row, col) covers the square [col, col + 1) x [row, row + 1).
 */
import type { PlaneShape } from "./windows";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Pixel {
  readonly row: number;
  readonly col: number;
}

/** The pixel under a point, which may lie outside the image. */
export function pixelAt(point: Point): Pixel {
  return { row: Math.floor(point.y), col: Math.floor(point.x) };
}

/** Whether a pixel belongs to the plane. */
export function isInside(pixel: Pixel, shape: PlaneShape): boolean {
  return pixel.row >= 0 && pixel.col >= 0 && pixel.row < shape.nRows && pixel.col < shape.nCols;
}

/** The middle of a pixel. */
export function centreOf(pixel: Pixel): Point {
  return { x: pixel.col + 0.5, y: pixel.row + 0.5 };
}
