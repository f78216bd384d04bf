"""Scores equal those of two published packages (see generate_metrics.py for how they were made)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.metrics import AP_IOUS, score_labels

VECTORS = json.loads(Path(__file__).with_name("metrics.json").read_text(encoding="utf-8"))
CASES = [(np.array(case["true"]), np.array(case["pred"]), case) for case in VECTORS["cases"]]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_matching_of_stardist(number):
    true, pred, case = CASES[number]
    for iou, wanted in case["stardist_matching"].items():
        score = score_labels(true, pred, iou=float(iou))
        found = (score.n_true, score.n_pred, score.correct, score.precision, score.recall, score.f1)
        assert found == pytest.approx([wanted[name] for name in NAMES])
        if float(iou) == 0.5:
            assert score.pq == pytest.approx(wanted["panoptic_quality"])


NAMES = ("n_true", "n_pred", "tp", "precision", "recall", "f1")


@pytest.mark.parametrize("number", range(len(CASES)))
def test_average_precision_of_cellpose(number):
    true, pred, case = CASES[number]
    assert list(AP_IOUS) == VECTORS["ap_ious"]
    assert score_labels(true, pred).average_precisions == pytest.approx(case["cellpose_average_precision"])
