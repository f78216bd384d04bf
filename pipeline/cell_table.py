"""Where the instances of a label image are and how large, counted band by band."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numba
import numpy as np

from pipeline.contingency import find_slot, index_labels, place_table
from pipeline.types import AnyArray, Floats, Ints, Labels


class CellTable(NamedTuple):
    """Instances by ascending label.

    labels, areas_px : int64, (n,)
    centres : float64, (n, 2); mean row and column of the pixels
    """

    labels: Ints
    areas_px: Ints
    centres: Floats


@numba.njit(cache=True)
def _sum_places(band: AnyArray, held: Ints) -> Floats:
    """Number of pixels, sum of their rows and sum of their columns for each label that is held."""
    keys, places = place_table(held)
    sums = np.zeros((len(held), 3))
    for row in range(band.shape[0]):
        for col in range(band.shape[1]):
            value = band[row, col]
            if value != 0:
                place = places[find_slot(keys, value)]
                sums[place, 0] += 1
                sums[place, 1] += row
                sums[place, 2] += col
    return sums


def measure_cells(bands: Iterable[tuple[int, Labels]]) -> CellTable:
    """Measure the instances of one frame.

    Parameters
    ----------
    bands : iterable of (first row, int32 (row, col))
        Together the frame, or a part of it; what is held grows with the number of instances alone.
    """
    labels = [np.zeros(0, dtype=np.int64)]
    sums = [np.zeros((0, 3))]
    for row, band in bands:
        held = index_labels(band).labels
        found = _sum_places(np.ascontiguousarray(band), held)
        found[:, 1] += row * found[:, 0]
        labels.append(held)
        sums.append(found)
    known, places = np.unique(np.concatenate(labels), return_inverse=True)
    total = np.zeros((len(known), 3))
    np.add.at(total, places, np.concatenate(sums))
    return CellTable(known, total[:, 0].astype(np.int64), total[:, 1:] / total[:, :1])
