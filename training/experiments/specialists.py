"""A model per category and one for all: does a specialist beat the generalist, and does it travel?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.dataset_items import DatasetItem
from pipeline.splits import assign_splits
from training.errors import UnusableDataset
from training.experiments.plots import draw_matrix, new_plot
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.experiments.training_sets import (
    cells_tested,
    compartments_of,
    load_crops,
    make_dataset,
    train_and_score,
)

ALL = "all"


def run_specialists(items: Sequence[DatasetItem], *, settings: ExperimentSettings) -> Outcome:
    """Train on one platform or tissue at a time and on all, test on each (Greenwald et al. 2022, Fig. 2).

    Parameters
    ----------
    items
        Labelled images; `settings.by` names the key of their provenance that tells categories apart. Within a
        category the split is by group, and a group is in the same split in every model's data.

    Raises
    ------
    UnusableDataset
        When the items are of fewer than two categories.
    """
    categories = _by_category(items, by=settings.by)
    splits: dict[str, str] = {}
    for members in categories.values():
        splits |= assign_splits([item.group for item in members], seed=settings.seed, fixed=splits)
    datasets = {
        name: make_dataset(
            members, f"of-{place}", settings=settings, fixed=splits, what=f"{settings.by} {name!r}"
        )
        for place, (name, members) in enumerate(categories.items())
    }
    sources = {**datasets, ALL: make_dataset(items, ALL, settings=settings, fixed=splits)}
    rows: list[Row] = []
    for place, (trained_on, dataset) in enumerate(sources.items()):
        scores = train_and_score(
            load_crops(dataset, settings=settings),
            str(place),
            tests=datasets,
            settings=settings,
            progress=settings.part(place, len(sources)),
        )
        rows += [
            {"trained_on": trained_on, "tested_on": tested_on, "compartment": name, **scores[tested_on][name]}
            for tested_on in datasets
            for name in compartments_of(scores[tested_on])
        ]
    return _outcome(rows, settings=settings)


def _by_category(items: Sequence[DatasetItem], *, by: str) -> dict[str, list[DatasetItem]]:
    categories: dict[str, list[DatasetItem]] = {}
    for item in items:
        categories.setdefault(str(item.provenance.get(by, "unknown")), []).append(item)
    if len(categories) < 2:
        raise UnusableDataset(
            f"all {len(items)} images are of one {by} ({', '.join(categories)}); give images of two or more, "
            "or tell them apart by something else."
        )
    return dict(sorted(categories.items()))


def _matrix(rows: Sequence[Row]) -> tuple[list[str], list[str], npt.NDArray[np.float64]]:
    """Mean F1 over compartments, (trained on, tested on)."""
    trained = list(dict.fromkeys(row["trained_on"] for row in rows))
    tested = list(dict.fromkeys(row["tested_on"] for row in rows))
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        found.setdefault((row["trained_on"], row["tested_on"]), []).append(row["f1"])
    values = [[float(np.mean(found.get((a, b), [np.nan]))) for b in tested] for a in trained]
    return trained, tested, np.array(values)


def _outcome(rows: Sequence[Row], *, settings: ExperimentSettings) -> Outcome:
    trained, tested, values = _matrix(rows)
    at = {name: place for place, name in enumerate(trained)}
    own = [values[at[name], place] for place, name in enumerate(tested)]
    general = list(values[at[ALL]])
    foreign = [
        values[at[a], place] for place, name in enumerate(tested) for a in trained if a not in (ALL, name)
    ]
    finding = (
        f"Mean F1 at IoU {settings.iou} over {len(tested)} categories: specialists at home"
        f" {np.mean(own):.3f}, abroad {np.mean(foreign):.3f}, one model of all {np.mean(general):.3f},"
        f" each {cells_tested(rows)}. {_compare(tested, own, general)}"
    )
    figure, axes = new_plot(
        title=f"Mean F1 at IoU {settings.iou}", x=f"tested on ({settings.by})", y="trained on"
    )
    draw_matrix(axes, values, rows=trained, columns=tested)
    return Outcome(rows, finding, figure)


def _compare(tested: Sequence[str], own: Sequence[float], general: Sequence[float]) -> str:
    pairs = zip(tested, own, general, strict=True)
    better = [f"{name} ({b:.3f} against {a:.3f})" for name, a, b in pairs if b > a]
    if not better:
        return "The model of all scores above no specialist at home."
    return f"The model of all scores above the specialist on {', '.join(better)}."
