"""The experiments that train models: what they compare, and that nothing leaks between splits."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import UnusableDataset
from training.experiments import replicates
from training.experiments.dataset_size import bin_sizes, nested_bins, run_dataset_size
from training.experiments.replicates import draw_test_groups, run_replicates
from training.experiments.specialists import _compare, run_specialists
from training.training_data import TrainingData


def splits_of(folder):
    return json.loads((folder / "manifest.json").read_text())["groups"]


def finished(reported):
    return reported == sorted(reported) and reported[-1] == pytest.approx(1)


def test_replicates_give_a_mean_and_a_deviation(tissues, settings, tmp_path):
    given, reported = settings
    outcome = run_replicates(tissues, settings=given, n_splits=2)
    assert [row["split_seed"] for row in outcome.rows] == [0, 0, 1, 1]
    nuclear = [row["f1"] for row in outcome.rows if row["compartment"] == "nuclear"]
    assert (
        f"nuclear F1 {np.mean(nuclear):.3f} (standard deviation {np.std(nuclear, ddof=1):.3f}; tested on "
        in outcome.finding
    )
    splits = [splits_of(tmp_path / f"split-{number}") for number in range(2)]
    held_out = [{group for group, split in found.items() if split == "test"} for found in splits]
    assert held_out[0].isdisjoint(held_out[1])
    assert "only" not in outcome.finding
    assert finished(reported)


GROUPS = st.lists(st.sampled_from([f"slide {n}" for n in range(12)]), max_size=60)


@given(groups=GROUPS, seed=st.integers(0, 2**32))
def test_each_replicate_is_tested_on_other_groups_while_there_are_any(groups, seed):
    """Groups of different sizes among them, of which a split by size alone would always take the same."""
    sizes = Counter(groups)
    drawn = draw_test_groups(groups, n_splits=3, seed=seed)
    assert len(drawn) == 3
    if len(sizes) < 3:
        assert drawn == [[], [], []]
        return
    wanted = max(0.1 * len(groups), min(sizes.values()))
    assert all(0 < sum(sizes[group] for group in chosen) <= wanted for chosen in drawn)
    fitting = [group for group, size in sizes.items() if size <= wanted]
    taken = [group for chosen in drawn for group in chosen]
    assert len(set(taken)) == min(len(taken), len(fitting))


def test_replicates_that_test_on_the_same_images_are_told(tissues, settings, monkeypatch):
    grouped = [
        replace(item, group=group)
        for item, group in zip(tissues, ["a", "a", "b", "b", "c", "a"], strict=True)
    ]
    score = {"test": {"nuclear": {"f1": 0.5, "n_true": 9}, "mean_f1": 0}}
    monkeypatch.setattr(replicates, "load_crops", lambda *_, **__: None)
    monkeypatch.setattr(replicates, "train_and_score", lambda *_, **__: score)
    outcome = run_replicates(grouped, settings=settings[0])
    assert outcome.finding.startswith(
        "Over 3 splits (only 1 with images of their own to test on), at IoU 0.5"
    )


def test_the_plot_of_replicates_shows_the_deviation_that_the_text_names(tissues, settings, monkeypatch):
    found = iter(({"f1": 0.5, "n_true": 9}, {"f1": 0.6, "n_true": 2}, {"f1": 0.8, "n_true": 4}))
    monkeypatch.setattr(replicates, "load_crops", lambda *_, **__: None)
    monkeypatch.setattr(
        replicates,
        "train_and_score",
        lambda *_, **__: {"test": {"nuclear": next(found), "mean_f1": 0}},
    )
    outcome = run_replicates(tissues, settings=settings[0])
    deviation = np.std([0.5, 0.6, 0.8], ddof=1)
    assert outcome.finding == (
        f"Over 3 splits, at IoU 0.5: nuclear F1 0.633 (standard deviation {deviation:.3f}; tested on 2 to 9"
        " cells a split)."
    )
    (bar,) = outcome.figure.axes[0].containers[0].lines[2][0].get_segments()
    assert np.ptp(bar[:, 1]) == pytest.approx(2 * deviation)


def test_a_larger_bin_holds_every_crop_of_a_smaller_one():
    data = TrainingData(list(range(40)), [], ("nuclear",), "val")
    sizes = bin_sizes(40)
    assert sizes == {2: 0.05, 4: 0.1, 10: 0.25, 20: 0.5, 30: 0.75, 40: 1.0}
    bins = [set(part.train) for part in nested_bins(data, sizes, seed=3)]
    assert [len(crops) for crops in bins] == list(sizes)
    assert all(smaller < larger for smaller, larger in pairwise(bins))
    assert bins[:-1] != [set(part.train) for part in nested_bins(data, sizes, seed=4)][:-1]
    assert bin_sizes(3) == {1: 0.5, 2: 0.75, 3: 1.0}


def test_crops_of_a_bin_keep_how_often_they_come_up():
    weights = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    data = TrainingData(list(range(5)), [], ("nuclear",), "val", weights=weights)
    for part in nested_bins(data, [1, 3, 5], seed=1):
        kept = weights[part.train]
        np.testing.assert_allclose(part.weights, kept / kept.sum())
    (unseen,) = nested_bins(replace(data, weights=np.zeros(5)), [2], seed=1)
    assert unseen.weights is None


def test_dataset_size_scores_each_bin_on_the_same_test_crops(tissues, settings):
    given, reported = settings
    outcome = run_dataset_size(tissues, settings=given, shares=(0.5, 1.0))
    sizes = sorted({row["n_crops"] for row in outcome.rows})
    assert len(sizes) > 1
    assert len({row["n_true"] for row in outcome.rows if row["compartment"] == "nuclear"}) == 1
    assert f"with {sizes[0]} crops" in outcome.finding
    assert f"with {sizes[-1]}, the best" in outcome.finding
    assert finished(reported)


def test_specialists_are_tested_at_home_and_abroad(tissues, settings, tmp_path):
    given, reported = settings
    outcome = run_specialists(tissues, settings=given)
    pairs = {(row["trained_on"], row["tested_on"]) for row in outcome.rows}
    assert pairs == {(a, b) for a in ("first", "second", "all") for b in ("first", "second")}
    own = splits_of(tmp_path / "of-0") | splits_of(tmp_path / "of-1")
    assert own == splits_of(tmp_path / "all")
    assert "over 2 categories: specialists at home" in outcome.finding
    counts = {row["n_true"] for row in outcome.rows}
    assert f"each tested on {min(counts)} to {max(counts)} cells." in outcome.finding
    assert "The model of all scores above " in outcome.finding
    assert finished(reported)


def test_a_category_that_leaves_nothing_to_test_on_is_named_before_anything_is_trained(
    tissues, settings, tmp_path
):
    given, reported = settings
    with pytest.raises(
        UnusableDataset, match=r"platform 'first': 2 groups \(fov-1, fov-3\) leave none to test"
    ):
        run_specialists(tissues[:5], settings=given)
    assert reported == []
    assert not list(tmp_path.glob("model-*"))


def test_a_specialist_is_compared_with_the_figures_of_both():
    compared = _compare(["a", "b", "c"], [0.5, 0.61, 0.7], [0.5, 0.62, 0.4])
    assert compared == "The model of all scores above the specialist on b (0.620 against 0.610)."
    assert _compare(["a"], [0.5], [0.5]) == "The model of all scores above no specialist at home."


def test_specialists_need_two_categories(tissues, settings):
    with pytest.raises(
        UnusableDataset, match=r"all 3 images are of one platform \(second\); give images of two"
    ):
        run_specialists(tissues[::2], settings=settings[0])
