"""Sparse counts over label images: one hash table per call, never a dense matrix.

Both kernels walk the pixels once in runs of equal values, so their time follows the number of outlines
crossed, and labels may be any int32. Their tables grow with what is found: memory follows the number of
labels or pairs, whatever the size of the image. Results come in the order in which labels appear in row-major
order: a purely geometric order, independent of how instances are numbered.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from pipeline.types import AnyArray, Ints, Labels

_FIRST_ROWS = 32


class LabelIndex(NamedTuple):
    """The instances of a label image, in the order of their first pixels.

    labels, areas : int64, (n,)
    boxes : int64, (n, 4); first row, first column, row after the last, column after the last
    """

    labels: Ints
    areas: Ints
    boxes: Ints


class PairCounts(NamedTuple):
    """The pairs of labels found at the same pixel, background included, but not the pair (0, 0).

    first, second, counts : int64, (n,)
    pixels : int64, (n,); flat index of the first pixel of each pair, in C order
    """

    first: Ints
    second: Ints
    counts: Ints
    pixels: Ints


@numba.njit(cache=True)
def find_slot(keys: Ints, key: int) -> int:
    """Give the slot of `key` in an open-addressed table of -1 or keys >= 0; its length is a power of two."""
    mask = len(keys) - 1
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    slot = int(mixed >> np.uint64(32)) & mask
    while keys[slot] != key and keys[slot] != -1:
        slot = (slot + 1) & mask
    return slot


@numba.njit(cache=True)
def _table_bits(n_keys: int) -> int:
    bits = 6
    while (1 << bits) < 2 * n_keys:
        bits += 1
    return bits


@numba.njit(cache=True)
def place_table(labels: Ints) -> tuple[Ints, Ints]:
    """Give the table that finds the place of a label: ``places[find_slot(keys, label)]``."""
    return _table_with_room(labels, len(labels))


@numba.njit(cache=True)
def _table_with_room(labels: Ints, n_keys: int) -> tuple[Ints, Ints]:
    """As `place_table`, with room for `n_keys` labels."""
    size = 1 << _table_bits(n_keys)
    keys = np.full(size, -1, np.int64)
    places = np.empty(size, np.int64)
    for place in range(len(labels)):
        slot = find_slot(keys, labels[place])
        keys[slot] = labels[place]
        places[slot] = place
    return keys, places


@numba.njit(cache=True)
def _with_room(rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Give rows twice as many, and the table that finds the row of a key; keys are in the first column."""
    larger = np.empty((2 * len(rows), rows.shape[1]), np.int64)
    larger[: len(rows)] = rows
    keys, places = _table_with_room(rows[:, 0].copy(), len(larger))
    return larger, keys, places


@numba.njit(cache=True)
def _index_kernel(labels: AnyArray) -> Ints:
    """Label, area and box of each instance."""
    n_frames, height, width = labels.shape
    rows = np.empty((_FIRST_ROWS, 6), np.int64)
    keys, places = _table_with_room(rows[:0, 0].copy(), len(rows))
    n = 0
    for frame in range(n_frames):
        for row in range(height):
            col = 0
            while col < width:
                value = labels[frame, row, col]
                start = col
                col += 1
                while col < width and labels[frame, row, col] == value:
                    col += 1
                if value == 0:
                    continue
                slot = find_slot(keys, value)
                if keys[slot] == -1:
                    if n == len(rows):
                        rows, keys, places = _with_room(rows)
                        slot = find_slot(keys, value)
                    keys[slot] = value
                    places[slot] = n
                    rows[n, 0], rows[n, 1] = value, 0
                    rows[n, 2], rows[n, 3], rows[n, 4], rows[n, 5] = row, start, row + 1, col
                    n += 1
                place = places[slot]
                rows[place, 1] += col - start
                rows[place, 2] = min(rows[place, 2], row)
                rows[place, 3] = min(rows[place, 3], start)
                rows[place, 4] = max(rows[place, 4], row + 1)
                rows[place, 5] = max(rows[place, 5], col)
    return rows[:n].copy()


@numba.njit(cache=True)
def _pairs_kernel(first: AnyArray, second: AnyArray) -> Ints:
    """Both labels as one number, shared pixels and first of them for each pair."""
    rows = np.empty((_FIRST_ROWS, 3), np.int64)
    keys, places = _table_with_room(rows[:0, 0].copy(), len(rows))
    n = 0
    i = 0
    while i < len(first):
        a, b = first[i], second[i]
        start = i
        i += 1
        while i < len(first) and first[i] == a and second[i] == b:
            i += 1
        key = (np.int64(a) << 32) | np.int64(b)
        if key == 0:
            continue
        slot = find_slot(keys, key)
        if keys[slot] == -1:
            if n == len(rows):
                rows, keys, places = _with_room(rows)
                slot = find_slot(keys, key)
            keys[slot] = key
            places[slot] = n
            rows[n, 0], rows[n, 1], rows[n, 2] = key, 0, start
            n += 1
        rows[places[slot], 1] += i - start
    return rows[:n].copy()


def as_stack(labels: Labels) -> Labels:
    """Give a label image as contiguous int32 (frame, row, col)."""
    stack = labels if labels.ndim == 3 else labels.reshape((1,) * (3 - labels.ndim) + labels.shape)
    return np.ascontiguousarray(stack, dtype=np.int32)


def index_labels(labels: Labels) -> LabelIndex:
    """Find the instances of a label image with their areas and boxes.

    Parameters
    ----------
    labels : int32, (row, col) or (frame, row, col), no value below 0
    """
    rows = _index_kernel(as_stack(labels))
    return LabelIndex(rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2:].copy())


def count_pairs(first: Labels, second: Labels) -> PairCounts:
    """Count the pixels of every pair of labels.

    Parameters
    ----------
    first, second : int32 arrays of one shape, no value below 0
    """
    flat_first = np.ascontiguousarray(first, dtype=np.int32).reshape(-1)
    flat_second = np.ascontiguousarray(second, dtype=np.int32).reshape(-1)
    rows = _pairs_kernel(flat_first, flat_second)
    keys = rows[:, 0]
    return PairCounts(keys >> 32, keys & 0xFFFFFFFF, rows[:, 1].copy(), rows[:, 2].copy())
