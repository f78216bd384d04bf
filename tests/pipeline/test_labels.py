"""Label images: the check at the edge, numbering, areas and boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.errors import InvalidLabels
from pipeline.labels import (
    MAX_LABEL,
    check_labels,
    check_plane,
    count_instances,
    map_labels,
    present_labels,
    relabel_sequential,
    same_partition,
)

LABELS = hnp.arrays(
    np.int32,
    hnp.array_shapes(min_dims=2, max_dims=3, max_side=8),
    elements=st.sampled_from([0, 0, 1, 2, 3, 65_536, 2**24 + 1, MAX_LABEL]),
)


@given(LABELS)
def test_every_label_is_found_once(labels):
    held = np.unique(labels[labels > 0])
    assert np.array_equal(present_labels(labels), held)
    assert count_instances(labels) == len(held)


@given(LABELS, st.integers(1, 100_000))
def test_relabelling_keeps_the_partition_and_the_order(labels, start):
    numbered = relabel_sequential(labels, start=start)
    held = np.unique(labels[labels > 0])
    assert same_partition(numbered, labels)
    assert np.array_equal(np.unique(numbered[numbered > 0]), np.arange(start, start + len(held)))
    assert np.array_equal(np.sort(held), held)
    for label, number in zip(held, range(start, start + len(held)), strict=True):
        assert (numbered[labels == label] == number).all()
    assert numbered.dtype == np.int32


@given(LABELS, st.data())
def test_a_changed_pixel_changes_the_partition_unless_it_is_only_renumbering(labels, data):
    other = labels.copy()
    place = tuple(data.draw(st.integers(0, length - 1)) for length in labels.shape)
    other[place] = data.draw(st.sampled_from([0, 1, 2, 7]))
    pairs = {(a, b) for a, b in zip(labels.ravel().tolist(), other.ravel().tolist(), strict=True)}
    one_to_one = len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    background_stays = all((a == 0) == (b == 0) for a, b in pairs)
    assert same_partition(labels, other) == (one_to_one and background_stays)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.uint32, np.int64, np.float32, np.float64])
def test_whole_numbers_of_any_dtype_are_labels(dtype):
    checked = check_labels(np.array([[0, 1], [1, 0]], dtype=dtype))
    assert checked.dtype == np.int32
    assert checked.tolist() == [[0, 1], [1, 0]]


def test_int32_is_not_copied_and_high_labels_are_fine():
    labels = np.array([[0, 65_536], [MAX_LABEL, 1]], dtype=np.int32)
    assert check_labels(labels) is labels
    assert check_labels(labels.astype(np.float64)).tolist() == labels.tolist()
    assert check_labels(np.zeros((0, 3))).shape == (0, 3)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [-1, 2, -7],
            r"the mask holds negative values \(-1, -7; 2 px in all\); a label image has whole numbers",
        ),
        ([0.5, 2, 1.25], r"the mask holds fractional values \(0\.5, 1\.25; 2 px in all\)"),
        ([np.nan, 1, 1], r"not finite \(nan; 1 px in all\)"),
        ([np.inf, 1, 1], r"not finite \(inf; 1 px in all\)"),
        ([2**31, 1, 1], r"labels above 2147483647 \(2147483648; 1 px in all\)"),
        ([float(2**40), 1, 1], r"labels above 2147483647 \(1099511627776\.0; 1 px in all\)"),
        (["1", "2", "3"], "has dtype <U1, which holds no labels; save it as integers"),
        ([1j, 0, 0], "has dtype complex128"),
    ],
)
def test_what_is_no_label_image(values, message):
    with pytest.raises(InvalidLabels, match=message):
        check_labels(np.array([values]), name="the mask")


def test_the_message_names_the_file():
    with pytest.raises(InvalidLabels, match=r"^scan\.npz: labels holds negative") as caught:
        check_labels(np.array([-1]), path="scan.npz")
    assert caught.value.path == Path("scan.npz")


def test_a_plane_has_two_axes():
    with pytest.raises(InvalidLabels, match=r"nuclear has shape \(1, 2, 3\); give one frame"):
        check_plane(np.zeros((1, 2, 3), int), name="nuclear")


@pytest.mark.parametrize(
    ("start", "message"), [(0, "numbered from 0"), (MAX_LABEL, "numbered from 2147483647")]
)
def test_numbers_that_labels_cannot_have(start, message):
    with pytest.raises(InvalidLabels, match=f"2 instances cannot be {message}"):
        relabel_sequential(np.array([[1, 2]], dtype=np.int32), start=start)


def test_partitions_need_one_shape():
    with pytest.raises(InvalidLabels, match=r"shape \(1, 2\) and the second has shape \(2, 1\)"):
        same_partition(np.zeros((1, 2), np.int32), np.zeros((2, 1), np.int32))


@given(LABELS, st.permutations([0, 1, 2, 3, 65_536, 2**24 + 1, MAX_LABEL]))
def test_mapping_replaces_each_label_once(labels, targets):
    old = np.array([1, 3, MAX_LABEL], dtype=np.int64)
    new = np.array(targets[:3], dtype=np.int64)
    mapped = map_labels(labels, old=old, new=new)
    table = dict(zip(old.tolist(), new.tolist(), strict=True))
    assert mapped.ravel().tolist() == [table.get(value, value) for value in labels.ravel().tolist()]
