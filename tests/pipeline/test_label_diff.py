"""Label diffs: the laws, the vectors shared with the browser, each refusal."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.errors import DivergingDiff, InvalidDiff, InvalidLabels
from pipeline.label_diff import (
    apply_diff,
    decode_diff,
    diff_labels,
    edit_checksum,
    encode_diff,
    labels_checksum,
    reverse_diff,
)

CONTRACT = json.loads(
    (Path(__file__).parents[1] / "contract" / "label_diff.json").read_text(encoding="utf-8")
)
LABELS = st.sampled_from([0, 1, 2, 127, 128, 65_536, 2**24 + 1, 2**31, 2**32 - 1])


@st.composite
def changes(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))
    return tuple(draw(hnp.arrays(np.uint32, shape, elements=LABELS)) for _ in range(2))


def plane(item, key):
    return np.array(item[key], dtype=np.uint32).reshape(item["shape"])


@given(changes(), st.sampled_from(["whole_cell", "nuclear"]), st.integers(0, 1000))
def test_a_diff_turns_old_into_new_and_back_and_survives_its_bytes(change, compartment, frame):
    old, new = change
    diff = diff_labels(old, new, compartment=compartment, frame=frame)
    if diff is None:
        assert np.array_equal(old, new)
        return
    data = encode_diff(diff)
    read = decode_diff(data)
    assert (read.compartment, read.frame, read.window) == (compartment, frame, diff.window)
    assert encode_diff(read) == data
    assert read.n_px == (old != new).sum()
    image = old.copy()
    apply_diff(image, read)
    assert np.array_equal(image, new)
    apply_diff(image, reverse_diff(read))
    assert np.array_equal(image, old)


@given(st.binary(max_size=40))
def test_bytes_are_refused_or_canonical(data):
    try:
        diff = decode_diff(data)
    except InvalidDiff:
        return
    assert encode_diff(diff) == data


@given(changes(), st.data())
def test_damaged_bytes_are_refused_or_canonical(change, data):
    diff = diff_labels(*change, compartment="nuclear")
    if diff is None:
        return
    octets = bytearray(encode_diff(diff))
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode_diff(bytes(octets))
    except InvalidDiff:
        return
    assert encode_diff(read) == bytes(octets)


@pytest.mark.parametrize("item", CONTRACT["vectors"], ids=lambda item: item["name"])
def test_contract_vector(item):
    old, new = plane(item, "old"), plane(item, "new")
    diff = diff_labels(old, new, compartment=item["compartment"], frame=item["frame"])
    data = encode_diff(diff)
    assert data.hex() == item["diff_hex"]
    assert edit_checksum(data) == item["checksum"]
    apply_diff(old, decode_diff(bytes.fromhex(item["diff_hex"])))
    assert np.array_equal(old, new)
    assert labels_checksum(old) == item["labels_checksum_after"]


@pytest.mark.parametrize("item", CONTRACT["invalid"], ids=lambda item: item["name"])
def test_contract_refusal_leaves_every_pixel(item):
    labels = plane(item, "labels")
    before = labels.copy()
    error = {"invalid": InvalidDiff, "diverging": DivergingDiff}[item["error"]]
    with pytest.raises(error):
        apply_diff(labels, decode_diff(bytes.fromhex(item["diff_hex"])))
    assert np.array_equal(labels, before)


@pytest.mark.parametrize("item", CONTRACT["label_images"], ids=lambda item: item["name"])
def test_contract_checksum_of_a_label_image(item):
    labels = plane(item, "labels")
    assert labels_checksum(labels) == item["checksum"]
    assert labels_checksum(labels.astype(np.int64)[None]) == item["checksum"]


def test_nothing_changed_is_no_diff():
    labels = np.ones((3, 4), dtype=np.int32)
    assert diff_labels(labels, labels, compartment="nuclear") is None


def test_a_label_that_int32_cannot_hold_is_refused():
    diff = diff_labels(np.zeros((1, 1), np.uint32), np.full((1, 1), 2**31, np.uint32), compartment="nuclear")
    labels = np.zeros((1, 1), dtype=np.int32)
    with pytest.raises(InvalidDiff, match="Label 2147483648 does not fit int32; use a lower label"):
        apply_diff(labels, diff)
    assert labels[0, 0] == 0


def test_a_diverging_diff_names_the_first_pixel():
    diff = diff_labels(np.full((2, 2), 4), np.full((2, 2), 5), compartment="nuclear")
    with pytest.raises(
        DivergingDiff, match=r"expects label 4 at row 0, column 1, where .* holds 9"
    ) as caught:
        apply_diff(np.array([[4, 9], [9, 4]]), diff)
    assert (caught.value.row, caught.value.col, caught.value.expected, caught.value.found) == (0, 1, 4, 9)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (np.zeros((2, 2)), np.zeros((2, 2)), "needs integer label images"),
        (np.zeros(4, int), np.zeros(4, int), "needs integer label images"),
        (np.zeros((1, 2), int), np.zeros((2, 1), int), r"No diff between shapes \(1, 2\) and \(2, 1\)"),
        (np.array([[-1]]), np.array([[0]]), "labels from 0 to 4294967295; found -1 to -1"),
        (np.array([[0]]), np.array([[2**32]]), "found 4294967296 to 4294967296"),
    ],
)
def test_arrays_that_have_no_diff(old, new, message):
    with pytest.raises(InvalidLabels, match=message):
        diff_labels(old, new, compartment="nuclear")


def test_unknown_compartment_and_frame():
    old, new = np.zeros((1, 1), int), np.ones((1, 1), int)
    with pytest.raises(InvalidDiff, match=r"No compartment 'membrane'; it is one of whole_cell, nuclear\."):
        diff_labels(old, new, compartment="membrane")
    with pytest.raises(InvalidDiff, match="No frame -1; frames count from 0"):
        diff_labels(old, new, compartment="nuclear", frame=-1)
