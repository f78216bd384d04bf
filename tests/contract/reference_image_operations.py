"""Plain reference of the operations of the label editor that look at the image.

Label images and intensities are as in ``reference_operations``; images are float64 (row, column).
"""

from __future__ import annotations

import heapq

import numpy as np
from scipy import ndimage as ndi
from skimage.filters import apply_hysteresis_threshold, threshold_triangle
from skimage.segmentation import flood as flood_mask
from skimage.segmentation import morphological_chan_vese

from tests.contract.reference_operations import (
    CORNERS,
    Labels,
    Mask,
    Values,
    bounds,
    grown,
    of_label,
    paint,
    reshape,
)


def threshold(labels: Labels, *, image: Values, box: list[int], label: int, mode: str) -> Labels:
    """Threshold a box (row, column, height, width)."""
    row, col, height, width = box
    window = (slice(row, row + height), slice(col, col + width))
    low = threshold_triangle(image[window], nbins=256)
    mask = np.zeros(labels.shape, dtype=bool)
    mask[window] = apply_hysteresis_threshold(image[window], low, 1.1 * low)
    return paint(labels, mask, label=label, mode=mode)


def wand(
    labels: Labels,
    *,
    image: Values,
    row: int,
    col: int,
    tolerance: float,
    reachPx: int,
    label: int,
    mode: str,
) -> Labels:
    """Flood the intensities around a pixel."""
    rows, cols = grown((slice(row, row + 1), slice(col, col + 1)), reachPx, labels.shape)
    mask = np.zeros(labels.shape, dtype=bool)
    mask[rows, cols] = flood_mask(
        image[rows, cols], (row - rows.start, col - cols.start), connectivity=1, tolerance=tolerance
    )
    return paint(labels, mask, label=label, mode=mode)


def watershed_sides(relief: Values, mask: Mask, markers: list[tuple[int, int]]) -> Labels:
    """Flood a relief from markers: lowest first, among equals the oldest."""
    sides = np.zeros(mask.shape, dtype=np.int64)
    queue: list[tuple[float, int, int, int]] = []
    for side, (row, col) in enumerate(markers, start=1):
        sides[row, col] = side
        heapq.heappush(queue, (float(relief[row, col]), len(queue), row, col))
    age = len(queue)
    while queue:
        _, _, row, col = heapq.heappop(queue)
        for r, c in ((row - 1, col), (row, col - 1), (row, col + 1), (row + 1, col)):
            inside = 0 <= r < mask.shape[0] and 0 <= c < mask.shape[1]
            if inside and mask[r, c] and sides[r, c] == 0:
                sides[r, c] = sides[row, col]
                heapq.heappush(queue, (float(relief[r, c]), age, r, c))
                age += 1
    return sides


@of_label
def watershed(
    labels: Labels, *, image: Values, label: int, newLabel: int, first: list[int], second: list[int]
) -> Labels:
    """Split a label by two markers on the negated image."""
    own = labels == label
    marks = [(first[0], first[1]), (second[0], second[1])]
    if marks[0] == marks[1] or not all(own[mark] for mark in marks):
        return labels
    sides = watershed_sides(-image, own, marks)
    rows, cols = np.ogrid[-3:4, -3:4]
    disc = rows**2 + cols**2 <= 9
    for side in (1, 2):
        if np.count_nonzero(sides == side) < 5:
            wider = np.where(ndi.binary_dilation(sides == side, disc) & own, side, sides)
            sides = wider if (wider == 1).any() and (wider == 2).any() else sides
    return np.where(sides == 2, newLabel, labels)


@of_label
def autofit(labels: Labels, *, image: Values, label: int, mode: str) -> Labels:
    """Fit a label to the image by morphological Chan-Vese."""
    tight = bounds(labels == label)
    if tight is None:
        return labels
    longer = max(side.stop - side.start for side in tight)
    window = grown(tight, max(8, longer // 2), labels.shape)
    held, values = labels[window], image[window]
    span = values.max() - values.min()
    share = (values - values.min()) / span if span > 0 else np.zeros_like(values)
    levels = np.floor(share * 65535 + 0.5) if span > 0 else share
    own = held == label
    # An even number of iterations, because scikit-image goes on alternating where its last call ended.
    fit = morphological_chan_vese(levels, 100, init_level_set=own.astype(np.int8)).astype(bool)
    if mode == "protect":
        fit &= own | (held == 0)
    parts, n_parts = ndi.label(fit, CORNERS)
    areas = np.bincount(parts.ravel(), minlength=n_parts + 1)
    touching = [part for part in np.unique(parts[own]) if part > 0 and areas[part] >= 20]
    if not touching:
        return labels
    best = max(touching, key=lambda part: (areas[part], -part))
    result = labels.copy()
    result[window] = reshape(held, parts == best, label=label, mode=mode)
    return result
