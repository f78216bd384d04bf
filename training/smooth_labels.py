"""Label images on a finer grid, with smooth outlines instead of blocks."""

import numba
import numpy as np
import numpy.typing as npt

from pipeline.types import Floats, Labels, Mask

REACH_PX = 3
"""How many pixels of the coarse image count on each side of a place."""

# Of the Gaussian by which they count, in pixels of the coarse image: wide enough that the steps of an outline
# are no longer seen, narrow enough that an instance of two by two pixels stays.
_SIGMA_PX = 0.9


def enlarge_labels(labels: Labels, rows: Floats, cols: Floats) -> Labels:
    """Say which label weighs most around each place, the background being one of them.

    Pixels count by a Gaussian of their distance; beyond the borders, those of the border go on. Since labels
    and not intensities are weighed, no label appears that was not there, and labels may be any numbers.

    Parameters
    ----------
    labels
        Int32 (row, col), not empty.
    rows, cols
        Places in pixels of `labels`, ascending, float64; integers are the centres of its pixels.

    Returns
    -------
    Labels
        Int32 (rows, cols).
    """
    found = np.empty((len(rows), len(cols)), np.int32)
    _enlarge(np.ascontiguousarray(labels), rows, cols, found)
    return found


@numba.njit(cache=True)
def _enlarge(labels: Labels, rows: Floats, cols: Floats, found: Labels) -> None:
    n_rows, n_cols = labels.shape
    across = _weights(cols)
    down = _weights(rows)
    names = np.empty(4 * REACH_PX * REACH_PX, np.int32)
    sums = np.empty(4 * REACH_PX * REACH_PX)
    calm = np.empty(n_cols, np.bool_)
    row_of_calm = -REACH_PX - 1
    for at_row in range(len(rows)):
        row = int(np.floor(rows[at_row]))
        if row != row_of_calm:
            _find_calm(labels, row, calm)
            row_of_calm = row
        for at_col in range(len(cols)):
            col = int(np.floor(cols[at_col]))
            near = min(max(col, 0), n_cols - 1)
            if calm[near]:
                found[at_row, at_col] = labels[min(max(row, 0), n_rows - 1), near]
            else:
                found[at_row, at_col] = _heaviest(labels, row, col, down[at_row], across[at_col], names, sums)


@numba.njit(cache=True)
def _weights(places: Floats) -> Floats:
    weights = np.empty((len(places), 2 * REACH_PX))
    for at in range(len(places)):
        first = np.floor(places[at]) - REACH_PX + 1
        for tap in range(2 * REACH_PX):
            weights[at, tap] = np.exp(-(((places[at] - first - tap) / _SIGMA_PX) ** 2) / 2)
    return weights


@numba.njit(cache=True)
def _find_calm(labels: Labels, row: int, calm: Mask) -> None:
    """Say for each column whether all pixels that count at a place right of it have one label."""
    n_rows, n_cols = labels.shape
    n_alike = 0
    for end in range(n_cols + REACH_PX):
        col = min(end, n_cols - 1)
        label = labels[min(max(row, 0), n_rows - 1), col]
        alike = True
        for there in range(row - REACH_PX + 1, row + REACH_PX + 1):
            alike = alike and labels[min(max(there, 0), n_rows - 1), col] == label
        before = labels[min(max(row, 0), n_rows - 1), max(col - 1, 0)]
        n_alike = (n_alike + 1 if label == before else 1) if alike else 0
        start = end - REACH_PX
        if start >= 0:
            # Columns left of the first one count as it does.
            calm[start] = n_alike >= min(2 * REACH_PX, end + 1)


@numba.njit(cache=True)
def _heaviest(
    labels: Labels,
    row: int,
    col: int,
    down: Floats,
    across: Floats,
    names: npt.NDArray[np.int32],
    sums: Floats,
) -> int:
    n_rows, n_cols = labels.shape
    n_names = 0
    for down_tap in range(2 * REACH_PX):
        there = min(max(row - REACH_PX + 1 + down_tap, 0), n_rows - 1)
        for across_tap in range(2 * REACH_PX):
            label = labels[there, min(max(col - REACH_PX + 1 + across_tap, 0), n_cols - 1)]
            place = 0
            while place < n_names and names[place] != label:
                place += 1
            if place == n_names:
                names[place], sums[place] = label, 0.0
                n_names += 1
            sums[place] += down[down_tap] * across[across_tap]
    return names[np.argmax(sums[:n_names])]
