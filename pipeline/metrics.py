"""Scores of a predicted label image against the truth.

Definitions follow the object metrics of Mesmer (Greenwald, Miller et al. 2022, Methods, "Model
benchmarking"), with its known slips put right: a catastrophe counts as no correct cell.

With T a true and P a predicted instance, IoU = |T ∩ P| / |T ∪ P|:

* **correct**: IoU strictly above the threshold. The threshold is at least 0.5, so that an instance has one
  partner at most.
* Instances left over are linked when IoU is at least 0.1, or when more than half of either lies in the other
  (a small cell in a large one). Connected groups of them are events:

  ========================  ======================================================
  1 true and 2 or more      one **split**
  2 or more true and 1      one **merge**
  2 or more of both         one **catastrophe**
  1 and 1, or alone         each true **missed**, each predicted **gained**
  ========================  ======================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.contingency import PairCounts, count_pairs
from pipeline.errors import InvalidSetting
from pipeline.labels import check_labels, check_same_shape
from pipeline.types import AnyArray, Floats, Ints, Mask

LINK_IOU = 0.1
LINK_SHARE = 0.5
_HALF = 0.5


@dataclass(frozen=True)
class Score:
    """Counts of one comparison, or of several pooled; the ratios are computed from them.

    A ratio whose denominator is 0 is 0: with no true cell the recall is 0, with no predicted cell the
    precision, and with neither all ratios are 0 (there is nothing to score; pool such images with others).

    Parameters
    ----------
    iou : float
        The threshold for `correct`.
    n_true, n_pred, correct : int
        Instances, and pairs above the threshold.
    missed, gained, split, merge, catastrophe : int
        Events, see the module.
    gained_from_split, missed_from_merge : int
        Predicted instances beyond the first of each split; true instances beyond the first of each merge.
    true_in_catastrophe, pred_in_catastrophe : int
        Instances in catastrophes.
    true_positive_50 : int
        Pairs with IoU strictly above 0.5.
    iou_sum_50 : float
        Sum of their IoU.
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
    true_positive_50: int
    iou_sum_50: float
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
    def ap50(self) -> float:
        """TP / (TP + FP + FN) at IoU 0.5, as in the 2018 Data Science Bowl."""
        return _ratio(self.true_positive_50, self.n_true + self.n_pred - self.true_positive_50)

    @property
    def pq(self) -> float:
        """Panoptic quality (Kirillov et al. 2019, eq. 1): sum of IoU / (TP + FP / 2 + FN / 2)."""
        return _ratio(2 * self.iou_sum_50, self.n_true + self.n_pred)

    def as_dict(self) -> dict[str, int | float]:
        """Give the figures that `cytoloop score` prints."""
        return {name: getattr(self, name) for name in FIGURES}


FIGURES = (
    *("n_true", "n_pred", "correct", "missed", "gained", "split", "merge", "catastrophe"),
    *("precision", "recall", "f1", "jaccard", "ap50", "pq"),
)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def score_labels(true: AnyArray, pred: AnyArray, *, iou: float = 0.6) -> Score:
    """Compare a predicted label image with the truth.

    Parameters
    ----------
    true, pred : label images of one shape, any number of axes
        Instances are the same over all axes: give several images one by one and `pool_scores`.
    iou : float
        A pair is correct above it, 0.5 <= iou < 1.

    Returns
    -------
    Score

    Raises
    ------
    InvalidLabels
        When an array is no label image or the shapes differ.
    InvalidSetting
        When the threshold is out of its range.
    """
    if not _HALF <= iou < 1:
        raise InvalidSetting(
            f"An IoU threshold of {iou} cannot be; give one from 0.5 up to, not including, 1."
        )
    names = ("The true label image", "the predicted one")
    check_same_shape(true, pred, names=names)
    table = count_pairs(check_labels(true, name=names[0]), check_labels(pred, name=names[1]))
    pairs = _Pairs(table)
    correct = pairs.iou > iou
    above_half = pairs.iou > _HALF
    free = ~np.isin(pairs.true, pairs.true[correct]) & ~np.isin(pairs.pred, pairs.pred[correct])
    links = free & ((pairs.iou >= LINK_IOU) | (pairs.share > LINK_SHARE))
    n_correct = int(correct.sum())
    return Score(
        iou=iou,
        n_true=pairs.n_true,
        n_pred=pairs.n_pred,
        correct=n_correct,
        true_positive_50=int(above_half.sum()),
        iou_sum_50=float(pairs.iou[above_half].sum()),
        shared_px=int(pairs.counts.sum()),
        union_px=int(table.counts.sum()),
        **_events(pairs, links, n_correct=n_correct),
    )


class _Pairs:
    """Pairs of overlapping instances, numbered from 0 on either side."""

    def __init__(self, table: PairCounts) -> None:
        labels_true, true = np.unique(table.first, return_inverse=True)
        labels_pred, pred = np.unique(table.second, return_inverse=True)
        area_true = np.bincount(true, weights=table.counts)
        area_pred = np.bincount(pred, weights=table.counts)
        self.n_true = int((labels_true > 0).sum())
        self.n_pred = int((labels_pred > 0).sum())
        both = (table.first > 0) & (table.second > 0)
        self.true: Ints = true[both]
        self.pred: Ints = pred[both]
        self.counts: Floats = table.counts[both].astype(np.float64)
        areas = area_true[self.true], area_pred[self.pred]
        self.iou: Floats = self.counts / (areas[0] + areas[1] - self.counts)
        self.share: Floats = self.counts / np.minimum(*areas)


def _events(pairs: _Pairs, links: Mask, *, n_correct: int) -> dict[str, int]:
    """Sort the groups of linked instances into events."""
    true_nodes, true = np.unique(pairs.true[links], return_inverse=True)
    pred_nodes, pred = np.unique(pairs.pred[links], return_inverse=True)
    n_nodes = len(true_nodes) + len(pred_nodes)
    graph = coo_array((np.ones(len(true)), (true, pred + len(true_nodes))), shape=(n_nodes, n_nodes))
    n_groups, group = connected_components(graph, directed=False)
    n_true = np.bincount(group[: len(true_nodes)], minlength=n_groups)
    n_pred = np.bincount(group[len(true_nodes) :], minlength=n_groups)
    split = (n_true == 1) & (n_pred > 1)
    merge = (n_true > 1) & (n_pred == 1)
    catastrophe = (n_true > 1) & (n_pred > 1)
    event = split | merge | catastrophe
    return {
        "missed": pairs.n_true - n_correct - int(n_true[event].sum()),
        "gained": pairs.n_pred - n_correct - int(n_pred[event].sum()),
        "split": int(split.sum()),
        "merge": int(merge.sum()),
        "catastrophe": int(catastrophe.sum()),
        "gained_from_split": int((n_pred[split] - 1).sum()),
        "missed_from_merge": int((n_true[merge] - 1).sum()),
        "true_in_catastrophe": int(n_true[catastrophe].sum()),
        "pred_in_catastrophe": int(n_pred[catastrophe].sum()),
    }


def pool_scores(scores: Sequence[Score]) -> Score:
    """Add the counts of several images; ratios are then those of all their cells together.

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
        if field.name != "iou"
    }
    return Score(iou=thresholds[0], **counts)
