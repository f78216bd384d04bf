"""Several people and predictors on the same images: who agrees with whom?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.io.labelled import AnnotatedImage
from pipeline.metrics import Score, pairwise_agreement, pool_scores
from training.errors import UnusableDataset
from training.experiments.plots import draw_matrix, new_plot
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.predictor import load_predictor, predict_at_scale


def run_annotators(images: Iterable[AnnotatedImage], *, settings: ExperimentSettings) -> Outcome:
    """Compare all pairs of annotators, and each of them with `baseline` and `settings.predictor`.

    After Greenwald et al. 2022, Fig. 3: whether a model differs from people more than people from each other.
    Images that one annotator alone has outlined are left out, since nothing says how well people agree on
    them.

    Raises
    ------
    UnusableDataset
        When no image has labels of two annotators.
    """
    predictors = {str(name): load_predictor(name) for name in dict.fromkeys(["baseline", settings.predictor])}
    scores: dict[tuple[str, str, str], list[Score]] = {}
    people: set[str] = set()
    for image in images:
        people |= set(image.makers)
        if len(image.makers) < 2:
            continue
        makers = dict(image.makers)
        for name, predictor in predictors.items():
            if image.compartment in predictor.compartments:
                found = predict_at_scale(predictor, image.image, pixel_size_um=image.pixel_size_um)
                makers[name] = found[image.compartment]
        for pair in pairwise_agreement(makers, iou=settings.iou):
            scores.setdefault((image.compartment, pair.first, pair.second), []).append(pair.score)
    if not scores:
        raise UnusableDataset(
            f"labels of {len(people)} annotators were found, and no image that two have outlined; give .npz"
            " files with one label image per annotator, `y`, `y_expert2` and so on."
        )
    rows: list[Row] = [
        {"compartment": compartment, "first": first, "second": second, **pool_scores(found).as_dict()}
        for (compartment, first, second), found in scores.items()
    ]
    settings.report(1.0)
    return _outcome(rows, people, settings=settings)


def _outcome(rows: Sequence[Row], people: set[str], *, settings: ExperimentSettings) -> Outcome:
    names = list(dict.fromkeys(name for row in rows for name in (row["first"], row["second"])))
    values = np.full((len(names), len(names)), np.nan)
    for first, second, f1 in _mean_pairs(rows):
        values[names.index(first), names.index(second)] = f1
        values[names.index(second), names.index(first)] = f1
    figure, axes = new_plot(title=f"F1 at IoU {settings.iou}, pairs", x="", y="")
    draw_matrix(axes, values, rows=names, columns=names)
    return Outcome(rows, _finding(rows, people, settings=settings), figure)


def _mean_pairs(rows: Sequence[Row]) -> list[tuple[str, str, float]]:
    """Mean over compartments of each pair's F1."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        found.setdefault((row["first"], row["second"]), []).append(row["f1"])
    return [(first, second, float(np.mean(values))) for (first, second), values in found.items()]


def _finding(rows: Sequence[Row], people: set[str], *, settings: ExperimentSettings) -> str:
    pairs = _mean_pairs(rows)
    human = [f1 for a, b, f1 in pairs if {a, b} <= people]
    parts = [f"people with one another {np.mean(human):.3f} (pairs: {len(human)})"]
    for model in dict.fromkeys(name for a, b, _ in pairs for name in (a, b) if name not in people):
        mixed = [f1 for a, b, f1 in pairs if model in (a, b) and len({a, b} & people) == 1]
        parts.append(f"{model} with people {np.mean(mixed):.3f}")
    return f"Mean F1 at IoU {settings.iou}: " + "; ".join(parts) + "."
