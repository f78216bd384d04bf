"""Matching of nuclei and cells: one to one, by overlap, whatever the labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.errors import InvalidLabels
from pipeline.labels import same_partition
from pipeline.matching import match_compartments, overlap_table, pair_compartments


@st.composite
def compartment_pairs(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, max_side=8))
    labels = st.sampled_from([0, 0, 1, 2, 3, 70_000, 2**31 - 1])
    return tuple(draw(hnp.arrays(np.int32, shape, elements=labels)) for _ in range(2))


@given(compartment_pairs())
def test_the_overlap_table_is_that_of_a_count_by_hand(pair):
    first, second = pair
    rows = zip(*(column.tolist() for column in overlap_table(first, second)), strict=True)
    wanted = [
        (a, b, int(((first == a) & (second == b)).sum()))
        for a in np.unique(first[first > 0]).tolist()
        for b in np.unique(second[second > 0]).tolist()
    ]
    assert list(rows) == [row for row in wanted if row[2]]


@given(compartment_pairs())
def test_matching_keeps_both_partitions_and_shares_labels_only_within_pairs(pair):
    cells, nuclei = pair
    labels, match = match_compartments(cells, nuclei)
    assert same_partition(labels["whole_cell"], cells)
    assert same_partition(labels["nuclear"], nuclei)
    shared = np.intersect1d(labels["whole_cell"], labels["nuclear"])
    assert (shared > 0).sum() == len(match.pairs)
    for cell, nucleus in match.pairs.tolist():
        number = labels["whole_cell"][cells == cell][0]
        assert (labels["nuclear"][nuclei == nucleus] == number).all()
        assert ((cells == cell) & (nuclei == nucleus)).any()
    again, _ = match_compartments(labels["whole_cell"], labels["nuclear"])
    assert all(np.array_equal(again[name], labels[name]) for name in labels)


@given(compartment_pairs())
def test_no_two_leftovers_overlap_and_every_pair_is_someones_best(pair):
    cells, nuclei = pair
    match = pair_compartments(cells, nuclei)
    assert not np.isin(nuclei[np.isin(cells, match.lonely_cells)], match.lonely_nuclei).any()
    assert len(np.unique(match.pairs[:, 0])) == len(np.unique(match.pairs[:, 1])) == len(match.pairs)
    if len(match.pairs):
        counts = overlap_table(cells, nuclei)[2]
        made = [((cells == c) & (nuclei == n)).sum() for c, n in match.pairs.tolist()]
        assert max(made) == counts.max()


def test_the_larger_overlap_wins_and_the_rest_is_lonely():
    cells = np.array([[5, 5, 5, 5, 9, 9, 0, 0]])
    nuclei = np.array([[3, 4, 4, 4, 4, 0, 0, 8]])
    labels, match = match_compartments(cells, nuclei)
    assert match.pairs.tolist() == [[5, 4]]
    assert (match.lonely_cells.tolist(), match.lonely_nuclei.tolist()) == ([9], [3, 8])
    assert labels["whole_cell"].tolist() == [[1, 1, 1, 1, 2, 2, 0, 0]]
    assert labels["nuclear"].tolist() == [[3, 1, 1, 1, 1, 0, 0, 4]]


def test_empty_compartments():
    empty = np.zeros((3, 4), dtype=np.int32)
    labels, match = match_compartments(empty, empty)
    assert not labels["whole_cell"].any()
    assert not labels["nuclear"].any()
    assert len(match.pairs) == len(match.lonely_cells) == len(match.lonely_nuclei) == 0


@pytest.mark.parametrize("function", [overlap_table, pair_compartments, match_compartments])
def test_shapes_must_agree(function):
    with pytest.raises(InvalidLabels, match=r"has shape \(2, 3\) and .* has shape \(3, 2\)"):
        function(np.zeros((2, 3), int), np.zeros((3, 2), int))


@pytest.mark.parametrize("function", [overlap_table, pair_compartments, match_compartments])
def test_labels_are_checked(function):
    with pytest.raises(InvalidLabels, match=r"fractional values \(0\.5; 1 px in all\)"):
        function(np.zeros((1, 2), int), np.array([[0.5, 1]]))
