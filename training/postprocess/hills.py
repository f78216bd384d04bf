"""The hills of a map, one marker each."""

import numba
import numpy as np
import numpy.typing as npt
from skimage.morphology import disk

from pipeline.types import Ints, Mask

FloatPlane = npt.NDArray[np.float32]


def h_maxima(image: FloatPlane, *, height: float, radius_px: int) -> Mask:
    """Find the hills that rise at least `height` above the saddle to any higher ground.

    The same pixels as the difference of an image and its morphological reconstruction from itself minus
    `height` (Soille 2003). Instead of a reconstruction of the whole image, the ground around each local
    maximum is walked down to `height` below it: a hill counts when the walk meets nothing higher. Values
    below 0 count as 0, and the floor is 0: a lone hill stands above its surroundings.

    Parameters
    ----------
    image
        Float32 (row, col).
    height
        Above 0.
    radius_px
        Pixels at most this far apart are neighbours.

    Returns
    -------
    Mask
        True on the tops of the hills: the pixels of their highest value.
    """
    offsets = np.argwhere(disk(radius_px)) - radius_px
    distances = (offsets**2).sum(axis=1)
    nearest_first = offsets[np.argsort(distances, kind="stable")][1:].astype(np.int64)
    return _walk_hills(np.ascontiguousarray(image, np.float32), nearest_first, np.float32(height))


@numba.njit(cache=True)
def _walk_hills(values: FloatPlane, offsets: Ints, height: np.float32) -> Mask:
    """Walk every hill that may count, from the first pixel of its top in the order of rows.

    `walked` holds which walk came to a pixel last, `judged` the tops whose walk is over.
    """
    flat = values.ravel()
    tops = np.zeros(flat.size, np.bool_)
    judged = np.zeros(flat.size, np.bool_)
    walked = np.full(flat.size, -1, np.int32)
    queue = np.empty(flat.size, np.int32)
    for start in range(flat.size):
        if flat[start] < height or judged[start]:
            continue
        if _has_higher_neighbour(values, start, offsets):
            continue
        n_queued, counts = _walk(values, start, offsets, height, tops, judged, walked, queue)
        for k in range(n_queued):
            pixel = queue[k]
            if flat[pixel] == flat[start]:
                judged[pixel] = True
                tops[pixel] = counts
    return tops.reshape(values.shape)


@numba.njit(cache=True)
def _has_higher_neighbour(values: FloatPlane, pixel: int, offsets: Ints) -> bool:
    n_rows, n_cols = values.shape
    row, col = pixel // n_cols, pixel % n_cols
    for k in range(len(offsets)):
        there_row, there_col = row + offsets[k, 0], col + offsets[k, 1]
        inside = there_row >= 0 and there_col >= 0 and there_row < n_rows and there_col < n_cols
        if inside and values[there_row, there_col] > values[row, col]:
            return True
    return False


@numba.njit(cache=True)
def _walk(
    values: FloatPlane,
    start: int,
    offsets: Ints,
    height: np.float32,
    tops: Mask,
    judged: Mask,
    walked: npt.NDArray[np.int32],
    queue: npt.NDArray[np.int32],
) -> tuple[int, bool]:
    """Visit what is connected with `start` above `height` below it; give the number visited, and whether
    nothing higher was met. A walk that comes to an equal top which does not count ends there as well."""
    n_rows, n_cols = values.shape
    flat = values.ravel()
    top = flat[start]
    walked[start], queue[0] = start, start
    n_queued, at = 1, 0
    while at < n_queued:
        row, col = queue[at] // n_cols, queue[at] % n_cols
        at += 1
        for k in range(len(offsets)):
            there_row, there_col = row + offsets[k, 0], col + offsets[k, 1]
            if there_row < 0 or there_col < 0 or there_row >= n_rows or there_col >= n_cols:
                continue
            there = there_row * n_cols + there_col
            value = flat[there]
            if value > top or (value == top and judged[there] and not tops[there]):
                return n_queued, False
            if value > 0 and top - value < height and walked[there] != start:
                walked[there] = start
                queue[n_queued] = there
                n_queued += 1
    return n_queued, True
