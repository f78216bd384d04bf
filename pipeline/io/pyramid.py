"""Smaller versions of images and label images."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.windows import Window


def level_shapes(rows: int, cols: int, *, smallest_px: int) -> list[tuple[int, int]]:
    """Shapes of a pyramid that halves (rounding up) until no side is longer than `smallest_px`."""
    shapes = [(rows, cols)]
    while max(shapes[-1]) > smallest_px:
        shapes.append(((shapes[-1][0] + 1) // 2, (shapes[-1][1] + 1) // 2))
    return shapes


def blocks(rows: int, cols: int, *, height: int, width: int) -> Iterator[Window]:
    """Windows that tile an image without overlap, row by row; those at the far borders are smaller."""
    for row in range(0, rows, height):
        for col in range(0, cols, width):
            yield Window(row, col, min(height, rows - row), min(width, cols - col))


def n_blocks(rows: int, cols: int, *, height: int, width: int) -> int:
    """Number of windows of `blocks`."""
    return -(-rows // height) * -(-cols // width)


def halve_mean(plane: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Halve a (row, column) plane by the mean of 2 x 2 pixels; an odd last row or column counts twice.

    The dtype stays; means of integers are rounded half up.
    """
    padded = np.pad(plane, [(0, n % 2) for n in plane.shape], mode="edge")
    wide: Any = np.float64 if plane.dtype.kind == "f" or plane.dtype.itemsize > 2 else np.int32
    total: npt.NDArray[Any] = padded[::2, ::2].astype(wide)
    for row, col in ((0, 1), (1, 0), (1, 1)):
        total += padded[row::2, col::2]
    if plane.dtype.kind == "f":
        return (total / 4).astype(plane.dtype)
    if wide is np.float64:
        # A sum in float64 may round to just above the largest value of a 64-bit integer.
        top = np.nextafter(float(np.iinfo(plane.dtype).max), 0)
        return np.minimum(np.floor(total / 4 + 0.5), top).astype(plane.dtype)
    return ((total + 2) // 4).astype(plane.dtype)


def halve_labels(labels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Halve a (row, column) label image by keeping the first of 2 x 2 pixels: labels are never mixed."""
    return labels[::2, ::2]
