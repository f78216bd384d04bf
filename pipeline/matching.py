"""Which nucleus belongs to which cell."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.contingency import count_pairs
from pipeline.labels import check_labels, check_same_shape, map_labels, present_labels
from pipeline.types import AnyArray, Ints, LabelSet, Mask


@dataclass(frozen=True, eq=False)
class CompartmentMatch:
    """Cells and nuclei by their labels before renumbering.

    Parameters
    ----------
    pairs : int64, (n, 2)
        Label of the cell and label of its nucleus, by label of the cell.
    lonely_cells, lonely_nuclei : int64
        Labels without a partner, ascending.
    """

    pairs: Ints
    lonely_cells: Ints
    lonely_nuclei: Ints


def overlap_table(first: AnyArray, second: AnyArray) -> tuple[Ints, Ints, Ints]:
    """Count the pixels that instances of two label images share.

    Parameters
    ----------
    first, second : label images of one shape

    Returns
    -------
    labels_first, labels_second, counts : int64 arrays of one length
        One entry for each pair of instances with a pixel in common, ascending by both labels; background
        takes no part.

    Raises
    ------
    InvalidLabels
        When an array is no label image or the shapes differ.
    """
    names = ("The first label image", "the second")
    check_same_shape(first, second, names=names)
    table = count_pairs(check_labels(first, name=names[0]), check_labels(second, name=names[1]))
    both = (table.first > 0) & (table.second > 0)
    labels_first, labels_second, counts = table.first[both], table.second[both], table.counts[both]
    order = np.lexsort((labels_second, labels_first))
    return labels_first[order], labels_second[order], counts[order]


def pair_compartments(whole_cell: AnyArray, nuclear: AnyArray) -> CompartmentMatch:
    """Match cells and nuclei one to one by maximum overlap.

    The pair that shares most pixels is made first, then the next whose cell and nucleus are both free. Of
    equal pairs the one whose first shared pixel comes first is made, so that labels do not matter. One shared
    pixel is enough.

    Parameters
    ----------
    whole_cell, nuclear : label images of one shape, (row, col) or (frame, row, col)

    Raises
    ------
    InvalidLabels
        When an array is no label image or the shapes differ.
    """
    check_same_shape(whole_cell, nuclear, names=(WHOLE_CELL, NUCLEAR))
    cells, nuclei = check_labels(whole_cell, name=WHOLE_CELL), check_labels(nuclear, name=NUCLEAR)
    table = count_pairs(cells, nuclei)
    both = np.flatnonzero((table.first > 0) & (table.second > 0))
    strongest_first = both[np.lexsort((table.pixels[both], -table.counts[both]))]
    pairs = _free_pairs(table.first[strongest_first], table.second[strongest_first])
    return CompartmentMatch(
        pairs=pairs[np.argsort(pairs[:, 0])],
        lonely_cells=np.setdiff1d(present_labels(cells), pairs[:, 0]),
        lonely_nuclei=np.setdiff1d(present_labels(nuclei), pairs[:, 1]),
    )


def _free_pairs(cells: Ints, nuclei: Ints) -> Ints:
    _, cell_places = np.unique(cells, return_inverse=True)
    _, nucleus_places = np.unique(nuclei, return_inverse=True)
    made = _make_pairs(cell_places, nucleus_places)
    return np.stack((cells[made], nuclei[made]), axis=1)


@numba.njit(cache=True)
def _make_pairs(cells: Ints, nuclei: Ints) -> Mask:
    """Say which pairs are made when each takes its cell and its nucleus away from those after it."""
    taken_cells = np.zeros(len(cells), np.bool_)
    taken_nuclei = np.zeros(len(nuclei), np.bool_)
    made = np.zeros(len(cells), np.bool_)
    for k in range(len(cells)):
        made[k] = not taken_cells[cells[k]] and not taken_nuclei[nuclei[k]]
        if made[k]:
            taken_cells[cells[k]] = True
            taken_nuclei[nuclei[k]] = True
    return made


def match_compartments(whole_cell: AnyArray, nuclear: AnyArray) -> tuple[LabelSet, CompartmentMatch]:
    """Renumber both compartments so that a cell and its nucleus share a label.

    Cells become 1, 2, ... in the order of their labels, a matched nucleus takes the label of its cell, and
    nuclei without a cell take the labels after that, which no cell has. Doing it twice changes nothing more.

    Parameters
    ----------
    whole_cell, nuclear : label images of one shape, (row, col) or (frame, row, col)

    Returns
    -------
    labels : LabelSet
        Both compartments, int32.
    match : CompartmentMatch
        Under the labels that were given.

    Raises
    ------
    InvalidLabels
        When an array is no label image or the shapes differ.
    """
    match = pair_compartments(whole_cell, nuclear)
    cells, nuclei = check_labels(whole_cell, name=WHOLE_CELL), check_labels(nuclear, name=NUCLEAR)
    held = present_labels(cells)
    shared = np.searchsorted(held, match.pairs[:, 0]) + 1
    alone = len(held) + 1 + np.arange(len(match.lonely_nuclei))
    labels = {
        WHOLE_CELL: map_labels(cells, old=held, new=np.arange(1, len(held) + 1)),
        NUCLEAR: map_labels(
            nuclei,
            old=np.concatenate((match.pairs[:, 1], match.lonely_nuclei)),
            new=np.concatenate((shared, alone)),
        ),
    }
    return labels, match
