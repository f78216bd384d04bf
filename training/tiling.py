"""Running a network over an image of any shape in tiles of one size, blended where they overlap."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

# Pixels at the rim of a tile, where a network sees too little around them; they count for almost nothing.
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
    run: Callable[[FloatArray], Sequence[FloatArray]],
    *,
    n_maps: int,
    tile_px: tuple[int, int],
    overlap_px: int,
    multiple: int,
    margin_px: int = 0,
) -> FloatArray:
    """Apply `run` to tiles and blend its answers.

    Parameters
    ----------
    image
        Float32 (row, col, channel), not empty; mirrored where tiles reach past its end.
    run
        Takes (1, row, col, channel) of the size of a tile, gives `n_maps` maps (row, col).
    tile_px
        Rows and columns of a tile.
    overlap_px
        Pixels that neighbouring tiles share at least.
    margin_px
        Mirrored pixels that are added below and at the right at least, so that the end of the image looks
        alike however many tiles there are.

    Returns
    -------
    FloatArray
        Float32 (n_maps, row, col).
    """
    starts = [
        tile_starts(size + margin_px, tile_px=side, overlap_px=min(overlap_px, side // 2), multiple=multiple)
        for size, side in zip(image.shape[:2], tile_px, strict=True)
    ]
    padded_shape = [axis[-1] + side for axis, side in zip(starts, tile_px, strict=True)]
    padding = [(0, padded - size) for padded, size in zip(padded_shape, image.shape[:2], strict=True)]
    padded = np.pad(image, [*padding, (0, 0)], mode="symmetric")
    maps = np.zeros((n_maps, *padded_shape), np.float32)
    total = np.zeros(padded_shape, np.float32)
    weights = [
        _blend_weights(axis, tile_px=side, overlap_px=overlap_px)
        for axis, side in zip(starts, tile_px, strict=True)
    ]
    for row, row_weight in zip(starts[0], weights[0], strict=True):
        for col, col_weight in zip(starts[1], weights[1], strict=True):
            weight = row_weight[:, None] * col_weight[None, :]
            place = (slice(row, row + tile_px[0]), slice(col, col + tile_px[1]))
            total[place] += weight
            for index, answer in enumerate(run(padded[place][None])):
                maps[index][place] += weight * answer
    if len(starts[0]) > 1 or len(starts[1]) > 1:
        maps /= total
    return maps[:, : image.shape[0], : image.shape[1]]


def _blend_weights(starts: list[int], *, tile_px: int, overlap_px: int) -> list[FloatArray]:
    return [
        _blend_weight(tile_px, overlap_px, first=start == starts[0], last=start == starts[-1])
        for start in starts
    ]


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
