"""Sums over images: pooled counts, means per image, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import InvalidSetting
from pipeline.metrics import RATIOS, mean_ratios, pool_scores, score_labels


def one_cell(col):
    labels = np.zeros((12, 40), np.int32)
    labels[2:10, col : col + 8] = 1
    return labels


EMPTY = np.zeros((12, 40), np.int32)
GOOD = score_labels(one_cell(2), one_cell(3))
BAD = score_labels(one_cell(2), one_cell(20))
ONLY_PREDICTED = score_labels(EMPTY, one_cell(2))
NEITHER = score_labels(EMPTY, EMPTY)


def test_pooled_counts_are_those_of_the_images_side_by_side():
    pooled = pool_scores([GOOD, BAD, ONLY_PREDICTED])
    true = np.hstack([one_cell(2), 2 * one_cell(2), EMPTY])
    pred = np.hstack([one_cell(3), 2 * one_cell(20), 3 * one_cell(2)])
    assert pooled == score_labels(true, pred)
    assert (pooled.n_true, pooled.n_pred, pooled.correct) == (2, 3, 1)


def test_an_empty_image_adds_nothing():
    assert NEITHER.empty
    assert not ONLY_PREDICTED.empty
    assert pool_scores([GOOD, NEITHER]) == GOOD
    assert mean_ratios([GOOD, NEITHER]) == mean_ratios([GOOD])
    assert mean_ratios([NEITHER]) == {"n_images": 0} | dict.fromkeys(RATIOS, 0)


def test_means_weigh_images_alike():
    means = mean_ratios([GOOD, BAD, ONLY_PREDICTED])
    assert means["n_images"] == 3
    assert means["f1"] == pytest.approx((1 + 0 + 0) / 3)
    assert means["dice"] == pytest.approx((14 / 16 + 0 + 0) / 3)
    assert means["ap"] == pytest.approx(GOOD.ap / 3)


def test_average_precision_falls_with_the_threshold():
    precisions = GOOD.average_precisions
    # Seven of nine columns are shared: 0.78.
    assert precisions == (1, 1, 1, 1, 1, 1, 0, 0, 0, 0)
    assert (GOOD.ap50, GOOD.ap) == (1, 0.6)


def test_pooling_refuses_nothing_and_mixed_thresholds():
    with pytest.raises(InvalidSetting, match=r"at 0 thresholds \(\[\]\) cannot be pooled"):
        pool_scores([])
    other = score_labels(EMPTY, EMPTY, iou=0.5)
    with pytest.raises(InvalidSetting, match=r"at 2 thresholds \(\[0\.5, 0\.6\]\) cannot be pooled"):
        pool_scores([GOOD, other])
