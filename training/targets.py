"""What the heads of a network are trained to say: inner distance and pixelwise classes.

Both are defined per label image and computed without a Python loop over instances. A label of -1 marks a
pixel that carries no truth: it gets no weight, and its border with an instance counts like the border of the
image, which is not an edge.
"""

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.measure import label as label_components
from skimage.morphology import disk

from pipeline.types import Labels, Mask
from training.errors import InvalidConfig

EDGE, INTERIOR, BACKGROUND = 0, 1, 2
N_CLASSES = 3
IGNORED = -1
_MOST_PX = 50

FloatPlane = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class TargetConfig:
    """Settings of the two transforms.

    Parameters
    ----------
    erosion_px
        Pixels taken off each instance before its inner distance is computed.
    alpha
        Steepness of the inner distance; None means 1 / sqrt(area) of each eroded instance.
    beta
        Factor on alpha.
    distance
        `squared` uses the squared distance to the centre (what the published weights were trained with),
        `plain` the distance itself (what the paper prints).
    dilation_px
        Radius by which the edge class grows outward.
    """

    erosion_px: int = 1
    alpha: float | None = None
    beta: float = 1.0
    distance: str = "squared"
    dilation_px: int = 1

    def __post_init__(self) -> None:
        if self.distance not in ("squared", "plain"):
            raise InvalidConfig(f"distance is {self.distance!r}; choose 'squared' or 'plain'.")
        for name in ("erosion_px", "dilation_px"):
            if not 0 <= getattr(self, name) <= _MOST_PX:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose from 0 to {_MOST_PX}.")
        for name in ("alpha", "beta"):
            value = getattr(self, name)
            if value is not None and not 0 < value < np.inf:
                raise InvalidConfig(f"{name} is {value}; choose a number above 0.")


def inner_edges(labels: Labels) -> Mask:
    """Return the pixels of instances that touch, side by side, a pixel of another label or background."""
    edges = np.zeros(labels.shape, bool)
    for axis in (0, 1):
        before = [slice(None), slice(None)]
        after = [slice(None), slice(None)]
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        a, b = labels[tuple(before)], labels[tuple(after)]
        differ = (a != b) & (a != IGNORED) & (b != IGNORED)
        edges[tuple(before)] |= differ
        edges[tuple(after)] |= differ
    return edges & (labels > 0)


def pixelwise_target(labels: Labels, *, config: TargetConfig) -> FloatPlane:
    """Return the classes [edge, interior, background], one-hot; all zero where there is no truth.

    Parameters
    ----------
    labels
        Int32 (row, col); 0 background, -1 no truth.

    Returns
    -------
    FloatPlane
        Float32 (row, col, 3).
    """
    edge = inner_edges(labels)
    interior = (labels > 0) & ~edge
    if config.dilation_px:
        edge = ndi.binary_dilation(edge, disk(config.dilation_px)) & ~interior
    known = labels != IGNORED
    target = np.zeros((*labels.shape, N_CLASSES), np.float32)
    target[..., EDGE] = edge & known
    target[..., INTERIOR] = interior
    target[..., BACKGROUND] = known & ~edge & ~interior
    return target


def inner_distance_target(labels: Labels, *, config: TargetConfig) -> FloatPlane:
    """Return 1 / (1 + beta * alpha * d), d being the squared distance to the centre of the instance.

    The centre is the centroid of the eroded instance, weighted by the distance to the rim; an instance in
    several pieces has one centre per piece.

    Parameters
    ----------
    labels
        Int32 (row, col); 0 background, -1 no truth.

    Returns
    -------
    FloatPlane
        Float32 (row, col), 0 outside the eroded instances, at most 1.
    """
    eroded = labels.copy()
    for _ in range(config.erosion_px):
        eroded[inner_edges(eroded)] = 0
    instances = np.where(eroded > 0, eroded, 0)
    if not instances.any():
        return np.zeros(labels.shape, np.float32)
    # Pixels without truth do not bound an instance; EDT needs some zero to measure to.
    depth = _distance_to_rim(eroded != 0)
    pieces = label_components(instances, connectivity=2).astype(np.int32)
    centres = _weighted_centres(pieces, depth)
    area = centres[:, 3]
    alpha = 1.0 / np.sqrt(np.maximum(area, 1)) if config.alpha is None else np.full(len(area), config.alpha)
    return _fall_off(pieces, centres, config.beta * alpha, config.distance == "plain")


@numba.njit(cache=True, nogil=True)
def _weighted_centres(
    pieces: npt.NDArray[np.int32], depth: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return row, column, weight and number of pixels of each piece, (piece, 4); row 0 is of no piece."""
    sums = np.zeros((pieces.max() + 1, 4))
    for row in range(pieces.shape[0]):
        for col in range(pieces.shape[1]):
            piece = pieces[row, col]
            if piece:
                weight = depth[row, col]
                sums[piece, 0] += weight * row
                sums[piece, 1] += weight * col
                sums[piece, 2] += weight
                sums[piece, 3] += 1
    for piece in range(1, len(sums)):
        if sums[piece, 2] > 0:
            sums[piece, 0] /= sums[piece, 2]
            sums[piece, 1] /= sums[piece, 2]
    return sums


@numba.njit(cache=True, nogil=True)
def _fall_off(
    pieces: npt.NDArray[np.int32],
    centres: npt.NDArray[np.float64],
    steepness: npt.NDArray[np.float64],
    plain: bool,
) -> FloatPlane:
    """Return 1 / (1 + steepness * d) in the pieces; one pass, so that no list of their pixels is made."""
    target = np.zeros(pieces.shape, np.float32)
    for row in range(pieces.shape[0]):
        for col in range(pieces.shape[1]):
            piece = pieces[row, col]
            if piece:
                distance = (row - centres[piece, 0]) ** 2 + (col - centres[piece, 1]) ** 2
                if plain:
                    distance = np.sqrt(distance)
                target[row, col] = 1.0 / (1.0 + steepness[piece] * distance)
    return target


def known_extent(labels: Labels) -> tuple[slice, slice]:
    """Return the smallest rectangle that holds every pixel with truth.

    Parameters
    ----------
    labels
        Int32 (row, col, compartment) with truth in at least one pixel.
    """
    known = (labels != IGNORED).any(axis=-1)
    rows, cols = np.flatnonzero(known.any(axis=1)), np.flatnonzero(known.any(axis=0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def known_weight(labels: Labels) -> FloatPlane:
    """Return 1 where there is truth and 0 where the label is -1; float32 (row, col)."""
    return (labels != IGNORED).astype(np.float32)


def _distance_to_rim(inside: Mask) -> npt.NDArray[np.float64]:
    if inside.all():
        return np.ones(inside.shape, np.float64)
    return np.asarray(ndi.distance_transform_edt(inside), np.float64)
