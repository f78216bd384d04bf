"""Regions of an image that an outline encloses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.types import Mask
from pipeline.windows import Window

Point = Sequence[float]
"""(row, column); the pixel (r, c) covers the square from (r, c) to (r + 1, c + 1)."""


def polygon_mask(points: Sequence[Point], window: Window) -> Mask:
    """The pixels of a window whose centre lies in a closed polygon, as the editor fills it.

    A place that the outline goes round at least once in sum is inside (nonzero winding), so an outline that
    crosses itself has no hole. A centre on a left edge is inside, on a right edge outside: polygons that
    share an edge share no pixel.

    Parameters
    ----------
    points
        The vertices, (row, column), in the pixels that `window` counts in; they may lie outside of it.
    window
        The pixels to be told.

    Returns
    -------
    bool array of the shape of `window`
    """
    turns = np.zeros((window.height, window.width + 1), dtype=np.int32)
    outline = np.asarray(points, dtype=np.float64)
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        # Every edge is worked out from its upper end, so that rounding is the same whichever way it runs.
        (top, col0), (bottom, col1) = (start, end) if start[0] <= end[0] else (end, start)
        first = max(int(np.ceil(top - 0.5)), window.row)
        stop = min(int(np.ceil(bottom - 0.5)), window.stop_row)
        if first >= stop:
            continue
        rows = np.arange(first, stop)
        crossed = col0 + (rows + 0.5 - top) / (bottom - top) * (col1 - col0)
        cols = np.clip(np.ceil(crossed - 0.5) - window.col, 0, window.width).astype(np.int64)
        turns[rows - window.row, cols] += 1 if start[0] < end[0] else -1
    return np.cumsum(turns[:, :-1], axis=1) != 0


def regions_mask(polygons: Iterable[Sequence[Point]], window: Window) -> Mask:
    """The pixels of a window that lie in any of the polygons; see `polygon_mask`."""
    mask = np.zeros(window.shape, dtype=np.bool_)
    for points in polygons:
        mask |= polygon_mask(points, window)
    return mask


def clip_polygon(points: Sequence[Point], window: Window) -> list[list[float]]:
    """The part of a polygon inside a window, which encloses the same pixels there.

    After Sutherland and Hodgman (1974): one border after the other. Where the outline leaves the window and
    comes back, it runs along the border. Places are kept to a thousandth of a pixel.

    Returns
    -------
    list of [row, column]
        Empty when nothing is left.
    """
    clipped = [[float(row), float(col)] for row, col in points]
    for axis, start, stop in ((0, window.row, window.stop_row), (1, window.col, window.stop_col)):
        clipped = _cut(clipped, axis=axis, border=start, sign=1)
        clipped = _cut(clipped, axis=axis, border=stop, sign=-1)
    return [[round(row, 3), round(col, 3)] for row, col in clipped]


def _cut(points: list[list[float]], *, axis: int, border: float, sign: int) -> list[list[float]]:
    """Keep what is at or beyond a border, in the direction of the sign."""
    kept: list[list[float]] = []
    for before, point in zip([*points[-1:], *points[:-1]], points, strict=True):
        depth0, depth1 = sign * (before[axis] - border), sign * (point[axis] - border)
        if (depth0 >= 0) != (depth1 >= 0):
            share = depth0 / (depth0 - depth1)
            crossing = [a + share * (b - a) for a, b in zip(before, point, strict=True)]
            crossing[axis] = border
            kept.append(crossing)
        if depth1 >= 0:
            kept.append(point)
    return kept
