"""Scores of a predicted label image against the truth.

Definitions follow the object metrics of Mesmer (Greenwald, Miller et al. 2022, Methods, "Model
benchmarking"), with its known slips put right: a catastrophe counts as no correct cell.

With T a true and P a predicted instance, IoU = |T ∩ P| / |T ∪ P|:

* **correct**: IoU strictly above the threshold. From 0.5 on an instance has one partner at most; below, as
  many pairs as possible are made one to one, of those the ones with the highest sum of IoU.
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

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.contingency import PairCounts, count_pairs
from pipeline.errors import InvalidLabels, InvalidSetting
from pipeline.label_planes import LabelPlane, count_plane_pairs
from pipeline.labels import check_labels, check_same_shape
from pipeline.metrics.scores import AP_IOUS, Score
from pipeline.types import AnyArray, Floats, Ints, Mask

LINK_IOU = 0.1
LINK_SHARE = 0.5
_HALF = 0.5


def score_labels(true: AnyArray, pred: AnyArray, *, iou: float = 0.6) -> Score:
    """Compare a predicted label image with the truth.

    Parameters
    ----------
    true, pred : label images of one shape, any number of axes
        Instances are the same over all axes: give several images one by one and `pool_scores`.
    iou : float
        A pair is correct above it, 0 < iou < 1.

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
    _check_iou(iou)
    names = ("The true label image", "the predicted one")
    check_same_shape(true, pred, names=names)
    return _score_pairs(
        count_pairs(check_labels(true, name=names[0]), check_labels(pred, name=names[1])), iou=iou
    )


def score_planes(true: LabelPlane, pred: LabelPlane, *, iou: float = 0.6) -> Score:
    """As `score_labels`, of label images that are read in blocks: memory grows with their instances alone.

    Raises
    ------
    InvalidLabels
        When the shapes differ.
    InvalidSetting
        When the threshold is out of its range.
    """
    _check_iou(iou)
    if true.shape != pred.shape:
        raise InvalidLabels(
            f"The true label image has shape {true.shape} and the predicted one has shape {pred.shape}; "
            "give label images of the same pixels."
        )
    return _score_pairs(count_plane_pairs(true, pred), iou=iou)


def _check_iou(iou: float) -> None:
    if not 0 < iou < 1:
        raise InvalidSetting(f"An IoU threshold of {iou} cannot be; give one between 0 and 1, as 0.5 or 0.6.")


def _score_pairs(table: PairCounts, *, iou: float) -> Score:
    """Compare by the pixels that instances share; the true label comes first."""
    pairs = _Pairs(table)
    correct = _one_to_one(pairs, iou=iou)
    above_half = pairs.iou > _HALF
    free = ~np.isin(pairs.true, pairs.true[correct]) & ~np.isin(pairs.pred, pairs.pred[correct])
    links = free & ((pairs.iou >= LINK_IOU) | (pairs.share > LINK_SHARE))
    n_correct = int(correct.sum())
    return Score(
        iou=iou,
        n_true=pairs.n_true,
        n_pred=pairs.n_pred,
        correct=n_correct,
        true_positives=tuple(int((pairs.iou > threshold).sum()) for threshold in AP_IOUS),
        iou_sum_50=float(pairs.iou[above_half].sum()),
        seg_sum=float(pairs.iou[2 * pairs.counts > pairs.area_true].sum()),
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
        areas = (area_true[self.true].astype(np.float64), area_pred[self.pred].astype(np.float64))
        self.area_true: Floats = areas[0]
        self.iou: Floats = self.counts / (areas[0] + areas[1] - self.counts)
        self.share: Floats = self.counts / np.minimum(*areas)


def _one_to_one(pairs: _Pairs, *, iou: float) -> Mask:
    """Choose the correct pairs; each instance is in one of them at most."""
    chosen: Mask = pairs.iou > iou
    if iou >= _HALF or not chosen.any():
        return chosen
    places = np.flatnonzero(chosen)
    group = _groups(pairs.true[places], pairs.pred[places])
    kept = [_best_pairs(pairs, places[group == number]) for number in range(int(group.max()) + 1)]
    chosen[:] = False
    chosen[np.concatenate(kept)] = True
    return chosen


def _groups(true: Ints, pred: Ints) -> Ints:
    """Number the connected group of instances that each pair belongs to, from 0."""
    true_nodes, first = np.unique(true, return_inverse=True)
    pred_nodes, second = np.unique(pred, return_inverse=True)
    n_nodes = len(true_nodes) + len(pred_nodes)
    graph = coo_array((np.ones(len(true)), (first, second + len(true_nodes))), shape=(n_nodes, n_nodes))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)[first]


def _best_pairs(pairs: _Pairs, places: Ints) -> Ints:
    """Assign within one connected group: most pairs first, then the highest sum of IoU."""
    true_nodes, row = np.unique(pairs.true[places], return_inverse=True)
    pred_nodes, col = np.unique(pairs.pred[places], return_inverse=True)
    gain = np.zeros((len(true_nodes), len(pred_nodes)))
    place = np.full(gain.shape, -1)
    # One more pair outweighs any difference in IoU, which adds up to less than 1 after the division.
    gain[row, col] = 1 + pairs.iou[places] / (2 * min(gain.shape))
    place[row, col] = places
    found = place[linear_sum_assignment(gain, maximize=True)]
    return np.asarray(found[found >= 0], np.int64)


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
