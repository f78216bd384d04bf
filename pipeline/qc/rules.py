"""The rules. Each takes what was measured and the thresholds, and yields what it finds.

A rule yields `Hit`s; name and severity are added by the registry in `pipeline.qc.check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipeline.label_planes import LabelPlane
from pipeline.qc.findings import QcThresholds
from pipeline.qc.measure import Instances, Measured
from pipeline.types import Floats, Ints, Mask
from pipeline.windows import Window

_MAD_TO_SIGMA = 1.4826
_LEAST_SIGMA = 0.1


class Hit(NamedTuple):
    """What a rule found, before it gets the rule's name: the instance (None: the image), a text, a value."""

    instances: Instances | None
    place: int
    message: str
    value: float


def _where(mask: Mask) -> list[int]:
    return np.flatnonzero(mask).tolist()


def find_small(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Instances of fewer than `min_area_px` pixels."""
    for part in measured.compartments:
        for k in _where(part.areas < thresholds.min_area_px):
            area = int(part.areas[k])
            yield Hit(part, k, f"{area} px, fewer than {thresholds.min_area_px}: probably a leftover.", area)


def find_few_cells(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """An image of fewer than `min_cells` cells; nuclei are counted where there are no whole cells."""
    part = measured.compartments[0]
    if len(part) < thresholds.min_cells:
        message = f"{len(part)} instances in {part.compartment}, fewer than {thresholds.min_cells}."
        yield Hit(None, 0, message, len(part))


def find_split_labels(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """One label in several pieces that do not touch, not even at a corner."""
    for part in measured.compartments:
        n_pieces, loose_px = part.pieces
        for k in _where(n_pieces > 1):
            message = f"One label in {n_pieces[k]} pieces; {loose_px[k]} px are apart from the largest."
            yield Hit(part, k, message, n_pieces[k])


def find_holes(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Instances around background of more than `max_hole_px` pixels."""
    for part in measured.compartments:
        for k in _where(part.hole_px > thresholds.max_hole_px):
            yield Hit(part, k, f"{part.hole_px[k]} px of background inside.", part.hole_px[k])


def find_nuclei_outside(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Nuclei with more than `max_outside` of their pixels outside their cell, or without a cell."""
    placed = measured.nuclei
    if placed is None:
        return
    nuclei = placed.nuclei
    outside = 1 - placed.inside_px / nuclei.areas
    for k in _where(outside > thresholds.max_outside):
        if placed.cell_of[k] < 0:
            message = "The nucleus lies in no cell."
        else:
            cell = placed.cells.labels[placed.cell_of[k]]
            message = f"{outside[k]:.0%} of the nucleus lie outside cell {cell}."
        yield Hit(nuclei, k, message, outside[k])


def _nuclei_per_cell(measured: Measured) -> tuple[Instances, Ints, Ints, Ints] | None:
    placed = measured.nuclei
    if placed is None or len(placed.nuclei) == 0:
        return None
    mostly_inside = np.flatnonzero(2 * placed.inside_px > placed.nuclei.areas)
    cell_of = placed.cell_of[mostly_inside]
    counts = np.bincount(cell_of, minlength=len(placed.cells))
    return placed.cells, counts, cell_of, placed.nuclei.labels[mostly_inside]


def find_several_nuclei(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Cells that hold more than half of each of two or more nuclei."""
    found = _nuclei_per_cell(measured)
    if found is None:
        return
    cells, counts, cell_of, nuclei = found
    by_cell = np.argsort(cell_of, kind="stable")
    starts = np.cumsum(counts) - counts
    for k in _where(counts > 1):
        own = nuclei[by_cell[starts[k] : starts[k] + counts[k]]]
        held = ", ".join(str(label) for label in np.sort(own)[:5])
        yield Hit(cells, k, f"The cell holds {counts[k]} nuclei: {held}.", counts[k])


def find_no_nucleus(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Cells that hold no nucleus, in images that have nuclei; the section may have missed it."""
    found = _nuclei_per_cell(measured)
    if found is None:
        return
    cells, counts, _, _ = found
    for k in _where(counts == 0):
        yield Hit(cells, k, "The cell holds no nucleus.", 0)


def find_seams(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Instances with a straight edge along a crop border: probably one cell in two parts, or a lost part."""
    lines = _border_lines(measured)
    for part in measured.compartments:
        longest = np.zeros(len(part), dtype=np.int64)
        for axis, at, start, stop in lines:
            labels, lengths = _cut_lengths(part.plane, axis=axis, at=at, start=start, stop=stop)
            index = part.index_of(labels)
            extent = part.boxes[index, 3 - axis] - part.boxes[index, 1 - axis]
            seam = (lengths >= thresholds.seam_px) & (lengths >= thresholds.seam_share * extent)
            np.maximum.at(longest, index[seam], lengths[seam])
        for k in _where(longest > 0):
            yield Hit(part, k, f"Cut straight for {longest[k]} px along a crop border.", longest[k])


def _border_lines(measured: Measured) -> list[tuple[int, int, int, int]]:
    """Give axis, position, start and stop of each crop border inside the image, once."""
    lines = set()
    for window in measured.seams or ():
        for row in (window.row, window.stop_row):
            if 0 < row < measured.shape[0]:
                lines.add((0, row, window.col, window.stop_col))
        for col in (window.col, window.stop_col):
            if 0 < col < measured.shape[1]:
                lines.add((1, col, window.row, window.stop_row))
    return sorted(lines)


def _cut_lengths(plane: LabelPlane, *, axis: int, at: int, start: int, stop: int) -> tuple[Ints, Ints]:
    """Give the labels that end at the line before row (or column) `at`, and along how many pixels."""
    stop = min(stop, plane.shape[1 - axis])
    if axis == 0:
        before, after = plane.read(Window(at - 1, start, 2, stop - start))
    else:
        before, after = plane.read(Window(start, at - 1, stop - start, 2)).T
    ends = before != after
    cut = np.concatenate((before[ends], after[ends]))
    return np.unique(cut[cut > 0].astype(np.int64), return_counts=True)


def robust_z(values: Floats) -> Floats:
    """Distance from the median in robust standard deviations (1.4826 times the median deviation).

    The deviation is taken for 0.1 at least, so that equal values with one other do not divide by 0; give
    logarithms of sizes or ratios.
    """
    middle = np.median(values)
    sigma = max(_MAD_TO_SIGMA * float(np.median(np.abs(values - middle))), _LEAST_SIGMA)
    return (values - middle) / sigma


def find_size_outliers(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Instances far larger or smaller than the others of their compartment (logarithm of the area)."""
    for part in measured.compartments:
        if len(part) < max(thresholds.min_outlier_cells, 1):
            continue
        z = robust_z(np.log(part.areas))
        typical = float(np.median(part.areas))
        for k in _where(np.abs(z) > thresholds.size_z):
            yield Hit(part, k, f"{part.areas[k]} px, where {typical:.0f} px are usual.", z[k])


def find_shape_outliers(measured: Measured, thresholds: QcThresholds) -> Iterator[Hit]:
    """Instances far longer or more ragged than the others; those below `min_area_px` have no shape."""
    for part in measured.compartments:
        sized = np.flatnonzero(part.areas >= max(thresholds.min_area_px, 1))
        if len(sized) < max(thresholds.min_outlier_cells, 1):
            continue
        longer = robust_z(np.log(part.elongation[sized]))
        rougher = robust_z(np.log(part.roughness[sized]))
        for k in _where(np.maximum(longer, rougher) > thresholds.shape_z):
            what = "long" if longer[k] >= rougher[k] else "ragged"
            message = (
                f"Far more {what} than the others." if what == "ragged" else "Far longer than the others."
            )
            yield Hit(part, int(sized[k]), message, max(longer[k], rougher[k]))
