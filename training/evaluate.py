"""How well a predictor does on crops with known labels."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.dataset import load_split
from pipeline.io.dataset_files import read_manifest
from pipeline.metrics import Score, mean_ratios, pool_scores, score_labels
from pipeline.types import Image, Labels, LabelSet
from training.errors import UnusableDataset
from training.predictor import Predictor, predict_at_scale
from training.sampling import crop_pixel_um, crop_sources
from training.targets import IGNORED, known_extent

DEFAULT_IOU = 0.5


@dataclass(frozen=True)
class EvaluationItem:
    """One image with its truth.

    image : float32 (row, col, channel), channels those of the predictor
    labels : per annotated compartment int32 (row, col); 0 background, -1 no truth
    pixel_size_um : None where unknown
    """

    image: Image
    labels: LabelSet
    pixel_size_um: float | None = None


def evaluate_predictor(
    predictor: Predictor, dataset_dir: Path, *, split: str = "test", iou: float = DEFAULT_IOU
) -> dict[str, Any]:
    """Score a predictor on a split of a dataset version; see `evaluate_images`.

    Raises
    ------
    UnusableDataset
        The split has no crop with truth, or its channels are not those of the predictor.
    """
    manifest = read_manifest(dataset_dir)
    channels = manifest.get("channels", list(predictor.input_channels))
    if channels != list(predictor.input_channels):
        raise UnusableDataset(
            f"{dataset_dir}: its channels are {channels}, the predictor takes "
            f"{list(predictor.input_channels)}. Build the dataset with these channels, in this order."
        )
    images, labels = load_split(dataset_dir, split)
    sources = crop_sources(manifest, split, n_crops=len(images))
    items = [
        EvaluationItem(
            image,
            {name: stack[..., plane] for plane, name in enumerate(COMPARTMENTS)},
            crop_pixel_um(source),
        )
        for image, stack, source in zip(images, labels, sources, strict=True)
    ]
    known = [item for item in items if any((plane != IGNORED).any() for plane in item.labels.values())]
    if not known:
        raise UnusableDataset(f"{dataset_dir}: the {split} split has no crop with truth to compare with.")
    return evaluate_images(predictor, known, iou=iou)


def evaluate_images(
    predictor: Predictor, items: Iterable[EvaluationItem], *, iou: float = DEFAULT_IOU
) -> dict[str, Any]:
    """Score a predictor on images.

    Parameters
    ----------
    iou
        Two instances are the same above it.

    Returns
    -------
    dict
        Per compartment with truth anywhere, `Score.as_dict()` of the instances of all images together, and
        `f1_per_image`, the mean of the F1 of its `n_images` images with an instance on either side. A
        compartment the predictor does not give counts as predicted empty. `mean_f1` is the mean of the
        pooled F1 of the compartments with an instance on either side.
    """
    scores: dict[str, list[Score]] = {}
    for item in items:
        present = {name: truth for name, truth in item.labels.items() if (truth != IGNORED).any()}
        if not present:
            continue
        extent = known_extent(np.stack(list(present.values()), axis=-1))
        image = item.image[extent]
        predicted = predict_at_scale(predictor, image, pixel_size_um=item.pixel_size_um)
        for name, truth in present.items():
            empty = np.zeros(truth[extent].shape, np.int32)
            score = score_known(truth[extent], predicted.get(name, empty), iou=iou)
            scores.setdefault(name, []).append(score)
    pooled = {name: pool_scores(scores[name]) for name in COMPARTMENTS if name in scores}
    result: dict[str, Any] = {
        name: {**score.as_dict(), **_per_image(scores[name])} for name, score in pooled.items()
    }
    judged = [score.f1 for score in pooled.values() if not score.empty]
    result["mean_f1"] = float(np.mean(judged)) if judged else 0.0
    return result


def _per_image(scores: list[Score]) -> dict[str, float]:
    means = mean_ratios(scores)
    return {"f1_per_image": means["f1"], "n_images": means["n_images"]}


def score_known(truth: Labels, predicted: Labels, *, iou: float) -> Score:
    """Compare where there is truth.

    Predicted instances that lie mostly where the truth is -1 do not count.

    Parameters
    ----------
    truth, predicted
        Int32 (row, col).
    """
    known = truth != IGNORED
    if known.all():
        return score_labels(truth, predicted, iou=iou)
    areas = np.bincount(predicted.ravel())
    inside = np.bincount(predicted[known], minlength=len(areas))
    kept = 2 * inside >= areas
    return score_labels(
        np.where(known, truth, 0).astype(np.int32),
        np.where(known & kept[predicted], predicted, 0).astype(np.int32),
        iou=iou,
    )
