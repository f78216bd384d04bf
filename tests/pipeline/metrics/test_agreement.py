"""All pairs of annotators."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import InvalidLabels, InvalidSetting
from pipeline.metrics import pairwise_agreement, score_labels


def cell(col):
    labels = np.zeros((12, 40), np.int32)
    labels[2:10, col : col + 8] = 1
    return labels


def test_all_pairs_with_their_names():
    makers = {"expert 1": cell(2), "expert 2": cell(3), "model": cell(20)}
    found = pairwise_agreement(makers, iou=0.5)
    assert [(pair.first, pair.second) for pair in found] == [
        ("expert 1", "expert 2"),
        ("expert 1", "model"),
        ("expert 2", "model"),
    ]
    assert [pair.score.f1 for pair in found] == [1, 0, 0]
    assert found[0].score == score_labels(cell(2), cell(3), iou=0.5)


def test_refusals():
    with pytest.raises(InvalidSetting, match="1 label image cannot be compared; give two or more"):
        pairwise_agreement({"alone": cell(2)})
    with pytest.raises(InvalidLabels, match="shape"):
        pairwise_agreement({"a": cell(2), "b": np.zeros((3, 3), int)})
