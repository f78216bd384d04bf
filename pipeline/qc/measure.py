"""What the rules look at: one table per compartment, measured once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
from skimage.measure import label as connected_parts

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.contingency import PairCounts, count_pairs, find_slot, index_labels, place_table
from pipeline.types import AnyArray, Floats, Ints, Labels, LabelSet
from pipeline.windows import Window


@numba.njit(cache=True)
def _measure(labels: AnyArray, held: Ints) -> tuple[Floats, Ints, Ints]:
    """Sums of row, col, row², col² and row·col, outline in pixel edges, and first pixel per label."""
    keys, places = place_table(held)
    sums = np.zeros((len(held), 5))
    outlines = np.zeros(len(held), np.int64)
    firsts = np.full((len(held), 2), -1, np.int64)
    height, width = labels.shape
    for row in range(height):
        for col in range(width):
            value = labels[row, col]
            if value == 0:
                continue
            place = places[find_slot(keys, value)]
            if firsts[place, 0] < 0:
                firsts[place, 0], firsts[place, 1] = row, col
            sums[place, 0] += row
            sums[place, 1] += col
            sums[place, 2] += row * row
            sums[place, 3] += col * col
            sums[place, 4] += row * col
            outlines[place] += row == 0 or labels[row - 1, col] != value
            outlines[place] += row == height - 1 or labels[row + 1, col] != value
            outlines[place] += col == 0 or labels[row, col - 1] != value
            outlines[place] += col == width - 1 or labels[row, col + 1] != value
    return sums, outlines, firsts


class Instances:
    """Measures of every instance of one compartment, by ascending label.

    Parameters
    ----------
    compartment : str
    image : int32, (row, col)
    """

    def __init__(self, compartment: str, image: Labels) -> None:
        self.compartment = compartment
        self.image = image
        table = index_labels(image)
        order = np.argsort(table.labels)
        self.labels = table.labels[order]
        self.areas = table.areas[order]
        self.boxes = table.boxes[order]
        self._sums, self.outlines, self._firsts = _measure(np.ascontiguousarray(image), self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def index_of(self, labels: Ints) -> Ints:
        """Give the places of labels that are present."""
        return np.searchsorted(self.labels, labels)

    @cached_property
    def places(self) -> Ints:
        """A pixel of each instance, int64 (n, 2): its middle, or its first one where that is outside."""
        middle = np.rint(self._sums[:, :2] / self.areas[:, None]).astype(np.int64)
        inside = self.image[middle[:, 0], middle[:, 1]] == self.labels
        return np.where(inside[:, None], middle, self._firsts)

    @cached_property
    def elongation(self) -> Floats:
        """Long axis over short axis of the ellipse with the same second moments, at least 1."""
        means = self._sums / self.areas[:, None]
        # A pixel is a unit square, whose own variance is 1/12.
        rr = means[:, 2] - means[:, 0] ** 2 + 1 / 12
        cc = means[:, 3] - means[:, 1] ** 2 + 1 / 12
        rc = means[:, 4] - means[:, 0] * means[:, 1]
        spread = np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
        middle = (rr + cc) / 2
        return np.sqrt((middle + spread) / np.maximum(middle - spread, 1 / 12))

    @cached_property
    def roughness(self) -> Floats:
        """Outline² / (16 area): 1 for a square, larger for ragged or hollow outlines."""
        return self.outlines**2 / (16 * self.areas)

    @cached_property
    def pieces(self) -> tuple[Ints, Ints]:
        """Pieces of each instance (8 neighbours) and the pixels of all but its largest."""
        parts = connected_parts(self.image, background=0, connectivity=2).astype(np.int32)
        table = count_pairs(self.image, parts)
        owner = self.index_of(table.first)
        largest = np.zeros(len(self), dtype=np.int64)
        np.maximum.at(largest, owner, table.counts)
        return np.bincount(owner, minlength=len(self)), self.areas - largest

    @cached_property
    def hole_px(self) -> Ints:
        """Background pixels that an instance encloses alone (4 neighbours, away from the image's border)."""
        gaps = connected_parts(self.image == 0, background=0, connectivity=1).astype(np.int32)
        n_gaps = int(gaps.max(initial=0))
        lowest = np.full(n_gaps + 1, np.iinfo(np.int64).max)
        highest = np.zeros(n_gaps + 1, dtype=np.int64)
        for gap, beside in _neighbours(gaps, self.image):
            np.minimum.at(lowest, gap, beside)
            np.maximum.at(highest, gap, beside)
        for edge in (gaps[0], gaps[-1], gaps[:, 0], gaps[:, -1]):
            highest[edge] = 0
        enclosed = np.flatnonzero(lowest == highest)
        sizes = np.bincount(gaps.reshape(-1), minlength=n_gaps + 1)
        holes = np.zeros(len(self), dtype=np.int64)
        np.add.at(holes, self.index_of(highest[enclosed]), sizes[enclosed])
        return holes


def _neighbours(gaps: Labels, image: Labels) -> list[tuple[Labels, Labels]]:
    """Give, for each of four directions, gap and label where a gap has an instance beside it."""
    found = []
    for here, there in (
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
    ):
        for gap, beside in ((gaps[here], image[there]), (gaps[there], image[here])):
            touch = (gap > 0) & (beside > 0)
            found.append((gap[touch], beside[touch]))
    return found


@dataclass(frozen=True, eq=False)
class Measured:
    """Everything the rules look at.

    Parameters
    ----------
    compartments : list of Instances
        In the order of the compartments; one or two.
    shape : (int, int)
    seams : sequence of Window or None
        The crops that the label image was stitched from.
    """

    compartments: list[Instances]
    shape: tuple[int, int]
    seams: Sequence[Window] | None

    def find(self, compartment: str) -> Instances | None:
        """Give one compartment, or None where it was not labelled."""
        return next((part for part in self.compartments if part.compartment == compartment), None)

    @cached_property
    def nuclei(self) -> NucleiInCells | None:
        """Where each nucleus lies; None unless both compartments are there."""
        cells, nuclei = self.find(WHOLE_CELL), self.find(NUCLEAR)
        return None if cells is None or nuclei is None else place_nuclei(cells, nuclei)


@dataclass(frozen=True, eq=False)
class NucleiInCells:
    """The cell of each nucleus: the one that holds most of its pixels.

    Parameters
    ----------
    cells, nuclei : Instances
    cell_of : int64, (n_nuclei,)
        Place of the cell in `cells`, -1 for none.
    inside_px : int64, (n_nuclei,)
        Pixels of the nucleus in that cell.
    """

    cells: Instances
    nuclei: Instances
    cell_of: Ints
    inside_px: Ints


def place_nuclei(cells: Instances, nuclei: Instances) -> NucleiInCells:
    """Find the cell of each nucleus; of equal ones the cell with the lower label."""
    table = count_pairs(cells.image, nuclei.image)
    both = _inside(table)
    cell, nucleus = cells.index_of(table.first[both]), nuclei.index_of(table.second[both])
    weakest_first = np.lexsort((-cell, table.counts[both]))
    cell_of = np.full(len(nuclei), -1, dtype=np.int64)
    inside_px = np.zeros(len(nuclei), dtype=np.int64)
    # Assignment goes in order, so the strongest comes last and stays.
    cell_of[nucleus[weakest_first]] = cell[weakest_first]
    inside_px[nucleus[weakest_first]] = table.counts[both][weakest_first]
    return NucleiInCells(cells, nuclei, cell_of, inside_px)


def _inside(table: PairCounts) -> Ints:
    return np.flatnonzero((table.first > 0) & (table.second > 0))


def measure_labels(labels: LabelSet, *, seams: Sequence[Window] | None = None) -> Measured:
    """Measure the compartments of one frame.

    Parameters
    ----------
    labels : LabelSet
        Checked label images (row, col), int32.
    seams : sequence of Window, optional
    """
    shape = next(iter(labels.values())).shape
    parts = [Instances(name, image) for name, image in labels.items()]
    return Measured(parts, (shape[0], shape[1]), seams)
