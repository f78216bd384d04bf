"""Three splits of the same images, a model for each: how much do the scores depend on the split?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from pipeline.dataset_items import DatasetItem
from pipeline.io.dataset_files import read_manifest
from training.experiments.plots import COLORS, new_plot
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.experiments.training_sets import (
    cells_tested,
    compartments_of,
    load_crops,
    make_dataset,
    train_and_score,
)

N_SPLITS = 3
_TEST_SHARE = 0.1


def run_replicates(
    items: Sequence[DatasetItem], *, settings: ExperimentSettings, n_splits: int = N_SPLITS
) -> Outcome:
    """Train and test on several splits by group (Greenwald et al. 2022, Methods, "Model benchmarking").

    What is tested on differs from split to split as long as there are groups small enough for a test.

    Parameters
    ----------
    items
        Labelled images, of three groups or more.
    settings
        Budget, seed and threshold.
    """
    rows: list[Row] = []
    tested: set[frozenset[str]] = set()
    drawn = draw_test_groups([item.group for item in items], n_splits=n_splits, seed=settings.seed)
    for number, groups in enumerate(drawn):
        seed = settings.seed + number
        fixed = dict.fromkeys(groups, "test")
        dataset = make_dataset(items, f"split-{number}", settings=settings, seed=seed, fixed=fixed)
        splits = read_manifest(dataset)["groups"]
        tested.add(frozenset(group for group, split in splits.items() if split == "test"))
        scores = train_and_score(
            load_crops(dataset, settings=settings),
            f"split-{number}",
            tests={"test": dataset},
            settings=settings,
            seed=seed,
            progress=settings.part(number, n_splits),
        )["test"]
        rows += [
            {"split_seed": seed, "compartment": name, **scores[name]} for name in compartments_of(scores)
        ]
    finding = _finding(rows, settings=settings, n_tests=len(tested))
    return Outcome(rows, finding, _plot(rows, settings=settings))


def draw_test_groups(groups: Sequence[str], *, n_splits: int, seed: int) -> list[list[str]]:
    """Choose the groups to test on in each of several splits, others each time while there are any.

    Parameters
    ----------
    groups
        Group of each image.

    Returns
    -------
    list
        For each split, groups that hold about a tenth of the images and are not larger than that, or the
        smallest ones; nothing where fewer than three groups leave none to choose.
    """
    sizes = Counter(groups)
    if len(sizes) < 3:
        return [[] for _ in range(n_splits)]
    wanted = max(_TEST_SHARE * len(groups), min(sizes.values()))
    fitting = sorted(group for group, size in sizes.items() if size <= wanted)
    order = [fitting[place] for place in np.random.default_rng(seed).permutation(len(fitting))]
    drawn: list[list[str]] = []
    place = 0
    for _ in range(n_splits):
        chosen: list[str] = []
        while len(chosen) < len(order) and sum(sizes[group] for group in chosen) < wanted:
            following = order[place % len(order)]
            if sum(sizes[group] for group in (*chosen, following)) > wanted:
                break
            chosen.append(following)
            place += 1
        drawn.append(chosen)
    return drawn


def _by_compartment(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["compartment"], []).append(row)
    return found


def _f1(rows: Sequence[Row]) -> list[float]:
    return [row["f1"] for row in rows]


def _deviation(values: Sequence[float]) -> float:
    """Standard deviation of a sample; 0 of a single value."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def _finding(rows: Sequence[Row], *, settings: ExperimentSettings, n_tests: int) -> str:
    parts = [
        f"{name} F1 {np.mean(_f1(found)):.3f} (standard deviation {_deviation(_f1(found)):.3f};"
        f" {cells_tested(found)} a split)"
        if len(found) > 1
        else f"{name} F1 {found[0]['f1']:.3f} (one split only has such cells to test)"
        for name, found in _by_compartment(rows).items()
    ]
    n_splits = len({row["split_seed"] for row in rows})
    alike = "" if n_tests >= n_splits else f" (only {n_tests} with images of their own to test on)"
    return f"Over {n_splits} splits{alike}, at IoU {settings.iou}: " + "; ".join(parts) + "."


def _plot(rows: Sequence[Row], *, settings: ExperimentSettings) -> Figure:
    figure, axes = new_plot(title="Three splits", x="", y=f"F1 at IoU {settings.iou}")
    found = {name: _f1(of_one) for name, of_one in _by_compartment(rows).items()}
    for place, (name, values) in enumerate(found.items()):
        # Beside one another, so that equal ones are seen.
        places = place + 0.04 * (np.arange(len(values)) - (len(values) - 1) / 2)
        axes.scatter(places, values, color=COLORS.get(name), zorder=3)
        axes.errorbar(
            place + 0.15, np.mean(values), yerr=_deviation(values), fmt="_", color="black", capsize=4
        )
    axes.set_xticks(range(len(found)), [name.replace("_", " ") for name in found])
    axes.set_xlim(-0.5, len(found) - 0.5)
    axes.set_ylim(0, 1.03)
    return figure
