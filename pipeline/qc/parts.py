"""Connected parts of instances, and the gaps that they enclose, found while rows go by.

Of what is above the current row only the parts that reach it are held: their number, their size and the
labels beside them. So memory follows the width of the image and the number of its labels.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from pipeline.contingency import find_slot, place_table
from pipeline.label_planes import LabelPlane, band_windows
from pipeline.types import AnyArray, Ints

_FAR = np.iinfo(np.int64).max
_NONE = -1


class Parts(NamedTuple):
    """Parts that belong to each of some labels: their number, all their pixels, those of the largest.

    counts, areas, largest : int64, (n,)
    """

    counts: Ints
    areas: Ints
    largest: Ints


class _Rows(NamedTuple):
    """The row before and the one at hand.

    labels : int32 (width,); of the row before
    above, here : int64 (width,); the part of each pixel, `_NONE` where none is looked for
    parents : int64 (2 * width,); parts that have met have one root, the lowest of them
    stats : int64 (2 * width, 3); pixels, lowest and highest label that a part belongs to
    numbers : int64 (2 * width,); new number of each part
    """

    labels: AnyArray
    above: Ints
    here: Ints
    parents: Ints
    stats: Ints
    numbers: Ints


class _Found(NamedTuple):
    """The table of labels, and their `Parts` as the columns of an array."""

    keys: Ints
    places: Ints
    parts: Ints


def count_pieces(plane: LabelPlane, labels: Ints) -> Parts:
    """Pieces of each instance; pixels of one label touch along an edge or at a corner.

    Parameters
    ----------
    plane : LabelPlane
    labels : int64, (n,)
        Every label in it.
    """
    rows, found = _start(plane.shape[1], labels)
    n_open = 0
    for window in band_windows(plane.shape):
        n_open = _add_pieces(plane.read(window), rows, found, n_open)
    _add_pieces(np.zeros((1, plane.shape[1]), dtype=np.int32), rows, found, n_open)
    return Parts(*found.parts.T)


def count_holes(plane: LabelPlane, labels: Ints) -> Parts:
    """Gaps that each instance encloses alone; background touches along edges, and gaps end at no border.

    Parameters
    ----------
    plane : LabelPlane
    labels : int64, (n,)
        Every label in it.
    """
    rows, found = _start(plane.shape[1], labels)
    n_open = 0
    for window in band_windows(plane.shape):
        n_open = _add_gaps(plane.read(window), rows, found, n_open, window.row == 0)
    # What is open at the end reaches the border.
    return Parts(*found.parts.T)


def _start(width: int, labels: Ints) -> tuple[_Rows, _Found]:
    rows = _Rows(
        labels=np.zeros(width, dtype=np.int32),
        above=np.full(width, _NONE, dtype=np.int64),
        here=np.full(width, _NONE, dtype=np.int64),
        parents=np.zeros(2 * width, dtype=np.int64),
        stats=np.zeros((2 * width, 3), dtype=np.int64),
        numbers=np.zeros(2 * width, dtype=np.int64),
    )
    keys, places = place_table(labels)
    return rows, _Found(keys, places, np.zeros((len(labels), 3), dtype=np.int64))


@numba.njit(cache=True)
def _add_pieces(band: AnyArray, rows: _Rows, found: _Found, n_open: int) -> int:
    for k in range(len(band)):
        n = _link_row(band[k], rows, n_open, False)
        n_open = _next_row(band[k], rows, found, n_open, n)
    return n_open


@numba.njit(cache=True)
def _add_gaps(band: AnyArray, rows: _Rows, found: _Found, n_open: int, at_border: bool) -> int:
    for k in range(len(band)):
        n = _link_row(band[k], rows, n_open, True)
        _look_around(band[k], rows, at_border and k == 0)
        n_open = _next_row(band[k], rows, found, n_open, n)
    return n_open


@numba.njit(cache=True)
def _root(parents: Ints, part: int) -> int:
    while parents[part] != part:
        parents[part] = parents[parents[part]]
        part = parents[part]
    return part


@numba.njit(cache=True)
def _link_row(row: AnyArray, rows: _Rows, n_open: int, gaps: bool) -> int:
    """Make each run of a label (or of background) a part and join it with those above; how many there are."""
    reach = 0 if gaps else 1
    width, n, col = len(row), n_open, 0
    for part in range(n_open):
        rows.parents[part] = part
    while col < width:
        value, start = row[col], col
        while col < width and row[col] == value:
            col += 1
        if (value == 0) != gaps:
            rows.here[start:col] = _NONE
            continue
        rows.here[start:col] = n
        rows.parents[n] = n
        rows.stats[n, 0], rows.stats[n, 1], rows.stats[n, 2] = col - start, _FAR if gaps else value, value
        for k in range(max(start - reach, 0), min(col + reach, width)):
            if rows.above[k] >= 0 and rows.labels[k] == value:
                a, b = _root(rows.parents, n), _root(rows.parents, rows.above[k])
                rows.parents[max(a, b)] = min(a, b)
        n += 1
    return n


@numba.njit(cache=True)
def _note(stats: Ints, part: int, label: int) -> None:
    stats[part, 1] = min(stats[part, 1], label)
    stats[part, 2] = max(stats[part, 2], label)


@numba.njit(cache=True)
def _look_around(row: AnyArray, rows: _Rows, at_border: bool) -> None:
    """Note the labels beside gaps, and 0 for the border of the image."""
    last = len(row) - 1
    for col in range(len(row)):
        gap = rows.here[col]
        if gap >= 0:
            if at_border or col == 0 or col == last:
                _note(rows.stats, gap, 0)
            if col > 0 and row[col - 1] > 0:
                _note(rows.stats, gap, row[col - 1])
            if col < last and row[col + 1] > 0:
                _note(rows.stats, gap, row[col + 1])
            if rows.labels[col] > 0:
                _note(rows.stats, gap, rows.labels[col])
        elif rows.above[col] >= 0:
            _note(rows.stats, rows.above[col], row[col])


@numba.njit(cache=True)
def _next_row(row: AnyArray, rows: _Rows, found: _Found, n_open: int, n: int) -> int:
    """Count the parts that end above the row, number the others from 0, and go on; how many are open."""
    parents, stats, numbers = rows.parents, rows.stats, rows.numbers
    numbers[:n] = _NONE
    for part in range(n):
        root = _root(parents, part)
        if root != part:
            stats[root, 0] += stats[part, 0]
            stats[root, 1] = min(stats[root, 1], stats[part, 1])
            stats[root, 2] = max(stats[root, 2], stats[part, 2])
        if part >= n_open:
            numbers[root] = 0
    n_next = 0
    for part in range(n):
        if parents[part] == part and numbers[part] == _NONE:
            _close(stats[part], found)
        elif parents[part] == part:
            stats[n_next] = stats[part]
            numbers[part] = n_next
            n_next += 1
    for col in range(len(row)):
        part = rows.here[col]
        rows.above[col] = _NONE if part < 0 else numbers[_root(parents, part)]
    rows.labels[:] = row
    return n_next


@numba.njit(cache=True)
def _close(stats: Ints, found: _Found) -> None:
    if 0 < stats[1] == stats[2]:
        part = found.parts[found.places[find_slot(found.keys, stats[1])]]
        part[0] += 1
        part[1] += stats[0]
        part[2] = max(part[2], stats[0])
