"""Splits by group: laws on any groups, fractions and seeds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidSetting
from pipeline.splits import SPLITS, assign_splits

GROUPS = st.lists(st.sampled_from([f"slide {n}" for n in range(25)]), max_size=80)
SEEDS = st.integers(0, 2**32)
FRACTIONS = st.sampled_from([(0.8, 0.1, 0.1), (0.6, 0.2, 0.2), (0.34, 0.33, 0.33)])


@given(groups=GROUPS, seed=SEEDS, fractions=FRACTIONS)
def test_every_group_has_one_split_whatever_the_order(
    groups: list[str], seed: int, fractions: tuple[float, float, float]
) -> None:
    splits = assign_splits(groups, fractions=fractions, seed=seed)
    assert set(splits) == set(groups)
    assert set(splits.values()) <= set(SPLITS)
    assert assign_splits(groups[::-1], fractions=fractions, seed=seed) == splits


@given(groups=GROUPS, seed=SEEDS, fractions=FRACTIONS)
def test_fractions_are_approached_to_within_two_groups(
    groups: list[str], seed: int, fractions: tuple[float, float, float]
) -> None:
    splits = assign_splits(groups, fractions=fractions, seed=seed)
    counts = Counter(splits[group] for group in groups)
    largest = max(Counter(groups).values(), default=0)
    for split, fraction in zip(SPLITS, fractions, strict=True):
        assert abs(counts[split] - fraction * len(groups)) <= 2 * largest


@given(groups=GROUPS, seed=SEEDS)
def test_no_split_is_empty_with_three_groups(groups: list[str], seed: int) -> None:
    splits = assign_splits(groups, seed=seed)
    assert set(splits.values()) == set(SPLITS[: len(set(groups))])


@given(groups=GROUPS, more=GROUPS, seed=SEEDS)
def test_a_split_once_given_stays(groups: list[str], more: list[str], seed: int) -> None:
    first = assign_splits(groups, seed=seed)
    later = assign_splits(groups + more, seed=seed + 1, fixed={**first, "elsewhere": "val"})
    assert {group: later[group] for group in first} == first
    assert set(later) == {*groups, *more}


def test_ten_equal_groups_are_split_8_1_1() -> None:
    groups = [f"fov {n}" for n in range(10)]
    assert Counter(assign_splits(groups, seed=3).values()) == {"train": 8, "val": 1, "test": 1}
    assert assign_splits(groups, seed=3) != assign_splits(groups, seed=4)


def test_a_share_of_zero_gets_nothing() -> None:
    splits = assign_splits([f"fov {n}" for n in range(9)], fractions=(0.5, 0.5, 0.0))
    assert set(splits.values()) == {"train", "val"}


@pytest.mark.parametrize("fractions", [(0.8, 0.1), (0.8, 0.1, 0.2), (0.0, 0.5, 0.5), (1.2, -0.1, -0.1)])
def test_fractions_that_cannot_be_are_refused(fractions: tuple[float, ...]) -> None:
    with pytest.raises(InvalidSetting, match=r"sum to 1, such as 0\.8 0\.1 0\.1"):
        assign_splits(["a"], fractions=fractions)


def test_unknown_splits_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="use train, val, test"):
        assign_splits(["a"], fixed={"a": "validation"})
