"""Whole cells as nuclei grown by a disk, against whole cells that are predicted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from skimage.segmentation import expand_labels

from pipeline.dataset_items import DatasetItem
from pipeline.matching import overlap_table
from pipeline.metrics import Score, pool_scores, score_labels
from pipeline.types import Labels
from training.errors import UnusableDataset
from training.experiments.plots import new_plot
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.predictor import load_predictor, predict_at_scale
from training.sampling import crop_pixel_um

RADIUS_PX = 3
GROWN, PREDICTED = "nuclei grown by 3 px", "whole-cell prediction"
_COLORS = {GROWN: "#1b6ca8", PREDICTED: "#d95f02"}
_MIN_IOU = 0.1

Floats = npt.NDArray[np.float64]


def run_nuclear_expansion(items: Sequence[DatasetItem], *, settings: ExperimentSettings) -> Outcome:
    """Compare both ways to whole cells by F1 and by the error in size (Greenwald et al. 2022, Fig. 4).

    Nothing is trained; `settings.predictor` gives nuclei and cells. The error of a cell is the area of the
    predicted instance that overlaps it most (IoU of 0.1 at least) over its own, less one.

    Raises
    ------
    UnusableDataset
        No image has whole cells to compare with, or the predictor does not give both compartments.
    """
    known = [item for item in items if "whole_cell" in item.labels]
    predictor = load_predictor(settings.predictor)
    if not known or set(predictor.compartments) != {"whole_cell", "nuclear"}:
        raise UnusableDataset(
            f"{len(known)} of {len(items)} images have whole cells, and {settings.predictor} predicts"
            f" {', '.join(predictor.compartments)}; give images with whole cells and a predictor of both"
            " compartments."
        )
    scores: dict[str, list[Score]] = {GROWN: [], PREDICTED: []}
    errors: dict[str, list[Floats]] = {GROWN: [], PREDICTED: []}
    for number, item in enumerate(known, start=1):
        pixel_size_um = crop_pixel_um(item.provenance)
        predicted = predict_at_scale(predictor, item.image, pixel_size_um=pixel_size_um)
        ways = {
            GROWN: expand_labels(predicted["nuclear"], RADIUS_PX).astype(np.int32),
            PREDICTED: predicted["whole_cell"],
        }
        for way, labels in ways.items():
            scores[way].append(score_labels(item.labels["whole_cell"], labels, iou=settings.iou))
            errors[way].append(size_errors(item.labels["whole_cell"], labels))
        settings.report(number / len(known))
    joined = {way: np.concatenate(found) for way, found in errors.items()}
    rows = [{"method": way, **_summary(joined[way]), **pool_scores(scores[way]).as_dict()} for way in joined]
    return _outcome(rows, joined, settings=settings)


def size_errors(true: Labels, predicted: Labels) -> Floats:
    """Give the true area and the relative error in area of each true cell that has a partner.

    Returns
    -------
    ndarray
        Float64 (n, 2): area in px, predicted area / area - 1. Rows in the order of the labels.
    """
    areas_true, areas_pred = np.bincount(true.ravel()), np.bincount(predicted.ravel())
    cells, partners, shared = overlap_table(true, predicted)
    ious = shared / (areas_true[cells] + areas_pred[partners] - shared)
    # Best partner last, so that it is the one that stays.
    order = np.lexsort((ious, cells))
    cells, partners, ious = cells[order], partners[order], ious[order]
    best = np.append(cells[1:] != cells[:-1], True)[: len(cells)] & (ious >= _MIN_IOU)
    area = areas_true[cells[best]].astype(np.float64)
    return np.stack([area, areas_pred[partners[best]] / area - 1], axis=1)


def _summary(errors: Floats) -> Row:
    relative = errors[:, 1] if len(errors) else np.array([np.nan])
    return {
        "n_compared": len(errors),
        "median_error": round(float(np.median(relative)), 4),
        "median_absolute_error": round(float(np.median(np.abs(relative))), 4),
    }


def _outcome(rows: Sequence[Row], errors: dict[str, Floats], *, settings: ExperimentSettings) -> Outcome:
    parts = [
        f"{row['method']}: F1 {row['f1']:.3f}, median error in area {row['median_error']:+.0%}, median"
        f" absolute error {row['median_absolute_error']:.0%} of {row['n_compared']} cells"
        for row in rows
    ]
    figure, axes = new_plot(title="Error in size", x="true area, px", y="predicted area / true area - 1")
    for way, points in errors.items():
        axes.scatter(points[:, 0], points[:, 1], s=9, alpha=0.4, label=way, color=_COLORS[way], linewidths=0)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylim(-1, 3)
    axes.legend(frameon=False, markerscale=3)
    return Outcome(rows, f"{settings.predictor}, IoU {settings.iou}. " + "; ".join(parts) + ".", figure)
