"""Sparse counts: they agree with counting by hand, in the order of first pixels."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.benchmarks import peak_growth_bytes
from pipeline.contingency import as_stack, count_pairs, find_slot, index_labels, place_table

VALUES = st.sampled_from([0, 0, 1, 2, 64, 65_536, 2**24 + 1, 2**31 - 1])


@st.composite
def image_pairs(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=8))
    return tuple(draw(hnp.arrays(np.int32, shape, elements=VALUES)) for _ in range(2))


@given(image_pairs())
def test_pairs_are_counted_in_the_order_of_their_first_pixels(images):
    first, second = (image.ravel().tolist() for image in images)
    wanted = {}
    for pixel, pair in enumerate(zip(first, second, strict=True)):
        if pair != (0, 0):
            count, place = wanted.get(pair, (0, pixel))
            wanted[pair] = (count + 1, place)
    table = count_pairs(*images)
    rows = zip(*(column.tolist() for column in table), strict=True)
    assert [((a, b), (count, pixel)) for a, b, count, pixel in rows] == list(wanted.items())


@given(image_pairs())
def test_views_count_like_copies(images):
    turned = [image.T[::-1] for image in images]
    for view, copy in zip(count_pairs(*turned), count_pairs(*(part.copy() for part in turned)), strict=True):
        assert np.array_equal(view, copy)


@given(image_pairs())
def test_instances_are_indexed_in_the_order_of_their_first_pixels(images):
    table = index_labels(images[0])
    flat = images[0].ravel()
    values, first_pixels = np.unique(flat[flat > 0], return_index=True)
    assert table.labels.tolist() == values[np.argsort(first_pixels)].tolist()
    assert table.areas.tolist() == [(flat == label).sum() for label in table.labels]
    for label, box in zip(table.labels, table.boxes, strict=True):
        rows, cols = np.nonzero((as_stack(images[0]) == label).any(axis=0))
        assert box.tolist() == [rows.min(), cols.min(), rows.max() + 1, cols.max() + 1]


@given(st.permutations(range(1, 301)), st.integers(0, 2**31 - 301))
def test_tables_grow_with_what_is_found(order, shift):
    first = np.repeat(np.array(order, dtype=np.int32) + shift, 2).reshape(30, 20)
    second = np.flip(first, axis=0)
    table = index_labels(first)
    assert table.labels.tolist() == [label + shift for label in order]
    assert table.areas.tolist() == [2] * 300
    assert table.boxes[40].tolist() == [4, 0, 5, 2]
    pairs = count_pairs(first, second)
    assert (pairs.first.tolist(), pairs.counts.tolist()) == (table.labels.tolist(), [2] * 300)
    assert pairs.second.reshape(30, 10).tolist() == np.flip(table.labels.reshape(30, 10), axis=0).tolist()
    assert pairs.pixels.tolist() == list(range(0, 600, 2))


def test_memory_follows_the_labels_and_not_the_outlines():
    stripes = np.zeros((1024, 1024), dtype=np.int32)
    stripes[:, ::2] = 7
    index_labels(stripes), count_pairs(stripes, stripes)
    assert peak_growth_bytes(lambda: index_labels(stripes)) < 2**19
    assert peak_growth_bytes(lambda: count_pairs(stripes, stripes)) < 2**19


@given(st.lists(st.integers(0, 2**62), unique=True, max_size=200))
def test_a_place_table_finds_every_key_and_no_other(keys):
    table, places = place_table(np.array(keys, dtype=np.int64))
    assert [places[find_slot(table, key)] for key in keys] == list(range(len(keys)))
    assert table[find_slot(table, 2**62 + 1)] == -1
