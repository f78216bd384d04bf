"""What the rules look at: one table per compartment, measured once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.contingency import find_slot, place_table
from pipeline.label_planes import LabelPlane, band_windows, count_plane_pairs, index_plane
from pipeline.qc.parts import count_holes, count_pieces
from pipeline.types import AnyArray, Floats, Ints
from pipeline.windows import Window


@numba.njit(cache=True)
def _add_rows(
    band: AnyArray,
    start: int,
    stop: int,
    shift: int,
    keys: Ints,
    places: Ints,
    sums: Floats,
    outlines: Ints,
    firsts: Ints,
) -> None:
    """Add rows `start` to `stop` of a band that holds the rows beside them, too; row 0 is row `shift`."""
    height, width = band.shape
    for k in range(start, stop):
        row = k + shift
        for col in range(width):
            value = band[k, col]
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
            outlines[place] += k == 0 or band[k - 1, col] != value
            outlines[place] += k == height - 1 or band[k + 1, col] != value
            outlines[place] += col == 0 or band[k, col - 1] != value
            outlines[place] += col == width - 1 or band[k, col + 1] != value


def _measure(plane: LabelPlane, held: Ints) -> tuple[Floats, Ints, Ints]:
    """Sums of row, col, row², col² and row·col, outline in pixel edges, and first pixel per label."""
    sums = np.zeros((len(held), 5))
    outlines = np.zeros(len(held), np.int64)
    firsts = np.full((len(held), 2), -1, np.int64)
    keys, places = place_table(held)
    n_rows, width = plane.shape
    for window in band_windows(plane.shape):
        top, bottom = max(window.row - 1, 0), min(window.stop_row + 1, n_rows)
        band = plane.read(Window(top, 0, bottom - top, width))
        start = window.row - top
        _add_rows(band, start, start + window.height, top, keys, places, sums, outlines, firsts)
    return sums, outlines, firsts


def _pixels_at(plane: LabelPlane, points: Ints) -> Ints:
    """Labels of pixels (n, 2)."""
    found = np.zeros(len(points), dtype=np.int64)
    for window in band_windows(plane.shape):
        inside = np.flatnonzero((points[:, 0] >= window.row) & (points[:, 0] < window.stop_row))
        rows, cols = points[inside].T
        found[inside] = plane.read(window)[rows - window.row, cols]
    return found


class Instances:
    """Measures of every instance of one compartment, by ascending label.

    Parameters
    ----------
    compartment : str
    plane : LabelPlane
        Read in bands, so that what is held grows with the number of instances alone.
    """

    def __init__(self, compartment: str, plane: LabelPlane) -> None:
        self.compartment = compartment
        self.plane = plane
        table = index_plane(plane)
        order = np.argsort(table.labels)
        self.labels = table.labels[order]
        self.areas = table.areas[order]
        self.boxes = table.boxes[order]
        self._sums, self.outlines, self._firsts = _measure(plane, self.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def index_of(self, labels: Ints) -> Ints:
        """Give the places of labels that are present."""
        return np.searchsorted(self.labels, labels)

    @cached_property
    def places(self) -> Ints:
        """A pixel of each instance, int64 (n, 2): its middle, or its first one where that is outside."""
        middle = np.rint(self._sums[:, :2] / self.areas[:, None]).astype(np.int64)
        inside = _pixels_at(self.plane, middle) == self.labels
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
        parts = count_pieces(self.plane, self.labels)
        return parts.counts, parts.areas - parts.largest

    @cached_property
    def hole_px(self) -> Ints:
        """Background pixels that an instance encloses alone (4 neighbours, away from the image's border)."""
        return count_holes(self.plane, self.labels).areas


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
    table = count_plane_pairs(cells.plane, nuclei.plane, with_background=False)
    cell, nucleus = cells.index_of(table.first), nuclei.index_of(table.second)
    weakest_first = np.lexsort((-cell, table.counts))
    cell_of = np.full(len(nuclei), -1, dtype=np.int64)
    inside_px = np.zeros(len(nuclei), dtype=np.int64)
    # Assignment goes in order, so the strongest comes last and stays.
    cell_of[nucleus[weakest_first]] = cell[weakest_first]
    inside_px[nucleus[weakest_first]] = table.counts[weakest_first]
    return NucleiInCells(cells, nuclei, cell_of, inside_px)


def measure_planes(planes: Mapping[str, LabelPlane], *, seams: Sequence[Window] | None = None) -> Measured:
    """Measure the compartments of one frame.

    Parameters
    ----------
    planes : mapping of compartment to LabelPlane
        Of one shape with pixels, in the order of the compartments.
    seams : sequence of Window, optional
    """
    parts = [Instances(name, plane) for name, plane in planes.items()]
    return Measured(parts, parts[0].plane.shape, seams)
