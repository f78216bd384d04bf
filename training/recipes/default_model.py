"""The default model: which fields come up how often, how it is trained, and how it is scored."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.metrics import Score, pool_scores
from pipeline.types import Labels
from training.augment import TrainingCrop, head_targets, prepare_crop
from training.config import FitConfig, UNetConfig
from training.evaluate import score_known
from training.model_folder import read_model_folder, refuse_existing, write_model_folder
from training.postprocess import WatershedConfig
from training.predictor import Predictor, load_predictor, predict_at_scale
from training.preprocess import PreprocessConfig
from training.recipes.default_fields import FieldFolder, SourceField, load_fields
from training.targets import IGNORED
from training.train import TrainProgress, train_on
from training.training_data import TrainingData, validation_batches

# The thresholds of the watersheds are those with the highest F1 on the validation fields, the mean over
# sources and over both IoU thresholds, less 0.006 at most; the unmixed image has too few cells to be asked.
CONFIG = UNetConfig(
    preprocess=PreprocessConfig(clahe_kernel_px=0, gamma=0.5, coarsest_um=0.75, max_object_px=75.0),
    filters=(24, 48, 64, 96, 128),
    head_filters=16,
    whole_cell=replace(
        WatershedConfig.preset("whole_cell"),
        maxima_threshold=0.15,
        maxima_smooth_px=0.0,
        interior_threshold=0.25,
    ),
    nuclear=replace(WatershedConfig.preset("nuclear"), maxima_threshold=0.2, interior_threshold=0.4),
    fit=FitConfig(crop_px=192, max_zoom=2.5, steps_per_epoch=100, epochs=60, patience=1.0),
)
SEED = 0
IOUS = (0.5, 0.6)

SHARES = {
    "dsb2018_fluo": 0.41,
    "synthetic": 0.21,
    "codex_hubmap_expert": 0.18,
    "mif_akoya_rgb": 0.11,
    "mif_akoya_components": 0.09,
}
"""Share of the training squares that come from a source: labels by hand more often than those by software."""

WITHOUT_MEMBRANE = 0.35
"""Share of the squares with a membrane channel that are shown without it."""

NUCLEAR_ONLY = "nuclear channel only"
SECOND_EXPERT = "second expert"


def training_data(fields: Iterable[SourceField], *, config: UNetConfig) -> TrainingData:
    """Prepare the fields to train on and to validate on.

    Each field is rescaled as a whole, as it is when it is predicted, but never shrunken: the network is to
    know large objects too. Within the share of its source it is drawn in proportion to the square root of its
    area, so that each comes up, and large ones more often.
    """
    kept = list(fields)
    train = [item for item in kept if item.split == "train"]
    sides: dict[str, float] = defaultdict(float)
    for item in train:
        sides[item.source] += _side(item)
    crops: list[TrainingCrop] = []
    shares: list[float] = []
    for item in train:
        share = SHARES[item.source] * _side(item) / sides[item.source]
        crop = _prepare(item, config=config)
        if crop.image[..., 1].any():
            crops.append(_shown_without_membrane(item, crop, config=config))
            shares.append(share * WITHOUT_MEMBRANE)
            share *= 1.0 - WITHOUT_MEMBRANE
        crops.append(crop)
        shares.append(share)
    held_out = [_prepare(item, config=config) for item in kept if item.split == "val"]
    weights = np.array(shares) / sum(shares)
    return TrainingData(crops, validation_batches(held_out, config=config), COMPARTMENTS, "val", weights)


def without_membrane(image: Any) -> Any:
    """Return a copy of an image (row, col, 2) whose membrane channel is 0, as one that was not recorded."""
    blank = image.copy()
    blank[..., 1] = 0
    return blank


def _shown_without_membrane(item: SourceField, crop: TrainingCrop, *, config: UNetConfig) -> TrainingCrop:
    """A crop without its membrane channel, and without cells that could not be seen then."""
    image = without_membrane(crop.image)
    if item.cells_follow_nuclei:
        return replace(crop, image=image)
    labels = crop.labels.copy()
    labels[..., COMPARTMENTS.index("whole_cell")] = IGNORED
    targets = {
        name: target.astype(crop.targets[name].dtype)
        for name, target in head_targets(labels, config=config).items()
    }
    return TrainingCrop(image=image, labels=labels, targets=targets)


def make_default_model(
    folder: FieldFolder,
    out: Path,
    *,
    config: UNetConfig = CONFIG,
    epochs: int | None = None,
    progress: Callable[[TrainProgress], None] | None = None,
) -> dict[str, Any]:
    """Train on the fields of a folder, score the model on those held back, and write its model folder.

    The number of steps and the seed are fixed. A run that was killed goes on where it was when it is started
    again for the same place.

    Parameters
    ----------
    out
        The model folder; appears complete or not at all.
    epochs
        Of `config.fit.steps_per_epoch` steps; None is the number the shipped model was trained with.

    Returns
    -------
    dict
        What `metrics.json` says under `evaluation`.
    """
    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    fields = load_fields(folder)
    draft = out.parent / f".{out.name}.unscored"
    if not draft.exists():
        train_on(
            training_data(fields, config=config),
            draft,
            config=config,
            epochs=epochs,
            seed=SEED,
            checkpoint=out.parent / f".{out.name}.checkpoint.npz",
            progress=progress,
        )
    evaluation = evaluate_model(draft, fields)
    model, description = read_model_folder(draft)
    metrics = {**description.metrics, "evaluation": evaluation, "data": dict(sorted(folder.read.items()))}
    write_model_folder(
        out, model, config=description.config, compartments=description.compartments, metrics=metrics
    )
    shutil.rmtree(draft)
    return evaluation


def evaluate_model(model_dir: Path, fields: Sequence[SourceField]) -> dict[str, Any]:
    """Score a model on the fields that were held back, beside `baseline` and beside another person.

    Returns
    -------
    dict
        `model` and `baseline`: rows as `evaluate_fields` gives them; `second_expert`: see `expert_agreement`.
    """
    return {
        "model": evaluate_fields(load_predictor(model_dir), fields),
        "baseline": evaluate_fields(load_predictor("baseline"), fields),
        "second_expert": expert_agreement(fields),
    }


def largest_difference(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Return by how much the F1 of two evaluations differ at most; 1 when they have different rows."""
    pairs = compare_rows(one["model"], other["model"])
    if len(pairs) != len(one["model"]) or len(pairs) != len(other["model"]):
        return 1.0
    return max(abs(row["f1"][str(iou)] - known["f1"][str(iou)]) for row, known in pairs for iou in IOUS)


def evaluate_fields(
    predictor: Predictor, fields: Iterable[SourceField], *, split: str = "test"
) -> list[dict[str, Any]]:
    """Score a predictor on the fields of a split, source by source.

    Fields with a membrane channel are predicted once more without it, and whole cells that two experts have
    outlined are compared with both.

    Returns
    -------
    list of dict
        One for each source, way to look at it (`input`, `truth`) and compartment: instances counted, and
        per threshold the precision, recall and F1 of all fields together. Ordered.
    """
    scores: dict[tuple[str, str, str, str], dict[float, list[Score]]] = defaultdict(lambda: defaultdict(list))
    for item in fields:
        if item.split != split:
            continue
        inputs = {"all channels": item.image}
        if item.image[..., 1].any():
            inputs[NUCLEAR_ONLY] = without_membrane(item.image)
        for seen, image in inputs.items():
            predicted = predict_at_scale(predictor, image, pixel_size_um=item.pixel_size_um)
            for truth, compartment, labels in _truths(item):
                for iou in IOUS:
                    score = score_known(labels, predicted[compartment], iou=iou)
                    scores[item.source, seen, truth, compartment][iou].append(score)
    return [_row(key, by_iou) for key, by_iou in scores.items()]


def expert_agreement(fields: Iterable[SourceField], *, split: str = "test") -> dict[str, float]:
    """Return the F1 of the second expert's cells against the first's, by threshold: what a person reaches."""
    pairs = [
        (item.labels[..., 0], item.second_opinion)
        for item in fields
        if item.split == split and item.second_opinion is not None
    ]
    return {
        str(iou): round(pool_scores([score_known(one, two, iou=iou) for one, two in pairs]).f1, 4)
        for iou in IOUS
    }


def compare_rows(
    rows: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pair the rows of two evaluations of the same fields."""
    known = {_key(row): row for row in others}
    return [(row, known[_key(row)]) for row in rows if _key(row) in known]


def metrics_table(evaluation: dict[str, Any]) -> str:
    """Write an evaluation as a table in Markdown, the model beside `baseline`."""
    lines = [
        "| source | input | compared with | compartment | instances | F1 at IoU 0.5 | baseline "
        "| F1 at IoU 0.6 | baseline |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row, other in compare_rows(evaluation["model"], evaluation["baseline"]):
        figures = [f"{scored['f1'][str(iou)]:.3f}" for iou in IOUS for scored in (row, other)]
        cells = [row["source"], row["input"], row["truth"], row["compartment"], str(row["n_true"]), *figures]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("source", "input", "truth", "compartment"))


def _side(item: SourceField) -> float:
    return float(np.sqrt(item.image.shape[0] * item.image.shape[1]))


def _prepare(item: SourceField, *, config: UNetConfig) -> TrainingCrop:
    own_scale = replace(config, preprocess=replace(config.preprocess, max_object_px=None))
    return prepare_crop(item.image, item.labels, config=own_scale, pixel_size_um=item.pixel_size_um)


def _truths(item: SourceField) -> list[tuple[str, str, Labels]]:
    known = [
        ("labels", name, item.labels[..., plane])
        for plane, name in enumerate(COMPARTMENTS)
        if (item.labels[..., plane] != IGNORED).any()
    ]
    if item.second_opinion is not None:
        known.append((SECOND_EXPERT, COMPARTMENTS[0], item.second_opinion))
    return known


def _row(key: tuple[str, str, str, str], by_iou: dict[float, list[Score]]) -> dict[str, Any]:
    pooled = {str(iou): pool_scores(scores) for iou, scores in by_iou.items()}
    first = next(iter(pooled.values()))
    source, seen, truth, compartment = key
    return {
        "source": source,
        "input": seen,
        "truth": truth,
        "compartment": compartment,
        "n_true": first.n_true,
        "n_pred": first.n_pred,
        **{
            name: {iou: round(getattr(score, name), 4) for iou, score in pooled.items()}
            for name in ("f1", "precision", "recall")
        },
    }
