"""Flooding a map from markers."""

import numba
import numpy as np
import numpy.typing as npt

from pipeline.types import Ints, Labels, Mask

FloatPlane = npt.NDArray[np.float32]
Records = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint64]

_LEVEL, _LABEL, _FOLLOWING = 0, 1, 2

# A word of the queue's index holds this many bits; three layers of words hold 2**18 levels.
_WORD_BITS = 6
_N_LEVELS = 1 << (3 * _WORD_BITS)
# The position of the only set bit of a 64-bit word (Leiserson, Prokop, Randall 1998).
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_OF = np.zeros(64, np.int64)
for _bit in range(64):
    _BIT_OF[((int(_DE_BRUIJN) << _bit) % (1 << 64)) >> 58] = _bit


def flood(heights: FloatPlane, markers: Labels, *, mask: Mask) -> Labels:
    """Label each pixel of `mask` with the marker whose flood reaches it first.

    Floods rise from the markers along rows and columns, always at the highest pixel that any of them has
    reached (Meyer 1991, on the map turned upside down). Of equal pixels the one reached first goes first;
    heights are equal when they differ by less than 1 / 262,143 of the range inside `mask`.

    Parameters
    ----------
    heights
        Float32 (row, col), finite.
    markers
        Int32 (row, col), 0 where there is none.
    mask
        Bool (row, col). Markers outside are left out.

    Returns
    -------
    Labels
        Int32 (row, col), 0 outside of `mask` and where no flood comes.
    """
    if not (mask & (markers > 0)).any():
        return np.zeros(mask.shape, np.int32)
    inside = heights[mask]
    low, high = float(inside.min()), float(inside.max())
    scale = (_N_LEVELS - 1) / (high - low) if high > low else 0.0
    # One record for each pixel, so that a visit touches one place in memory instead of three.
    records = np.empty((mask.shape[0] + 2, mask.shape[1] + 2, 3), np.int32)
    records[..., _LEVEL], records[..., _LABEL] = -1, 0
    records[1:-1, 1:-1, _LEVEL] = np.where(mask, (high - heights) * scale, -1.0)
    records[1:-1, 1:-1, _LABEL] = np.where(mask, markers, 0)
    sources = np.flatnonzero(records[..., _LABEL])
    _flood(records.reshape(-1, 3), sources, records.shape[1], _BIT_OF)
    return records[1:-1, 1:-1, _LABEL].copy()


@numba.njit(cache=True, inline="always")
def _push(pixel: int, records: Records, ends: Records, index: Words) -> None:
    """Put a pixel at the end of the queue of its level, and mark the level as used in all three layers."""
    level = records[pixel, _LEVEL]
    records[pixel, _FOLLOWING] = -1
    if ends[level, 0] >= 0:
        records[ends[level, 1], _FOLLOWING] = pixel
        ends[level, 1] = pixel
        return
    ends[level, 0] = ends[level, 1] = pixel
    for layer in range(3):
        word = level >> _WORD_BITS
        before = index[layer, word]
        index[layer, word] = before | (np.uint64(1) << np.uint64(level & 63))
        if before != 0:
            return
        level = word


@numba.njit(cache=True, inline="always")
def _pop(records: Records, ends: Records, index: Words, bit_of: Ints) -> int:
    """Take the first pixel of the lowest level in use; there must be one."""
    level = _lowest_bit(index[2, 0], bit_of)
    level = (level << _WORD_BITS) | _lowest_bit(index[1, level], bit_of)
    level = (level << _WORD_BITS) | _lowest_bit(index[0, level], bit_of)
    pixel = ends[level, 0]
    ends[level, 0] = records[pixel, _FOLLOWING]
    if ends[level, 0] < 0:
        for layer in range(3):
            word = level >> _WORD_BITS
            index[layer, word] &= ~(np.uint64(1) << np.uint64(level & 63))
            if index[layer, word] != 0:
                break
            level = word
    return pixel


@numba.njit(cache=True, inline="always")
def _lowest_bit(word: np.uint64, bit_of: Ints) -> int:
    lowest = word & (~word + np.uint64(1))
    return bit_of[(lowest * _DE_BRUIJN) >> np.uint64(58)]


@numba.njit(cache=True)
def _flood(records: Records, sources: Ints, width: int, bit_of: Ints) -> None:
    """Flood a map that has a rim of one pixel, whose level is -1 as it is of all that stays out.

    Parameters
    ----------
    records
        Per pixel its level, its label, and the pixel that follows it in the queue of its level.
    sources
        Pixels that have a label already.
    width
        Pixels of a row, the rim included.
    """
    ends = np.full((_N_LEVELS, 2), -1, np.int32)
    index = np.zeros((3, _N_LEVELS >> _WORD_BITS), np.uint64)
    for pixel in sources:
        _push(pixel, records, ends, index)
    while index[2, 0] != 0:
        pixel = _pop(records, ends, index, bit_of)
        label = records[pixel, _LABEL]
        for there in (pixel - width, pixel - 1, pixel + 1, pixel + width):
            if records[there, _LEVEL] >= 0 and records[there, _LABEL] == 0:
                records[there, _LABEL] = label
                _push(there, records, ends, index)
