"""Nested shares of the training crops: what does more data bring?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.dataset_items import DatasetItem
from training.experiments.plots import draw_lines, new_plot
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.experiments.training_sets import compartments_of, load_crops, make_dataset, train_and_score
from training.training_data import TrainingData

SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)


def run_dataset_size(
    items: Sequence[DatasetItem], *, settings: ExperimentSettings, shares: Sequence[float] = SHARES
) -> Outcome:
    """Train on growing, nested bins of the training crops; validation and test stay the same.

    Each model has the same budget, so that only the data differ (Greenwald et al. 2022, Fig. 2).
    """
    dataset = make_dataset(items, "dataset", settings=settings)
    data = load_crops(dataset, settings=settings)
    sizes = bin_sizes(len(data.train), shares=shares)
    rows: list[Row] = []
    bins = nested_bins(data, sizes, seed=settings.seed)
    for place, (share, part) in enumerate(zip(sizes.values(), bins, strict=True)):
        scores = train_and_score(
            part,
            f"size-{len(part.train)}",
            tests={"test": dataset},
            settings=settings,
            progress=settings.part(place, len(sizes)),
        )["test"]
        rows += [
            {"n_crops": len(part.train), "share": share, "compartment": name, **scores[name]}
            for name in compartments_of(scores)
        ]
    return _outcome(rows, settings=settings)


def bin_sizes(n_crops: int, *, shares: Sequence[float] = SHARES) -> dict[int, float]:
    """Give the share behind each number of crops, smallest first; equal numbers are one bin."""
    return {max(int(share * n_crops), 1): share for share in shares}


def nested_bins(data: TrainingData, sizes: Iterable[int], *, seed: int) -> list[TrainingData]:
    """Cut prefixes of one permutation, so that a larger bin holds every crop of a smaller one."""
    order = np.random.default_rng(seed).permutation(len(data.train))
    return [_part(data, order[:size]) for size in sizes]


def _part(data: TrainingData, places: npt.NDArray[np.int64]) -> TrainingData:
    """Leave some of the crops, which keep how often they come up compared with one another."""
    weights = None if data.weights is None else data.weights[places]
    if weights is not None:
        weights = weights / weights.sum() if weights.any() else None
    return replace(data, train=[data.train[place] for place in places], weights=weights)


def _outcome(rows: list[Row], *, settings: ExperimentSettings) -> Outcome:
    lines: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        x, y = lines.setdefault(row["compartment"], ([], []))
        x.append(row["n_crops"])
        y.append(row["f1"])
    parts = [
        f"{name} F1 from {y[0]:.3f} with {x[0]} crops to {y[-1]:.3f} with {x[-1]}, the best {max(y):.3f} with"
        f" {x[y.index(max(y))]}"
        for name, (x, y) in lines.items()
    ]
    figure, axes = new_plot(title="Training data", x="training crops", y=f"F1 at IoU {settings.iou}")
    draw_lines(axes, lines)
    axes.set_xscale("log")
    return Outcome(rows, f"At IoU {settings.iou}: " + "; ".join(parts) + ".", figure)
