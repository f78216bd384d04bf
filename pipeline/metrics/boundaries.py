"""How near the outlines of a prediction lie to those of the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from pipeline.errors import InvalidSetting
from pipeline.labels import check_labels, check_same_shape
from pipeline.types import AnyArray, Mask


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
    sides = zip((true, pred), names, strict=True)
    outlines = [_outlines(check_labels(side, name=name)) for side, name in sides]
    near = [_near(other, tolerance_px=tolerance_px) for other in outlines[::-1]]
    counts = [(int(own.sum()), int((own & zone).sum())) for own, zone in zip(outlines, near, strict=True)]
    return BoundaryScore(tolerance_px, counts[0][0], counts[1][0], counts[0][1], counts[1][1])


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
