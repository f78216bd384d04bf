import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.prediction import StageClock, add_seen, match_labels, mean_by_label

labels_of = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.integers(0, 4)
)


@given(labels_of)
def test_the_mean_of_an_instance_is_that_of_its_pixels(labels):
    values = np.arange(labels.size, dtype=np.float32).reshape(labels.shape)
    means = mean_by_label(labels, values)
    assert len(means) == labels.max(initial=0) + 1
    for label in range(1, len(means)):
        inside = values[labels == label]
        assert means[label] == (pytest.approx(inside.mean()) if inside.size else 0)
    assert means[0] == 0


@given(labels_of, st.integers(0, 100))
def test_leftovers_are_the_labels_of_one_compartment_alone(cells, seed):
    nuclei = np.random.default_rng(seed).permutation(cells.ravel()).reshape(cells.shape)
    labels, leftovers = match_labels({"whole_cell": cells, "nuclear": nuclei})
    for name, other in (("whole_cell", "nuclear"), ("nuclear", "whole_cell")):
        alone = set(np.unique(labels[name]).tolist()) - set(np.unique(labels[other]).tolist()) - {0}
        assert leftovers[name].tolist() == sorted(alone)


def test_one_compartment_is_left_as_it_is():
    plane = np.array([[0, 3]], np.int32)
    labels, leftovers = match_labels({"nuclear": plane})
    assert labels["nuclear"] is plane
    assert leftovers["nuclear"].tolist() == []


def test_pixels_that_are_background_in_either_do_not_count():
    final, seen = np.array([[1, 1, 0, 2]], np.int32), np.array([[1, 0, 1, 2]], np.int32)
    sums, counts = np.zeros(3), np.zeros(3, np.int64)
    add_seen(final, seen, np.array([0, 0.5, 0.25], np.float32), sums, counts)
    assert (sums.tolist(), counts.tolist()) == ([0, 0.5, 0.25], [0, 1, 1])


def test_a_clock_adds_up_stages():
    moments = iter([0.0, 1.0, 10.0, 12.0, 20.0, 21.0, 30.0, 33.0])
    clock = StageClock(lambda: next(moments))
    with clock.stage("read"):
        pass
    assert list(clock.each("stitch", iter("ab"))) == ["a", "b"]
    clock.add({"read": 5.0})
    assert clock.seconds == {"read": 6.0, "stitch": 6.0}
