"""From the maps of a network to label images: the marker-based watershed of Greenwald et al. 2022."""

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.feature import peak_local_max
from skimage.measure import label as label_components
from skimage.morphology import disk
from skimage.segmentation import watershed

from pipeline.types import Labels, Mask
from training.errors import InvalidConfig

FloatPlane = npt.NDArray[np.float32]
Preset = Literal["whole_cell", "nuclear", "mesmer_whole_cell", "mesmer_nuclear", "paper"]


_NOT_NEGATIVE = (
    "maxima_smooth_px",
    "interior_smooth_px",
    "pixel_expansion",
    "growth_px",
    "small_objects_px",
    "fill_holes_px",
)


@dataclass(frozen=True, kw_only=True)
class WatershedConfig:
    """Every parameter of the deep watershed.

    Parameters
    ----------
    maxima_threshold
        Least height of a hill of the inner distance map above the saddle to a higher one; with `peaks`, least
        value of a peak.
    maxima_smooth_px, interior_smooth_px
        Sigma of the Gaussian on the inner distance map and on the interior map; 0 leaves it out.
    interior_threshold
        Least interior probability of a pixel that belongs to an instance.
    radius_px
        Pixels this near are neighbours when hills are separated; with `peaks`, least distance of two peaks.
    markers
        `h_maxima`, or `peaks` for local maxima at a distance.
    pixel_expansion
        Pixels by which the interior map is dilated first.
    growth_px
        Pixels by which the instances grow into the background at the end; 1 gives back the rim that the
        target of the interior leaves out, without joining neighbours.
    small_objects_px, fill_holes_px
        Smaller instances are removed and smaller holes filled.
    """

    maxima_threshold: float = 0.1
    maxima_smooth_px: float = 0.0
    interior_threshold: float = 0.3
    interior_smooth_px: float = 2.0
    radius_px: int = 2
    markers: str = "h_maxima"
    pixel_expansion: int = 0
    growth_px: int = 0
    small_objects_px: int = 15
    fill_holes_px: int = 15

    def __post_init__(self) -> None:
        if self.markers not in ("h_maxima", "peaks"):
            raise InvalidConfig(f"markers is {self.markers!r}; choose 'h_maxima' or 'peaks'.")
        for name in ("maxima_threshold", "interior_threshold"):
            if not 0 < getattr(self, name) < 1:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose a number between 0 and 1.")
        for name in (
            "maxima_smooth_px",
            "interior_smooth_px",
            "pixel_expansion",
            "growth_px",
            "small_objects_px",
        ):
            if getattr(self, name) < 0:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose 0 or more.")
        if self.radius_px < 1 or self.fill_holes_px < 0:
            raise InvalidConfig(
                f"radius_px is {self.radius_px} and fill_holes_px {self.fill_holes_px}; "
                "choose at least 1 and 0."
            )

    @classmethod
    def preset(cls, name: Preset) -> "WatershedConfig":
        """Return a named set: this project's per compartment, Mesmer's as shipped, or the paper's."""
        return {
            "whole_cell": cls(maxima_threshold=0.075, interior_smooth_px=1.0, growth_px=1),
            "nuclear": cls(maxima_threshold=0.075, interior_smooth_px=1.0, growth_px=1),
            "mesmer_whole_cell": cls(maxima_threshold=0.075, interior_threshold=0.2),
            "mesmer_nuclear": cls(maxima_threshold=0.1, interior_threshold=0.2),
            "paper": cls(small_objects_px=10, fill_holes_px=10, radius_px=3),
        }[name]


def deep_watershed(maxima: FloatPlane, interior: FloatPlane, *, config: WatershedConfig) -> Labels:
    """Label the instances of one compartment.

    Parameters
    ----------
    maxima
        Inner distance map, float32 (row, col); one hill per instance.
    interior
        Probability of the class interior, float32 (row, col).

    Returns
    -------
    Labels
        Int32 (row, col), numbered from 1 in the order of the markers. Foreground that no marker reaches along
        rows and columns stays background.
    """
    if maxima.size == 0:
        return np.zeros(maxima.shape, np.int32)
    if config.maxima_smooth_px:
        maxima = ndi.gaussian_filter(maxima, config.maxima_smooth_px, mode="nearest")
    if config.interior_smooth_px:
        interior = ndi.gaussian_filter(interior, config.interior_smooth_px, mode="nearest")
    if config.pixel_expansion:
        interior = ndi.grey_dilation(interior, size=2 * config.pixel_expansion + 1)
    foreground = interior > config.interior_threshold
    markers = label_components(_find_markers(maxima, config=config), connectivity=2)
    labels = watershed(-interior, markers, mask=foreground, connectivity=1)
    kept = remove_small(labels.astype(np.int32), min_px=config.small_objects_px)
    filled = fill_small_holes(kept, max_px=config.fill_holes_px)
    return _number(grow(filled, n_px=config.growth_px))


def h_maxima(image: FloatPlane, *, height: float, radius_px: int) -> Mask:
    """Find the hills that rise at least `height` above the saddle to any higher or equal ground.

    The same pixels as the difference of an image and its morphological reconstruction from itself minus
    `height` (Soille 2003), found by flooding downwards with a union-find in one pass over the sorted pixels.
    Values below 0 count as 0, and the floor is 0: a lone hill stands above its surroundings.

    Parameters
    ----------
    image
        Float32 (row, col).
    height
        Above 0.
    radius_px
        Pixels at most this far apart are neighbours.

    Returns
    -------
    Mask
        True on the tops of the hills: the pixels of their highest value.
    """
    offsets = np.argwhere(disk(radius_px)) - radius_px
    offsets = offsets[np.any(offsets != 0, axis=1)].astype(np.int64)
    values = np.where(image > 0, image, np.float32(0)).astype(np.float32)
    lit = np.flatnonzero(values)
    order = lit[np.argsort(-values.ravel()[lit], kind="stable")]
    return _flood_hills(values, order, offsets, np.float32(height))


def remove_small(labels: Labels, *, min_px: int) -> Labels:
    """Remove the instances of fewer than `min_px` pixels; the others keep their labels."""
    areas = np.bincount(labels.ravel())
    return np.where(areas[labels] < min_px, 0, labels).astype(np.int32)


def fill_small_holes(labels: Labels, *, max_px: int) -> Labels:
    """Fill background inside an instance where it has fewer than `max_px` pixels.

    A hole is a piece of background, connected along rows and columns, that touches one instance only and not
    the border of the image.
    """
    holes, n_holes = ndi.label(labels == 0)
    areas = np.bincount(holes.ravel(), minlength=n_holes + 1)
    small = areas < max_px
    small[0] = False
    small[np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])] = False
    if not small.any():
        return labels
    lowest = np.full(n_holes + 1, np.iinfo(np.int32).max, np.int32)
    highest = np.zeros(n_holes + 1, np.int32)
    for here, there in _neighbour_slices():
        touching = (holes[here] > 0) & (labels[there] > 0)
        np.minimum.at(lowest, holes[here][touching], labels[there][touching])
        np.maximum.at(highest, holes[here][touching], labels[there][touching])
    owner = np.where(small & (lowest == highest), lowest, 0)
    return np.where(labels == 0, owner[holes], labels).astype(np.int32)


def grow(labels: Labels, *, n_px: int) -> Labels:
    """Let instances grow into the background along rows and columns, one pixel at a time.

    Where two meet at a pixel, the higher label takes it.
    """
    for _ in range(n_px):
        grown = labels.copy()
        for here, there in _neighbour_slices():
            free = labels[here] == 0
            grown[here] = np.where(free, np.maximum(grown[here], labels[there]), grown[here])
        labels = grown
    return labels


def _neighbour_slices() -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    every, first, last = slice(None), slice(None, -1), slice(1, None)
    rows = ((first, every), (last, every))
    cols = ((every, first), (every, last))
    return [rows, rows[::-1], cols, cols[::-1]]


def _find_markers(maxima: FloatPlane, *, config: WatershedConfig) -> Mask:
    if config.markers == "h_maxima":
        return h_maxima(maxima, height=config.maxima_threshold, radius_px=config.radius_px)
    peaks = peak_local_max(
        maxima,
        min_distance=config.radius_px,
        threshold_abs=config.maxima_threshold,
        exclude_border=False,
    )
    mask = np.zeros(maxima.shape, bool)
    mask[tuple(peaks.T)] = True
    return mask


def _number(labels: Labels) -> Labels:
    present = np.bincount(labels.ravel()) > 0
    present[0] = False
    return np.where(present, np.cumsum(present), 0).astype(np.int32)[labels]


@numba.njit(cache=True)
def _root(parent: npt.NDArray[np.int32], pixel: int) -> int:
    while parent[pixel] != pixel:
        parent[pixel] = parent[parent[pixel]]
        pixel = parent[pixel]
    return pixel


@numba.njit(cache=True)
def _flood_hills(
    values: FloatPlane, order: npt.NDArray[np.int64], offsets: npt.NDArray[np.int64], height: np.float32
) -> Mask:
    """Join pixels from high to low; a hill lives until it meets a higher one.

    Each tree's root is its highest pixel (the first one seen). When two trees meet at a pixel of value v, the
    lower hill ends there: it counts if it rose to v + height. Equal tops that meet less than `height` below
    both are one hill, whose tops all count, so `same` chains the roots that are tops of one hill.
    """
    n_rows, n_cols = values.shape
    flat = values.ravel()
    parent = np.full(flat.size, -1, np.int32)
    same = np.full(flat.size, -1, np.int32)
    dead = np.zeros(flat.size, np.bool_)
    for pixel in order:
        parent[pixel] = pixel
        row, col = pixel // n_cols, pixel % n_cols
        for k in range(len(offsets)):
            other_row, other_col = row + offsets[k, 0], col + offsets[k, 1]
            if other_row < 0 or other_col < 0 or other_row >= n_rows or other_col >= n_cols:
                continue
            other = other_row * n_cols + other_col
            if parent[other] < 0:
                continue
            high, low = _root(parent, other), _root(parent, pixel)
            if high == low:
                continue
            if flat[low] > flat[high]:
                high, low = low, high
            parent[low] = high
            if flat[low] - flat[pixel] < height:
                if flat[low] == flat[high]:
                    same[low] = high
                else:
                    dead[low] = True
    return _mark_tops(values, order, same, dead, height)


@numba.njit(cache=True)
def _mark_tops(
    values: FloatPlane,
    order: npt.NDArray[np.int64],
    same: npt.NDArray[np.int32],
    dead: npt.NDArray[np.bool_],
    height: np.float32,
) -> Mask:
    flat = values.ravel()
    tops = np.zeros(flat.size, np.bool_)
    for pixel in order:
        top = pixel
        while same[top] >= 0:
            top = same[top]
        tops[pixel] = not dead[top] and flat[top] >= height and flat[pixel] == flat[top]
    return tops.reshape(values.shape)
