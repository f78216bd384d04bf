"""Tidying a label image: small instances, small holes, a rim, and the numbers."""

import numba
import numpy as np
import numpy.typing as npt

from pipeline.types import Labels

_RIM = -1


def remove_small(labels: Labels, *, min_px: int) -> Labels:
    """Remove the instances of fewer than `min_px` pixels; the others keep their labels."""
    areas = _areas(labels)
    kept = np.arange(len(areas), dtype=np.int32)
    kept[areas < min_px] = 0
    return kept[labels]


def fill_small_holes(labels: Labels, *, max_px: int) -> Labels:
    """Fill background inside an instance where it has fewer than `max_px` pixels.

    A hole is a piece of background, connected along rows and columns, that touches one instance only and not
    the border of the image.
    """
    rimmed = np.pad(labels, 1, constant_values=_RIM)
    _fill(rimmed.ravel(), rimmed.shape[1], max_px)
    return rimmed[1:-1, 1:-1].copy()


def grow(labels: Labels, *, n_px: int) -> Labels:
    """Let instances grow into the background along rows and columns, one pixel at a time.

    Where two meet at a pixel, the higher label takes it.
    """
    for _ in range(n_px):
        labels = _grow_once(labels)
    return labels


def number(labels: Labels) -> Labels:
    """Number the instances 1, 2, ... in the order of their labels."""
    present = _areas(labels) > 0
    present[0] = False
    return np.where(present, np.cumsum(present), 0).astype(np.int32)[labels]


@numba.njit(cache=True)
def _count(labels: Labels, areas: npt.NDArray[np.int64]) -> None:
    for label in labels.flat:
        areas[label] += 1


def _areas(labels: Labels) -> npt.NDArray[np.int64]:
    areas = np.zeros(int(labels.max(initial=0)) + 1, np.int64)
    _count(labels, areas)
    return areas


@numba.njit(cache=True)
def _fill(labels: Labels, width: int, max_px: int) -> None:
    """Walk each piece of background once; fill it when it turns out to be a small hole.

    Parameters
    ----------
    labels
        Flat, with a rim of one pixel of the label `_RIM`; changed in place.
    width
        Pixels of a row, the rim included.
    """
    walked = np.zeros(labels.size, np.bool_)
    queue = np.empty(labels.size, np.int32)
    for start in range(labels.size):
        if labels[start] != 0 or walked[start]:
            continue
        walked[start] = True
        queue[0] = start
        n_queued, at, owner = 1, 0, np.int32(0)
        while at < n_queued:
            pixel = queue[at]
            at += 1
            for there in (pixel - width, pixel - 1, pixel + 1, pixel + width):
                label = labels[there]
                if label != 0:
                    owner = _joint_owner(owner, label)
                elif not walked[there]:
                    walked[there] = True
                    queue[n_queued] = there
                    n_queued += 1
        if owner > 0 and n_queued < max_px:
            labels[queue[:n_queued]] = owner


@numba.njit(cache=True)
def _joint_owner(owner: int, label: int) -> int:
    """Give the only instance around a hole so far: none yet is 0, several or the border are `_RIM`."""
    return label if owner == 0 else (owner if owner == label else _RIM)


@numba.njit(cache=True)
def _grow_once(labels: Labels) -> Labels:
    grown = labels.copy()
    n_rows, n_cols = labels.shape
    for row in range(n_rows):
        for col in range(n_cols):
            if labels[row, col] != 0:
                continue
            highest = labels[row - 1, col] if row > 0 else 0
            if row < n_rows - 1:
                highest = max(highest, labels[row + 1, col])
            if col > 0:
                highest = max(highest, labels[row, col - 1])
            if col < n_cols - 1:
                highest = max(highest, labels[row, col + 1])
            grown[row, col] = highest
    return grown
