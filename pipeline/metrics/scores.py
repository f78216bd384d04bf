"""The score of one comparison, and the two ways to sum up several: pooled, and as a mean per image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from pipeline.errors import InvalidSetting

AP_IOUS: tuple[float, ...] = tuple((50 + 5 * step) / 100 for step in range(10))
"""The thresholds 0.5, 0.55 ... 0.95 of the average precision."""


@dataclass(frozen=True)
class Score:
    """Counts of one comparison, or of several pooled; the ratios are computed from them.

    A ratio whose denominator is 0 is 0: with no true cell the recall is 0, with no predicted cell the
    precision, and with neither all ratios are 0. Such an image has nothing to score; `pool_scores` adds
    nothing for it and `mean_ratios` leaves it out.

    Parameters
    ----------
    iou : float
        The threshold for `correct`.
    n_true, n_pred, correct : int
        Instances, and pairs above the threshold.
    missed, gained, split, merge, catastrophe : int
        Events, see `pipeline.metrics.objects`.
    gained_from_split, missed_from_merge : int
        Predicted instances beyond the first of each split; true instances beyond the first of each merge.
    true_in_catastrophe, pred_in_catastrophe : int
        Instances in catastrophes.
    true_positives : tuple of int
        Pairs with IoU strictly above each threshold of `AP_IOUS`.
    iou_sum_50 : float
        Sum of the IoU of the pairs above 0.5.
    seg_sum : float
        Sum, over the true instances, of the IoU with the predicted one that covers more than half of it.
    shared_px, union_px : int
        Pixels in both foregrounds, and in either.
    """

    iou: float
    n_true: int
    n_pred: int
    correct: int
    missed: int
    gained: int
    split: int
    merge: int
    catastrophe: int
    gained_from_split: int
    missed_from_merge: int
    true_in_catastrophe: int
    pred_in_catastrophe: int
    true_positives: tuple[int, ...]
    iou_sum_50: float
    seg_sum: float
    shared_px: int
    union_px: int

    @property
    def precision(self) -> float:
        """Correct share of the predicted instances."""
        return _ratio(self.correct, self.n_pred)

    @property
    def recall(self) -> float:
        """Correct share of the true instances."""
        return _ratio(self.correct, self.n_true)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _ratio(2 * self.correct, self.n_true + self.n_pred)

    @property
    def jaccard(self) -> float:
        """IoU of the two foregrounds, by pixel."""
        return _ratio(self.shared_px, self.union_px)

    @property
    def dice(self) -> float:
        """Twice the shared pixels over the sum of both foregrounds."""
        return _ratio(2 * self.shared_px, self.shared_px + self.union_px)

    @property
    def average_precisions(self) -> tuple[float, ...]:
        """TP / (TP + FP + FN) at each threshold of `AP_IOUS`, as in the 2018 Data Science Bowl."""
        n = self.n_true + self.n_pred
        return tuple(_ratio(found, n - found) for found in self.true_positives)

    @property
    def ap50(self) -> float:
        """The first of `average_precisions`."""
        return self.average_precisions[0]

    @property
    def ap(self) -> float:
        """Mean of `average_precisions`: the score of the 2018 Data Science Bowl."""
        return sum(self.average_precisions) / len(AP_IOUS)

    @property
    def pq(self) -> float:
        """Panoptic quality (Kirillov et al. 2019, eq. 1): sum of IoU / (TP + FP / 2 + FN / 2)."""
        return _ratio(2 * self.iou_sum_50, self.n_true + self.n_pred)

    @property
    def seg(self) -> float:
        """SEG of the Cell Tracking Challenge (Maska et al. 2014): mean IoU over the true instances.

        The partner of a true instance covers more than half of it; without one the IoU is 0. Instances that
        are only in the prediction do not lower it.
        """
        return _ratio(self.seg_sum, self.n_true)

    @property
    def empty(self) -> bool:
        """No instance on either side."""
        return self.n_true + self.n_pred == 0

    def as_dict(self) -> dict[str, int | float]:
        """Give the figures that `cytoloop score` prints."""
        return {name: getattr(self, name) for name in FIGURES}


RATIOS = ("precision", "recall", "f1", "jaccard", "dice", "ap50", "ap", "pq", "seg")
FIGURES = (*("n_true", "n_pred", "correct", "missed", "gained", "split", "merge", "catastrophe"), *RATIOS)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def pool_scores(scores: Sequence[Score]) -> Score:
    """Add the counts of several images; ratios are then those of all their cells together.

    An image with many cells weighs more than one with few; an empty one adds what was wrongly predicted.

    Raises
    ------
    InvalidSetting
        When there is no score, or the thresholds differ.
    """
    thresholds = sorted({score.iou for score in scores})
    if len(thresholds) != 1:
        raise InvalidSetting(
            f"Scores at {len(thresholds)} thresholds ({thresholds}) cannot be pooled; "
            "give one or more scores at one threshold."
        )
    counts = {
        field.name: sum(getattr(score, field.name) for score in scores)
        for field in fields(Score)
        if field.name not in ("iou", "true_positives")
    }
    found = zip(*(score.true_positives for score in scores), strict=True)
    return Score(iou=thresholds[0], true_positives=tuple(sum(column) for column in found), **counts)


def mean_ratios(scores: Sequence[Score]) -> dict[str, float]:
    """Give the mean of each ratio over images, every image weighing the same.

    Images without an instance on either side are left out (there is nothing to be right or wrong about); an
    image without true instances in which some were predicted counts with 0.

    Returns
    -------
    dict
        `RATIOS` by name, and `n_images`, the number of images behind them; all 0 when no image is left.
    """
    scored = [score for score in scores if not score.empty]
    means = {name: _ratio(sum(getattr(score, name) for score in scored), len(scored)) for name in RATIOS}
    return {"n_images": len(scored), **means}
