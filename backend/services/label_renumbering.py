"""One label for a cell and its nucleus, worked out from counts so that it needs no second copy of an FOV."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.matching import pair_compartments
from pipeline.types import Ints, Labels


class Renumbering(NamedTuple):
    """What happened to the labels of one compartment: `old[i]` became `new[i]`; int64, `old` ascending."""

    old: Ints
    new: Ints

    def of(self, label: int) -> int:
        """The new label; background and labels that were not renamed stay."""
        place = int(self.old.searchsorted(label))
        return int(self.new[place]) if place < len(self.old) and self.old[place] == label else label


def plan_matching(planes: Mapping[str, Labels]) -> dict[str, Renumbering]:
    """How both compartments are to be numbered so that a cell and its nucleus share a label.

    The numbers are those of `pipeline.matching.match_compartments`: cells become 1, 2, ... in the order of
    their labels, a matched nucleus takes the label of its cell, lonely nuclei follow.

    Parameters
    ----------
    planes
        `whole_cell` and `nuclear`, int32 of one shape; they are not changed.
    """
    match = pair_compartments(planes[WHOLE_CELL], planes[NUCLEAR])
    cells = np.union1d(match.pairs[:, 0], match.lonely_cells)
    shared = np.searchsorted(cells, match.pairs[:, 0]) + 1
    alone = len(cells) + 1 + np.arange(len(match.lonely_nuclei))
    return {
        WHOLE_CELL: Renumbering(cells, np.arange(1, len(cells) + 1)),
        NUCLEAR: _ascending(
            np.concatenate((match.pairs[:, 1], match.lonely_nuclei)), np.concatenate((shared, alone))
        ),
    }


def _ascending(old: Ints, new: Ints) -> Renumbering:
    order = np.argsort(old)
    return Renumbering(old[order], new[order])
