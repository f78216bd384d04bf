"""How near the outlines of a prediction lie to those of the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from pipeline.errors import InvalidSetting
from pipeline.label_planes import ArrayPlane, LabelPlane, block_windows
from pipeline.labels import check_plane, check_same_shape
from pipeline.types import AnyArray, Ints, Mask
from pipeline.windows import Window


@dataclass(frozen=True)
class BoundaryScore:
    """Outline pixels of both sides, and those that lie near an outline of the other.

    Parameters
    ----------
    tolerance_px : float
        What counts as near (Euclidean).
    n_true_px, n_pred_px : int
        Outline pixels.
    n_true_near_px, n_pred_near_px : int
        Those with an outline pixel of the other side within the tolerance.
    """

    tolerance_px: float
    n_true_px: int
    n_pred_px: int
    n_true_near_px: int
    n_pred_near_px: int

    @property
    def precision(self) -> float:
        """Near share of the predicted outlines; 0 without any."""
        return self.n_pred_near_px / self.n_pred_px if self.n_pred_px else 0.0

    @property
    def recall(self) -> float:
        """Near share of the true outlines; 0 without any."""
        return self.n_true_near_px / self.n_true_px if self.n_true_px else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall (boundary F1 of Csurka et al. 2013, per image)."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_boundaries(true: AnyArray, pred: AnyArray, *, tolerance_px: float = 2.0) -> BoundaryScore:
    """Compare the outlines of two label images.

    An outline pixel is one of an instance that has a pixel of another value above, below, left or right of
    it; the image border is no outline.

    Parameters
    ----------
    true, pred : label images of one shape, (row, col)
    tolerance_px : float
        Distance within which an outline counts as found, 0 or more.

    Raises
    ------
    InvalidLabels
        When an array is no label image or the shapes differ.
    InvalidSetting
        When the tolerance is below 0 or not finite.
    """
    if not 0 <= tolerance_px < np.inf:
        raise InvalidSetting(f"A tolerance of {tolerance_px} px cannot be; give 0 px or more.")
    names = ("The true label image", "the predicted one")
    check_same_shape(true, pred, names=names)
    planes = [
        ArrayPlane(check_plane(side, name=name)) for side, name in zip((true, pred), names, strict=True)
    ]
    counts = np.zeros((2, 2), dtype=np.int64)
    for window in block_windows(planes[0].shape):
        counts += _count_near(planes, window, tolerance_px=tolerance_px)
    (n_true, n_true_near), (n_pred, n_pred_near) = counts.tolist()
    return BoundaryScore(tolerance_px, n_true, n_pred, n_true_near, n_pred_near)


def _count_near(planes: Sequence[LabelPlane], window: Window, *, tolerance_px: float) -> Ints:
    """Outline pixels of either side in a window, and those of them that are near; int64 (2, 2)."""
    # Of what lies around the window so much that every outline near its pixels is seen whole.
    wide = _grown(window, by_px=int(np.ceil(tolerance_px)) + 1, shape=planes[0].shape)
    inner = window.shifted(-wide.row, -wide.col).slices
    outlines = [_outlines(plane.read(wide)) for plane in planes]
    near = [_near(other, tolerance_px=tolerance_px) for other in outlines[::-1]]
    return np.array(
        [
            (own[inner].sum(), (own[inner] & zone[inner]).sum())
            for own, zone in zip(outlines, near, strict=True)
        ],
        dtype=np.int64,
    )


def _grown(window: Window, *, by_px: int, shape: tuple[int, int]) -> Window:
    row, col = max(window.row - by_px, 0), max(window.col - by_px, 0)
    stop_row, stop_col = min(window.stop_row + by_px, shape[0]), min(window.stop_col + by_px, shape[1])
    return Window(row, col, stop_row - row, stop_col - col)


def _outlines(labels: AnyArray) -> Mask:
    edge = np.zeros(labels.shape, bool)
    for axis in range(labels.ndim):
        ahead = np.moveaxis(labels, axis, 0)
        marked = np.moveaxis(edge, axis, 0)
        differs = ahead[1:] != ahead[:-1]
        marked[1:] |= differs
        marked[:-1] |= differs
    return edge & (labels > 0)


def _near(outlines: Mask, *, tolerance_px: float) -> Mask:
    if not outlines.any():
        return np.zeros(outlines.shape, bool)
    return np.asarray(ndi.distance_transform_edt(~outlines) <= tolerance_px)


def pool_boundaries(scores: Sequence[BoundaryScore]) -> BoundaryScore:
    """Add the pixels of several images.

    Raises
    ------
    InvalidSetting
        When there is no score, or the tolerances differ.
    """
    tolerances = sorted({score.tolerance_px for score in scores})
    if len(tolerances) != 1:
        raise InvalidSetting(
            f"Boundary scores at {len(tolerances)} tolerances ({tolerances}) cannot be pooled; "
            "give one or more at one tolerance."
        )
    return BoundaryScore(
        tolerances[0],
        sum(score.n_true_px for score in scores),
        sum(score.n_pred_px for score in scores),
        sum(score.n_true_near_px for score in scores),
        sum(score.n_pred_near_px for score in scores),
    )


def mean_boundary_f1(scores: Sequence[BoundaryScore]) -> float:
    """Give the mean boundary F1 of images, every image weighing the same.

    Images without an outline on either side are left out; 0 when none is left.
    """
    found = [score.f1 for score in scores if score.n_true_px + score.n_pred_px]
    return sum(found) / len(found) if found else 0.0
