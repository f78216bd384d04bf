import numpy as np
import pytest

from backend.demo.corrections import Correction, HumanError, correct_labels
from pipeline.label_diff import apply_diff

CAREFUL = HumanError(accept_iou=1.0, overlooked=0.0, wobble=0.0)


def truth_of_squares() -> np.ndarray:
    truth = np.zeros((40, 50), np.int32)
    truth[2:12, 2:12] = 1
    truth[2:12, 12:22] = 2
    truth[20:30, 5:15] = 3
    return truth


def run(labels: np.ndarray, truth: np.ndarray, error: HumanError, seed: int = 0) -> list[Correction]:
    rng = np.random.default_rng(seed)
    return list(correct_labels(labels, truth, compartment="nuclear", error=error, rng=rng))


def same_partition(a: np.ndarray, b: np.ndarray) -> bool:
    pairs = np.unique(np.stack([a.ravel(), b.ravel()]), axis=1)
    return bool(
        ((a > 0) == (b > 0)).all() and len(np.unique(pairs[0])) == pairs.shape[1] == len(np.unique(pairs[1]))
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_careful_annotator_reaches_the_truth_from_any_proposal(seed):
    rng = np.random.default_rng(seed)
    labels = np.kron(rng.integers(0, 5, (8, 10)), np.ones((5, 5))).astype(np.uint32)
    run(labels, truth_of_squares(), CAREFUL)
    assert same_partition(labels, truth_of_squares())


def test_the_edits_replay_to_the_same_labels():
    labels = np.zeros((40, 50), np.uint32)
    labels[0:8, 0:30] = 7
    replayed = labels.copy()
    for correction in run(labels, truth_of_squares(), HumanError()):
        apply_diff(replayed, correction.diff)
    assert np.array_equal(labels, replayed)


def test_a_right_proposal_costs_nothing():
    labels = truth_of_squares().astype(np.uint32)
    assert run(labels, truth_of_squares(), HumanError()) == []


def test_each_fault_costs_the_tool_that_mends_it():
    truth = truth_of_squares()
    labels = truth.astype(np.uint32)
    labels[truth == 3] = 0
    labels[33:38, 30:40] = 9
    labels[2:12, 2:12] = 0
    labels[2:6, 2:12] = 1
    assert [c.tool for c in run(labels, truth, CAREFUL)] == ["delete", "brush", "new"]


def test_a_careless_annotator_overlooks_faults_and_wobbles():
    truth = truth_of_squares()
    labels = np.zeros_like(truth, dtype=np.uint32)
    assert run(labels, truth, HumanError(overlooked=1.0)) == []
    run(labels, truth, HumanError(overlooked=0.0, wobble=1.0))
    assert len(np.unique(labels)) == 4
    assert not same_partition(labels, truth)


def test_active_seconds_grow_with_the_work():
    labels = np.zeros((40, 50), np.uint32)
    small = run(labels.copy(), (truth_of_squares() == 3).astype(np.int32), CAREFUL)
    large = run(labels.copy(), np.ones((40, 50), np.int32), CAREFUL)
    assert 0 < small[0].active_s < large[0].active_s
