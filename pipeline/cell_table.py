"""Where the instances of a label image are and how large, counted block by block."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from pipeline.contingency import find_slot, index_labels, place_table
from pipeline.label_planes import LabelPlane, block_windows
from pipeline.types import AnyArray, Floats, Ints


class CellTable(NamedTuple):
    """Instances by ascending label.

    labels, areas_px : int64, (n,)
    centres : float64, (n, 2); mean row and column of the pixels
    """

    labels: Ints
    areas_px: Ints
    centres: Floats


@numba.njit(cache=True)
def _sum_places(block: AnyArray, held: Ints) -> Floats:
    """Number of pixels, sum of their rows and sum of their columns for each label that is held."""
    keys, places = place_table(held)
    sums = np.zeros((len(held), 3))
    for row in range(block.shape[0]):
        for col in range(block.shape[1]):
            value = block[row, col]
            if value != 0:
                place = places[find_slot(keys, value)]
                sums[place, 0] += 1
                sums[place, 1] += row
                sums[place, 2] += col
    return sums


def measure_cells(plane: LabelPlane) -> CellTable:
    """Measure the instances of one frame; what is held grows with their number alone."""
    labels = [np.zeros(0, dtype=np.int64)]
    sums = [np.zeros((0, 3))]
    for window in block_windows(plane.shape):
        block = plane.read(window)
        held = index_labels(block).labels
        found = _sum_places(np.ascontiguousarray(block), held)
        found[:, 1:] += found[:, :1] * (window.row, window.col)
        labels.append(held)
        sums.append(found)
    known, places = np.unique(np.concatenate(labels), return_inverse=True)
    total = np.zeros((len(known), 3))
    np.add.at(total, places, np.concatenate(sums))
    return CellTable(known, total[:, 0].astype(np.int64), total[:, 1:] / total[:, :1])
