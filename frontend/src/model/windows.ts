/** Half-open rectangle of pixels. Row before column, as everywhere outside `points.ts`. */
export interface PixelWindow {
  readonly row: number;
  readonly col: number;
  readonly height: number;
  readonly width: number;
}

/** Rows and columns of one plane of an image. */
export interface PlaneShape {
  readonly nRows: number;
  readonly nCols: number;
}

/** Smallest window that holds both; a missing one adds nothing. */
export function unionOf(a: PixelWindow | null, b: PixelWindow | null): PixelWindow | null {
  if (a === null || b === null) {
    return a ?? b;
  }
  const row = Math.min(a.row, b.row);
  const col = Math.min(a.col, b.col);
  return {
    row,
    col,
    height: Math.max(a.row + a.height, b.row + b.height) - row,
    width: Math.max(a.col + a.width, b.col + b.width) - col,
  };
}

/** The part that both windows share, or null when they share no pixel. */
export function intersectionOf(a: PixelWindow, b: PixelWindow): PixelWindow | null {
  const row = Math.max(a.row, b.row);
  const col = Math.max(a.col, b.col);
  const height = Math.min(a.row + a.height, b.row + b.height) - row;
  const width = Math.min(a.col + a.width, b.col + b.width) - col;
  return height > 0 && width > 0 ? { row, col, height, width } : null;
}

/** The window with `margin` pixels more on every side, cut to the plane. */
export function grownWindow(
  window: PixelWindow,
  margin: number,
  shape: PlaneShape,
): PixelWindow | null {
  const grown = {
    row: window.row - margin,
    col: window.col - margin,
    height: window.height + 2 * margin,
    width: window.width + 2 * margin,
  };
  return intersectionOf(grown, wholeWindow(shape));
}

/** The window that covers a whole plane. */
export function wholeWindow(shape: PlaneShape): PixelWindow {
  return { row: 0, col: 0, height: shape.nRows, width: shape.nCols };
}
