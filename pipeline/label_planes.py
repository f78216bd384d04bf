"""Label images that are read a part at a time, so that their size does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.contingency import LabelIndex, PairCounts, count_pairs, index_labels
from pipeline.types import Ints, Labels
from pipeline.windows import Window

# What is read at once: 16 MB of labels.
BAND_PX = 1 << 22
# As much, in whole chunks of stored label images.
BLOCK_SHAPE = (1024, 4096)


class LabelPlane(Protocol):
    """One frame of one compartment."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    def read(self, window: Window) -> Labels:
        """Labels of a window, int32 (row, col), none below 0."""
        ...


@dataclass(frozen=True, eq=False)
class ArrayPlane:
    """Labels of an array, which may be a mapped file; int32 (row, col), none below 0."""

    labels: Labels

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.labels.shape[0], self.labels.shape[1]

    def read(self, window: Window) -> Labels:
        """Labels of a window."""
        return np.ascontiguousarray(self.labels[window.slices])


def band_windows(shape: tuple[int, int]) -> Iterator[Window]:
    """Cover an image with bands of its full width, top to bottom, of `BAND_PX` or else of one row."""
    return _tiles(shape, height=max(1, BAND_PX // shape[1]), width=shape[1])


def block_windows(shape: tuple[int, int]) -> Iterator[Window]:
    """Cover an image with blocks of `BLOCK_SHAPE`, so that stored chunks are decoded once."""
    return _tiles(shape, height=BLOCK_SHAPE[0], width=BLOCK_SHAPE[1])


def _tiles(shape: tuple[int, int], *, height: int, width: int) -> Iterator[Window]:
    rows, cols = shape
    for row in range(0, rows, height):
        for col in range(0, cols, width):
            yield Window(row, col, min(height, rows - row), min(width, cols - col))


def index_plane(plane: LabelPlane) -> LabelIndex:
    """Find the instances of a label image as `index_labels` does, in bands."""
    tables = []
    for window in band_windows(plane.shape):
        table = index_labels(plane.read(window))
        tables.append(table._replace(boxes=table.boxes + np.array([window.row, 0] * 2)))
    labels, firsts, places = _distinct(np.concatenate([table.labels for table in tables]))
    parts = np.concatenate([table.boxes for table in tables])
    boxes = parts[firsts]
    np.minimum.at(boxes[:, :2], places, parts[:, :2])
    np.maximum.at(boxes[:, 2:], places, parts[:, 2:])
    return LabelIndex(labels, _sums(places, np.concatenate([table.areas for table in tables])), boxes)


def count_plane_pairs(first: LabelPlane, second: LabelPlane, *, with_background: bool = True) -> PairCounts:
    """Count the pixels of every pair of labels as `count_pairs` does, in blocks.

    Parameters
    ----------
    first, second : LabelPlane
        Of one shape.
    with_background : bool
        Whether pairs with background are counted, too.
    """
    tables = []
    for window in block_windows(first.shape):
        table = count_pairs(first.read(window), second.read(window))
        rows, cols = np.divmod(table.pixels, window.width)
        pixels = (rows + window.row) * first.shape[1] + cols + window.col
        wanted = with_background | ((table.first > 0) & (table.second > 0))
        tables.append(np.stack([(table.first << 32) | table.second, table.counts, pixels])[:, wanted])
    joined = np.concatenate(tables, axis=1)
    del tables
    pairs, counts, pixels = joined[:, np.argsort(joined[2], kind="stable")]
    distinct, firsts, places = _distinct(pairs)
    return PairCounts(distinct >> 32, distinct & 0xFFFFFFFF, _sums(places, counts), pixels[firsts])


def _distinct(values: Ints) -> tuple[Ints, Ints, Ints]:
    """Values in the order in which they come first, where they do, and the place of each among them."""
    distinct, firsts, places = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    place_of = np.empty(len(order), dtype=np.int64)
    place_of[order] = np.arange(len(order))
    return distinct[order], firsts[order], place_of[places]


def _sums(places: Ints, values: Ints) -> Ints:
    totals = np.zeros(int(places.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(totals, places, values)
    return totals
