"""One label for a cell and its nucleus, worked out from counts so that it needs no second copy of an FOV."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.contingency import count_pairs
from pipeline.types import Ints, Labels


class Renumbering(NamedTuple):
    """What happened to the labels of one compartment: `old[i]` became `new[i]`; int64, `old` ascending."""

    old: Ints
    new: Ints

    def of(self, label: int) -> int:
        """The new label; background and labels that were not renamed stay."""
        place = int(self.old.searchsorted(label))
        return int(self.new[place]) if place < len(self.old) and self.old[place] == label else label


def match_planes(planes: Mapping[str, Labels]) -> dict[str, Renumbering]:
    """Number both compartments so that a cell and its nucleus share a label, one to one by maximum overlap.

    Parameters
    ----------
    planes
        `whole_cell` and `nuclear`, int32 of one shape.

    Returns
    -------
    dict
        Matched pairs become 1, 2, ..., lonely cells follow, then lonely nuclei; every label is used once.
    """
    pairs = count_pairs(planes[WHOLE_CELL], planes[NUCLEAR])
    inside = (pairs.first > 0) & (pairs.second > 0)
    order = np.lexsort((pairs.pixels[inside], -pairs.counts[inside]))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for cell, nucleus in zip(pairs.first[inside][order], pairs.second[inside][order], strict=True):
        if int(cell) not in partner and int(nucleus) not in taken:
            partner[int(cell)] = int(nucleus)
            taken.add(int(nucleus))
    cells = sorted(partner)
    matched = {WHOLE_CELL: cells, NUCLEAR: [partner[cell] for cell in cells]}
    start = len(cells) + 1
    renumberings = {}
    for name, column in ((WHOLE_CELL, pairs.first), (NUCLEAR, pairs.second)):
        lonely = np.setdiff1d(column[column > 0], np.array(matched[name], dtype=np.int64))
        old = np.array([*matched[name], *lonely], dtype=np.int64)
        new = np.concatenate([np.arange(1, len(cells) + 1), np.arange(start, start + len(lonely))])
        start += len(lonely)
        ascending = np.argsort(old)
        renumberings[name] = Renumbering(old[ascending], new[ascending].astype(np.int64))
    return renumberings
