"""Outlines: laws, a case by hand, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline import label_planes
from pipeline.errors import InvalidLabels, InvalidSetting
from pipeline.metrics import mean_boundary_f1, pool_boundaries, score_boundaries

SMALL = hnp.arrays(np.int32, (9, 7), elements=st.sampled_from([0, 0, 1, 2]))


def square(row):
    labels = np.zeros((30, 30), np.int32)
    labels[row : row + 10, 5:15] = 1
    return labels


@given(SMALL, SMALL, st.sampled_from([0, 1, 1.5, 3, 50]), st.integers(1, 9), st.integers(1, 7))
def test_blocks_give_what_the_whole_gives(true, pred, tolerance_px, height, width):
    whole = score_boundaries(true, pred, tolerance_px=tolerance_px)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_planes, "BLOCK_SHAPE", (height, width))
        assert score_boundaries(true, pred, tolerance_px=tolerance_px) == whole


@given(SMALL, SMALL, st.sampled_from([0, 1, 1.5, 3]))
def test_laws(true, pred, tolerance_px):
    score = score_boundaries(true, pred, tolerance_px=tolerance_px)
    mirrored = score_boundaries(pred, true, tolerance_px=tolerance_px)
    assert (score.precision, score.recall, score.f1) == (mirrored.recall, mirrored.precision, mirrored.f1)
    assert score.f1 <= score_boundaries(true, pred, tolerance_px=tolerance_px + 1).f1 + 1e-12
    same = score_boundaries(true, true, tolerance_px=tolerance_px)
    assert same.f1 == (1 if same.n_true_px else 0)


def test_a_shift_is_found_within_the_tolerance():
    within = score_boundaries(square(5), square(7), tolerance_px=2)
    assert (within.n_true_px, within.n_pred_px, within.f1) == (36, 36, 1)
    beyond = score_boundaries(square(5), square(7), tolerance_px=1)
    # Of the true square's outline, the sides from row 7 on and the last row but for its inner 8 px are near.
    assert 0 < beyond.recall < 1
    assert score_boundaries(square(0), square(19), tolerance_px=1).f1 == 0


def test_the_image_border_is_no_outline_and_touching_cells_have_one_each():
    whole = np.ones((6, 6), np.int32)
    assert score_boundaries(whole, whole).n_true_px == 0
    halves = whole.copy()
    halves[:, 3:] = 2
    assert score_boundaries(halves, whole).n_true_px == 12


def test_empty_images_score_nothing():
    empty = np.zeros((30, 30), np.int32)
    for pair in ((empty, empty), (empty, square(5)), (square(5), empty)):
        assert score_boundaries(*pair).f1 == 0


def test_pooled_pixels_are_sums():
    pooled = pool_boundaries(
        [score_boundaries(square(5), square(7)), score_boundaries(square(5), square(19))]
    )
    assert (pooled.n_true_px, pooled.n_true_near_px) == (72, 36)


def test_the_mean_weighs_images_alike_and_leaves_out_those_without_an_outline():
    large = np.kron(square(5), np.ones((3, 3), np.int32))
    empty = np.zeros((30, 30), np.int32)
    scores = [
        score_boundaries(large, large),
        score_boundaries(square(5), square(19)),
        score_boundaries(empty, empty),
        score_boundaries(np.ones((6, 6), int), np.ones((6, 6), int)),
    ]
    assert mean_boundary_f1(scores) == 0.5
    assert pool_boundaries(scores).f1 > 0.7
    assert mean_boundary_f1(scores[2:]) == mean_boundary_f1([]) == 0


def test_refusals():
    with pytest.raises(InvalidSetting, match=r"A tolerance of -1 px cannot be; give 0 px or more"):
        score_boundaries(square(5), square(5), tolerance_px=-1)
    with pytest.raises(InvalidLabels, match=r"shape \(30, 30\) and .* shape \(2, 2\)"):
        score_boundaries(square(5), np.zeros((2, 2), int))
    with pytest.raises(InvalidSetting, match=r"at 2 tolerances \(\[1, 2\]\) cannot be pooled"):
        pool_boundaries([score_boundaries(square(5), square(5), tolerance_px=t) for t in (1, 2)])
