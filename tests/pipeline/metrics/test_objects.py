"""Scores: laws, the reference cases, empty images, refusals."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline import label_planes
from pipeline.errors import InvalidLabels, InvalidSetting
from pipeline.label_planes import ArrayPlane
from pipeline.labels import relabel_sequential
from pipeline.metrics import FIGURES, score_labels, score_planes

EVENTS = ("missed", "gained", "split", "merge", "catastrophe")
LABELS = st.sampled_from([0, 0, 1, 2, 3, 4, 70_000])


@st.composite
def label_pairs(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=8))
    return tuple(draw(hnp.arrays(np.int32, shape, elements=LABELS)) for _ in range(2))


def boxes(*items):
    labels = np.zeros((40, 40), dtype=np.int32)
    for label, rows, cols in items:
        labels[slice(*rows), slice(*cols)] = label
    return labels


ONE, TWO, THREE = (1, (2, 12), (2, 12)), (2, (2, 12), (12, 22)), (3, (20, 30), (5, 15))
BASE = boxes(ONE, TWO, THREE)
JOINED = boxes((1, (2, 12), (2, 22)), THREE)
CROSSED = boxes((1, (2, 7), (2, 22)), (2, (7, 12), (2, 22)))
# Case of the reference: true, predicted, correct, events, recall, precision, F1, foreground IoU.
CASES = {
    "A identical": (BASE, BASE, 3, {}, 1, 1, 1, 1),
    "B predicted lacks one": (BASE, boxes(ONE, TWO), 2, {"missed": 1}, 2 / 3, 1, 0.8, 2 / 3),
    "C true lacks one": (boxes(ONE, TWO), BASE, 2, {"gained": 1}, 1, 2 / 3, 0.8, 2 / 3),
    "D predicted joins two": (BASE, JOINED, 1, {"merge": 1}, 1 / 3, 0.5, 0.4, 1),
    "E predicted splits one": (JOINED, BASE, 1, {"split": 1}, 0.5, 1 / 3, 0.4, 1),
    "F two cells cut across": (boxes(ONE, TWO), CROSSED, 0, {"catastrophe": 1}, 0, 0, 0, 1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_reference_case(case):
    true, pred, correct, events, recall, precision, f1, jaccard = case
    score = score_labels(true, pred)
    assert score.correct == correct
    assert {name: getattr(score, name) for name in EVENTS} == dict.fromkeys(EVENTS, 0) | events
    assert (score.recall, score.precision, score.f1) == pytest.approx((recall, precision, f1))
    assert score.jaccard == pytest.approx(jaccard)


def test_instances_inside_events():
    three_in_one = boxes((7, (2, 12), (2, 32)))
    three = boxes(ONE, TWO, (3, (2, 12), (22, 32)))
    merge, split = score_labels(three, three_in_one), score_labels(three_in_one, three)
    assert (merge.merge, merge.missed_from_merge, merge.missed) == (1, 2, 0)
    assert (split.split, split.gained_from_split, split.gained) == (1, 2, 0)
    crossed = score_labels(boxes(ONE, TWO), CROSSED)
    assert (crossed.true_in_catastrophe, crossed.pred_in_catastrophe) == (2, 2)


@given(label_pairs(), st.sampled_from([0.3, 0.5, 0.6]), st.integers(1, 8), st.integers(1, 8))
def test_label_images_read_in_blocks_score_as_the_whole(pair, iou, height, width):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_planes, "BLOCK_SHAPE", (height, width))
        assert score_planes(*map(ArrayPlane, pair), iou=iou) == score_labels(*pair, iou=iou)


@given(label_pairs(), st.sampled_from([0.5, 0.6, 0.75]))
def test_counts_add_up_and_exchange_when_true_and_predicted_do(pair, iou):
    score, mirrored = score_labels(*pair, iou=iou), score_labels(*pair[::-1], iou=iou)
    in_true = score.missed + score.split + score.merge + score.missed_from_merge + score.true_in_catastrophe
    in_pred = score.gained + score.merge + score.split + score.gained_from_split + score.pred_in_catastrophe
    assert score.n_true == score.correct + in_true
    assert score.n_pred == score.correct + in_pred
    assert (score.missed, score.split, score.precision) == (mirrored.gained, mirrored.merge, mirrored.recall)
    assert (score.f1, score.jaccard, score.ap50, score.pq) == (
        mirrored.f1,
        mirrored.jaccard,
        mirrored.ap50,
        pytest.approx(mirrored.pq),
    )
    assert all(0 <= value <= 1 for value in list(score.as_dict().values())[8:])


@given(label_pairs())
def test_numbering_does_not_matter(pair):
    renumbered = (relabel_sequential(pair[0], start=17), np.where(pair[1], 2**31 - 1 - pair[1], 0))
    assert score_labels(*pair).as_dict() == pytest.approx(score_labels(*renumbered).as_dict())


@given(label_pairs())
def test_correct_and_quality_by_hand(pair):
    true, pred = pair
    score = score_labels(true, pred, iou=0.5)
    found = []
    for t in np.unique(true[true > 0]):
        for p in np.unique(pred[pred > 0]):
            found.append(((true == t) & (pred == p)).sum() / ((true == t) | (pred == p)).sum())
    above = [value for value in found if value > 0.5]
    assert score.correct == score.true_positives[0] == len(above)
    n = score.n_true + score.n_pred
    assert score.ap50 == pytest.approx(len(above) / (n - len(above)) if n else 0)
    assert score.pq == pytest.approx(sum(above) / (n / 2) if n else 0)


def test_an_iou_at_the_threshold_is_not_correct():
    true = np.array([[1] * 8 + [0] * 2])
    pred = np.array([[0] * 2 + [1] * 8])
    assert score_labels(true, pred, iou=0.6).correct == 0
    assert score_labels(true, pred, iou=0.59).correct == 1


def test_a_small_cell_inside_a_large_one_belongs_to_its_event():
    true = boxes((1, (0, 20), (0, 20)), (2, (0, 4), (20, 24)))
    pred = boxes((1, (0, 20), (0, 10)), (2, (0, 20), (10, 17)), (3, (0, 4), (18, 20)))
    score = score_labels(true, pred, iou=0.6)
    assert (score.split, score.gained_from_split, score.missed, score.gained) == (1, 2, 1, 0)


def test_empty_images():
    empty = np.zeros((40, 40), dtype=np.int32)
    only_true, only_pred, neither = (
        score_labels(BASE, empty),
        score_labels(empty, BASE),
        score_labels(empty, empty),
    )
    assert (only_true.missed, only_true.n_pred, only_pred.gained, only_pred.n_true) == (3, 0, 3, 0)
    for score in (only_true, only_pred, neither):
        ratios = {name: value for name, value in score.as_dict().items() if name in FIGURES[8:]}
        assert ratios == dict.fromkeys(FIGURES[8:], 0)
    assert score_labels(np.zeros((0, 5), int), np.zeros((0, 5), int)).n_true == 0


@given(label_pairs(), st.sampled_from([0.05, 0.2, 0.35]))
def test_below_a_half_pairs_are_one_to_one_and_as_many_as_can_be(pair, iou):
    score, mirrored = score_labels(*pair, iou=iou), score_labels(*pair[::-1], iou=iou)
    assert score.correct == mirrored.correct
    assert score_labels(*pair, iou=0.5).correct <= score.correct <= min(score.n_true, score.n_pred)
    assert score.correct == most_pairs(*pair, iou=iou)


def most_pairs(true, pred, *, iou):
    """Try every assignment."""
    ids = [np.unique(side[side > 0]) for side in (true, pred)]
    ious = [
        [((true == t) & (pred == p)).sum() / ((true == t) | (pred == p)).sum() for p in ids[1]]
        for t in ids[0]
    ]
    allowed = np.array(ious).reshape(len(ids[0]), len(ids[1])) > iou
    if allowed.shape[0] > allowed.shape[1]:
        allowed = allowed.T
    rows = np.arange(allowed.shape[0])
    return max(
        int(allowed[rows, list(cols)].sum()) for cols in permutations(range(allowed.shape[1]), len(rows))
    )


def test_seg_needs_more_than_half_of_the_true_cell():
    true = boxes((1, (0, 10), (0, 10)), (2, (20, 30), (0, 10)))
    half = boxes((1, (0, 10), (0, 5)), (2, (20, 30), (0, 6)))
    assert score_labels(true, half).seg == pytest.approx((0 + 0.6) / 2)
    larger = boxes((1, (0, 20), (0, 20)))
    assert score_labels(true, larger).seg == pytest.approx(0.25 / 2)


@pytest.mark.parametrize("iou", [0, 1, float("nan")])
def test_threshold_out_of_range(iou):
    with pytest.raises(InvalidSetting, match=r"An IoU threshold of .* give one between 0 and 1"):
        score_labels(BASE, BASE, iou=iou)


def test_bad_labels():
    with pytest.raises(InvalidLabels, match=r"shape \(40, 40\) and .* shape \(2, 2\)"):
        score_labels(BASE, np.zeros((2, 2), int))
    with pytest.raises(InvalidLabels, match=r"the predicted one holds negative values \(-1, -1, -1; 1600 px"):
        score_labels(BASE, np.full((40, 40), -1))


def test_planes_are_refused_as_arrays_are():
    plane = ArrayPlane(BASE)
    with pytest.raises(InvalidSetting, match="An IoU threshold of 0 cannot be; give one between 0 and 1"):
        score_planes(plane, plane, iou=0)
    with pytest.raises(InvalidLabels, match=r"shape \(40, 40\) and the predicted one has shape \(2, 2\)"):
        score_planes(plane, ArrayPlane(np.zeros((2, 2), np.int32)))
