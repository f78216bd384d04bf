"""Sparse counts over label images: one hash table per call, never a dense matrix.

Both kernels walk the pixels once in runs of equal values, so their cost follows the number of outlines
crossed rather than the number of labels, and labels may be any int32. Results come in the order in which
labels appear in row-major order: a purely geometric order, independent of how instances are numbered.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from pipeline.types import AnyArray, Ints, Labels


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
def _table_bits(n_runs: int) -> int:
    bits = 6
    while (1 << bits) < 2 * n_runs:
        bits += 1
    return bits


@numba.njit(cache=True)
def place_table(labels: Ints) -> tuple[Ints, Ints]:
    """Give the table that finds the place of a label: ``places[find_slot(keys, label)]``."""
    size = 1 << _table_bits(len(labels))
    keys = np.full(size, -1, np.int64)
    places = np.empty(size, np.int64)
    for place in range(len(labels)):
        slot = find_slot(keys, labels[place])
        keys[slot] = labels[place]
        places[slot] = place
    return keys, places


@numba.njit(cache=True)
def _count_runs(labels: AnyArray) -> int:
    n_frames, height, width = labels.shape
    n_runs = 0
    for frame in range(n_frames):
        for row in range(height):
            before = 0
            for col in range(width):
                value = labels[frame, row, col]
                if value != before:
                    n_runs += 1
                    before = value
    return n_runs


@numba.njit(cache=True)
def _index_kernel(labels: AnyArray) -> tuple[Ints, Ints, Ints]:
    n_frames, height, width = labels.shape
    n_runs = _count_runs(labels)
    size = 1 << _table_bits(n_runs)
    keys = np.full(size, -1, np.int64)
    places = np.empty(size, np.int64)
    found = np.empty(n_runs, np.int64)
    areas = np.zeros(n_runs, np.int64)
    boxes = np.empty((n_runs, 4), np.int64)
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
                    keys[slot] = value
                    places[slot] = n
                    found[n] = value
                    boxes[n, 0], boxes[n, 1], boxes[n, 2], boxes[n, 3] = row, start, row + 1, col
                    n += 1
                place = places[slot]
                areas[place] += col - start
                boxes[place, 0] = min(boxes[place, 0], row)
                boxes[place, 1] = min(boxes[place, 1], start)
                boxes[place, 2] = max(boxes[place, 2], row + 1)
                boxes[place, 3] = max(boxes[place, 3], col)
    return found[:n].copy(), areas[:n].copy(), boxes[:n].copy()


@numba.njit(cache=True)
def _pairs_kernel(first: AnyArray, second: AnyArray) -> tuple[Ints, Ints, Ints]:
    n_runs = 0
    before_a, before_b = 0, 0
    for i in range(len(first)):
        if first[i] != before_a or second[i] != before_b:
            n_runs += 1
            before_a, before_b = first[i], second[i]
    size = 1 << _table_bits(n_runs)
    keys = np.full(size, -1, np.int64)
    places = np.empty(size, np.int64)
    found = np.empty(n_runs, np.int64)
    counts = np.zeros(n_runs, np.int64)
    pixels = np.empty(n_runs, np.int64)
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
            keys[slot] = key
            places[slot] = n
            found[n] = key
            pixels[n] = start
            n += 1
        counts[places[slot]] += i - start
    return found[:n].copy(), counts[:n].copy(), pixels[:n].copy()


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
    return LabelIndex(*_index_kernel(as_stack(labels)))


def count_pairs(first: Labels, second: Labels) -> PairCounts:
    """Count the pixels of every pair of labels.

    Parameters
    ----------
    first, second : int32 arrays of one shape, no value below 0
    """
    flat_first = np.ascontiguousarray(first, dtype=np.int32).reshape(-1)
    flat_second = np.ascontiguousarray(second, dtype=np.int32).reshape(-1)
    keys, counts, pixels = _pairs_kernel(flat_first, flat_second)
    return PairCounts(keys >> 32, keys & 0xFFFFFFFF, counts, pixels)
