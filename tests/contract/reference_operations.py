"""Plain reference of the operations of the label editor, in NumPy, SciPy and scikit-image.

Every function takes label images as int64 (row, column), 0 is background, and gives a new one; it gives
the same values back when the operation changes nothing. The editor's own operations are written for
speed, these for being read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.segmentation import flood as flood_mask

Labels = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]

CORNERS = ndi.generate_binary_structure(2, 2)


def of_label(operation: Callable[..., Labels]) -> Callable[..., Labels]:
    """Make an operation on one label leave everything as it is when that is 0, the background."""

    @wraps(operation)
    def guarded(labels: Labels, **args: Any) -> Labels:
        return labels if args["label"] == 0 else operation(labels, **args)

    return guarded


def paint(labels: Labels, mask: Mask, *, label: int, mode: str) -> Labels:
    """Give a label the pixels of a mask, as far as the mode allows."""
    allowed = mask if mode == "overwrite" else mask & (labels == 0)
    return np.where(allowed, label, labels)


def reshape(labels: Labels, mask: Mask, *, label: int, mode: str) -> Labels:
    """Give a label a new shape."""
    return paint(np.where((labels == label) & ~mask, 0, labels), mask, label=label, mode=mode)


def bounds(mask: Mask) -> tuple[slice, slice] | None:
    """Give the tightest slices around a mask."""
    found = ndi.find_objects(mask.astype(np.int8))
    return found[0] if found else None


def grown(window: tuple[slice, slice], margin: int, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Give slices with a margin, cut to the image."""
    rows, cols = (
        slice(max(0, side.start - margin), min(size, side.stop + margin))
        for side, size in zip(window, shape, strict=True)
    )
    return rows, cols


def flood(labels: Labels, *, row: int, col: int, label: int, mode: str) -> Labels:
    """Flood the region of the clicked value."""
    old = labels[row, col]
    if old == label or (mode == "protect" and old != 0):
        return labels
    return np.where(flood_mask(labels, (row, col), connectivity=1 if old == 0 else 2), label, labels)


@of_label
def trim(labels: Labels, *, row: int, col: int, label: int) -> Labels:
    """Keep the clicked part."""
    if labels[row, col] != label:
        return labels
    parts, _ = ndi.label(labels == label, CORNERS)
    return np.where((labels == label) & (parts != parts[row, col]), 0, labels)


@of_label
def fill_holes(labels: Labels, *, label: int, mode: str) -> Labels:
    """Fill what a label encloses."""
    own = labels == label
    return paint(labels, ndi.binary_fill_holes(own) & ~own, label=label, mode=mode)


@of_label
def grow(labels: Labels, *, label: int, mode: str) -> Labels:
    """Dilate by a 3 x 3 square."""
    return paint(labels, ndi.binary_dilation(labels == label, CORNERS), label=label, mode=mode)


@of_label
def shrink(labels: Labels, *, label: int) -> Labels:
    """Erode by a 3 x 3 square, not from the border of the image."""
    mask = ndi.binary_erosion(labels == label, CORNERS, border_value=1)
    return reshape(labels, mask, label=label, mode="protect") if mask.any() else labels


@of_label
def smooth(labels: Labels, *, label: int, mode: str, radiusPx: int) -> Labels:
    """Take the median over a square."""
    square = np.ones((2 * radiusPx + 1, 2 * radiusPx + 1), dtype=np.int64)
    held = ndi.convolve((labels == label).astype(np.int64), square, mode="constant")
    sizes = ndi.convolve(np.ones_like(labels), square, mode="constant")
    mask = 2 * held > sizes
    return reshape(labels, mask, label=label, mode=mode) if mask.any() else labels


def path_pixels(path: list[list[int]]) -> list[tuple[int, int]]:
    """Give the pixels of a line; each is joined to the next by an edge."""
    pixels: list[tuple[int, int]] = []
    for (r0, c0), (r1, c1) in zip([path[0], *path[:-1]], path, strict=True):
        n_down, n_across, down, across = abs(r1 - r0), abs(c1 - c0), 0, 0
        pixels.append((r0, c0))
        while down < n_down or across < n_across:
            if (1 + 2 * across) * n_down < (1 + 2 * down) * n_across:
                across += 1
            else:
                down += 1
            pixels.append((r0 + down * int(np.sign(r1 - r0)), c0 + across * int(np.sign(c1 - c0))))
    return pixels


def spread(ids: Labels, own: Mask) -> Labels:
    """Give pixels without a piece that of a neighbour, nearest first."""
    ids = ids.copy()
    front = list(zip(*np.nonzero(ids), strict=True))
    while front:
        following = []
        for row, col in front:
            for r in range(max(0, row - 1), min(ids.shape[0], row + 2)):
                for c in range(max(0, col - 1), min(ids.shape[1], col + 2)):
                    if own[r, c] and ids[r, c] == 0:
                        ids[r, c] = ids[row, col]
                        following.append((r, c))
        front = following
    return ids


@of_label
def split_line(labels: Labels, *, label: int, newLabel: int, path: list[list[int]]) -> Labels:
    """Split a label along a line."""
    own = labels == label
    parts, _ = ndi.label(own, CORNERS)
    cut = own.copy()
    for row, col in path_pixels(path):
        if 0 <= row < own.shape[0] and 0 <= col < own.shape[1]:
            cut[row, col] = False
    pieces, n_pieces = ndi.label(cut, CORNERS)
    areas = np.bincount(pieces.ravel(), minlength=n_pieces + 1)
    part_of = [int(parts[pieces == piece][0]) for piece in range(1, n_pieces + 1)]
    largest: dict[int, int] = {}
    for piece, part in enumerate(part_of, start=1):
        if part not in largest or areas[piece] > areas[largest[part]]:
            largest[part] = piece
    names, following = [label], newLabel
    for piece, part in enumerate(part_of, start=1):
        names.append(label if largest[part] == piece else following)
        following += largest[part] != piece
    ids = spread(pieces.astype(np.int64), own)
    return np.where(own & (ids > 0), np.array(names, dtype=np.int64)[ids], labels)


def replace(labels: Labels, **args: Any) -> Labels:
    """Rename a label."""
    return labels if args["from"] == 0 else np.where(labels == args["from"], args["to"], labels)


def swap(labels: Labels, *, a: int, b: int) -> Labels:
    """Exchange two labels."""
    if a == 0 or b == 0:
        return labels
    return np.where(labels == a, b, np.where(labels == b, a, labels))


def delete_in(labels: Labels, *, box: list[int]) -> Labels:
    """Delete the labels that lie mostly in a box (row, column, height, width)."""
    row, col, height, width = box
    inside = labels[row : row + height, col : col + width]
    gone = [
        label
        for label in np.unique(inside[inside > 0])
        if 2 * np.count_nonzero(inside == label) > np.count_nonzero(labels == label)
    ]
    return np.where(np.isin(labels, gone), 0, labels)


@of_label
def copy(labels: Labels, *, source: Labels, label: int, mode: str) -> Labels:
    """Add the pixels that a label has in another plane."""
    return paint(labels, source == label, label=label, mode=mode)


def signed_distances(mask: Mask) -> Values:
    """Give the distance to the outside, or minus that to the inside."""
    return ndi.distance_transform_edt(mask) - ndi.distance_transform_edt(~mask)


@of_label
def interpolate(
    labels: Labels, *, before: Labels, after: Labels, share: float, label: int, mode: str
) -> Labels:
    """Draw a label between two planes that hold it."""
    masks = [before == label, after == label]
    if not all(mask.any() for mask in masks):
        return labels
    centres = [np.array([axis.sum() / axis.size for axis in np.nonzero(mask)]) for mask in masks]
    centre = (1 - share) * centres[0] + share * centres[1]
    # A wide border, so that neither shape is cut when it moves.
    margin = max(labels.shape) + 1
    moved = [
        np.roll(np.pad(mask, margin), np.floor(centre - own + 0.5).astype(int), axis=(0, 1))
        for mask, own in zip(masks, centres, strict=True)
    ]
    near = [signed_distances(mask) for mask in moved]
    between = ((1 - share) * near[0] + share * near[1] > 0)[margin:-margin, margin:-margin]
    return paint(labels, between, label=label, mode=mode)


def expand(labels: Labels, *, nuclei: Labels, distancePx: float, label: int, mode: str) -> Labels:
    """Widen nuclei into cells; of equally near nuclei the smallest label has the pixel."""
    nearest, best = nuclei.copy(), np.where(nuclei > 0, 0.0, np.inf)
    for other in np.unique(nuclei[nuclei > 0]):
        distance2 = np.rint(ndi.distance_transform_edt(nuclei != other) ** 2)
        takes = (distance2 < best) & (distance2 <= distancePx**2)
        nearest, best = np.where(takes, other, nearest), np.where(takes, distance2, best)
    allowed = (nearest > 0) & ((label == 0) | (nearest == label))
    allowed &= (labels == 0) if mode == "protect" else True
    return np.where(allowed, nearest, labels)


def polygon_mask(points: list[list[float]], shape: tuple[int, ...]) -> Mask:
    """Give the pixels whose centre the outline of points (x, y) goes round."""
    ys, xs = np.mgrid[: shape[0], : shape[1]] + 0.5
    winding = np.zeros(shape, dtype=np.int64)
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        if ay == by:
            continue
        crosses = (ay <= ys) != (by <= ys)
        left = ax + ((ys - ay) / (by - ay)) * (bx - ax) <= xs
        winding += np.where(crosses & left, 1 if ay < by else -1, 0)
    return winding != 0


def polygon(labels: Labels, *, points: list[list[float]], label: int, mode: str) -> Labels:
    """Fill a polygon."""
    return paint(labels, polygon_mask(points, labels.shape), label=label, mode=mode)


def polygon_erase(labels: Labels, *, points: list[list[float]], label: int, mode: str) -> Labels:
    """Take the pixels of a polygon away from a label, or from any when overwriting."""
    own = labels > 0 if mode == "overwrite" else (labels == label) & (labels > 0)
    return np.where(polygon_mask(points, labels.shape) & own, 0, labels)


def found_in(box: list[int], source: Labels) -> Labels:
    """Number the labels of a box from 1 on, in ascending order."""
    row, col, height, width = box
    part = source[row : row + height, col : col + width]
    return np.searchsorted(np.unique(np.append(part, 0)), part)


def adopt(labels: Labels, *, found: Labels, box: list[int], names: list[int], mode: str) -> Labels:
    """Take over the instances of a box, but those cut beside a label outside and those mostly taken."""
    row, col, height, width = box
    after = labels.copy()
    inside = after[row : row + height, col : col + width]
    outer = np.pad(labels, 1)
    outer[row + 1 : row + 1 + height, col + 1 : col + 1 + width] = 0
    beside = ndi.binary_dilation(outer > 0, CORNERS)[row + 1 : row + 1 + height, col + 1 : col + 1 + width]
    free = np.ones(found.shape, dtype=bool) if mode == "overwrite" else inside == 0
    for number, name in enumerate(names, start=1):
        own = found == number
        if 2 * (own & free).sum() > own.sum() and not (own & beside).any():
            inside[own & free] = name
    return after


def stroke_mask(
    start: tuple[float, float], end: tuple[float, float], radius: float, shape: tuple[int, ...]
) -> Mask:
    """Give the pixels whose centre is within a radius of a segment of points (x, y)."""
    ys, xs = np.mgrid[: shape[0], : shape[1]] + 0.5
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = dx * dx + dy * dy
    along = ((xs - start[0]) * dx + (ys - start[1]) * dy) / length2 if length2 > 0 else np.zeros(shape)
    t = np.clip(along, 0, 1)
    ex, ey = xs - start[0] - t * dx, ys - start[1] - t * dy
    mask = np.asarray(ex * ex + ey * ey <= radius * radius)
    for x, y in (start, end):
        mask[int(y), int(x)] = True
    return mask
