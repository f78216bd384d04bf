"""Running a network over an image of any shape in squares of a fixed side, blended where they overlap."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

# Pixels at the rim of a square, where a network sees too little around them; they count for almost nothing.
_RIM_PX = 16
_LEAST_WEIGHT = 1e-3


def tile_starts(size: int, *, tile_px: int, overlap_px: int, multiple: int) -> list[int]:
    """Return where squares start along one axis so that they cover it.

    Starts are multiples of `multiple`: a network with strides answers alike only when it is shifted by whole
    strides. The last square may reach past the end.

    Parameters
    ----------
    size
        Pixels to cover, 1 or more.
    overlap_px
        Pixels that neighbouring squares share at least.
    """
    step = max((tile_px - overlap_px) // multiple * multiple, multiple)
    n_steps = max(-(-(size - tile_px) // step), 0)
    return [index * step for index in range(n_steps + 1)]


def run_in_tiles(
    image: FloatArray,
    run: Callable[[FloatArray], FloatArray],
    *,
    n_maps: int,
    tile_px: int,
    overlap_px: int,
    multiple: int,
) -> FloatArray:
    """Apply `run` to squares and blend its answers.

    Parameters
    ----------
    image
        Float32 (row, col, channel), not empty; mirrored where squares reach past its end.
    run
        Takes (1, tile_px, tile_px, channel), gives (tile_px, tile_px, n_maps).
    overlap_px
        Pixels that neighbouring squares share at least.

    Returns
    -------
    FloatArray
        Float32 (row, col, n_maps).
    """
    n_rows, n_cols = image.shape[:2]
    place = {"tile_px": tile_px, "overlap_px": overlap_px, "multiple": multiple}
    rows, cols = tile_starts(n_rows, **place), tile_starts(n_cols, **place)
    padded_shape = (rows[-1] + tile_px, cols[-1] + tile_px)
    padding = [(0, padded_shape[0] - n_rows), (0, padded_shape[1] - n_cols), (0, 0)]
    padded = np.pad(image, padding, mode="symmetric")
    maps = np.zeros((*padded_shape, n_maps), np.float32)
    total = np.zeros((*padded_shape, 1), np.float32)
    for row in rows:
        row_weight = _blend_weight(tile_px, overlap_px, first=row == rows[0], last=row == rows[-1])
        for col in cols:
            col_weight = _blend_weight(tile_px, overlap_px, first=col == cols[0], last=col == cols[-1])
            weight = (row_weight[:, None] * col_weight[None, :])[..., None]
            place_in = (slice(row, row + tile_px), slice(col, col + tile_px))
            maps[place_in] += weight * run(padded[place_in][None])
            total[place_in] += weight
    maps /= total
    return maps[:n_rows, :n_cols]


def _blend_weight(tile_px: int, overlap_px: int, *, first: bool, last: bool) -> FloatArray:
    """Weigh the pixels along one side: 1 inside, falling to almost nothing where a neighbour knows better."""
    ramp_px = max(overlap_px - 2 * _RIM_PX, 1)
    ramp = (np.arange(tile_px, dtype=np.float32) - _RIM_PX + 1) / ramp_px
    ramp = np.clip(ramp, _LEAST_WEIGHT, 1.0)
    weight = np.ones(tile_px, np.float32)
    if not first:
        weight *= ramp
    if not last:
        weight *= ramp[::-1]
    return weight
