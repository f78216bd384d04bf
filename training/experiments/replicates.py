"""Three splits of the same images, a model for each: how much do the scores depend on the split?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from pipeline.dataset_items import DatasetItem
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


def run_replicates(
    items: Sequence[DatasetItem], *, settings: ExperimentSettings, n_splits: int = N_SPLITS
) -> Outcome:
    """Train and test on several splits by group (Greenwald et al. 2022, Methods, "Model benchmarking").

    Parameters
    ----------
    items
        Labelled images, of three groups or more.
    settings
        Budget, seed and threshold.
    """
    rows: list[Row] = []
    for number in range(n_splits):
        seed = settings.seed + number
        dataset = make_dataset(items, f"split-{number}", settings=settings, seed=seed)
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
    return Outcome(rows, _finding(rows, settings=settings), _plot(rows, settings=settings))


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


def _finding(rows: Sequence[Row], *, settings: ExperimentSettings) -> str:
    parts = [
        f"{name} F1 {np.mean(_f1(found)):.3f} (standard deviation {_deviation(_f1(found)):.3f};"
        f" {cells_tested(found)} a split)"
        if len(found) > 1
        else f"{name} F1 {found[0]['f1']:.3f} (one split only has such cells to test)"
        for name, found in _by_compartment(rows).items()
    ]
    return (
        f"Over {len({row['split_seed'] for row in rows})} splits, at IoU {settings.iou}: "
        + "; ".join(parts)
        + "."
    )


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
