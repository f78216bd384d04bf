"""The report of a model: how it was trained, how well it does per source, and examples beside the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.dataset import load_split
from pipeline.io.dataset_files import read_manifest
from pipeline.metrics import Score, pool_scores
from pipeline.types import Image, Labels, LabelSet
from training.errors import UnusableDataset
from training.evaluate import score_known
from training.model_folder import add_report, read_description
from training.predictor import Predictor, load_predictor, predict_at_scale
from training.report_page import Example, render_page
from training.sampling import crop_pixel_um, crop_sources
from training.targets import IGNORED, known_extent

IOUS = (0.5, 0.6)
_MOST_CROPS = 48
_N_EXAMPLES = 4
# Provenance that names where a crop comes from, the first that is there.
_SOURCE_KEYS = ("source", "platform", "fov", "file")
_SPLITS = ("test", "val", "train")


@dataclass(frozen=True)
class ReportItem:
    """One crop with its truth, cut to where there is any.

    source : what its row of the table is called
    labels : per annotated compartment int32 (row, col); -1 no truth
    pixel_size_um : None where unknown
    """

    source: str
    image: Image
    labels: LabelSet
    pixel_size_um: float | None = None


def write_report(folder: Path, dataset_dir: Path) -> None:
    """Put `report.html` into a model folder.

    Parameters
    ----------
    folder
        A model folder, complete.
    dataset_dir
        The dataset version it was trained on; its test split is looked at, else the validation split, else
        the training split, and the page says which.

    Raises
    ------
    UnusableDataset
        No split has a crop with truth.
    InvalidModelFolder, OutputNotWritten
        The model is as it was.
    """
    description = read_description(folder)
    split, items = _find_items(dataset_dir, preferred=description.config.fit.balance_by)
    rows, examples = _score(load_predictor(folder), items)
    html = render_page(
        title=folder.name,
        metrics=description.metrics,
        config=description.config,
        split=split,
        rows=rows,
        examples=examples,
    )
    add_report(folder, html)


def _find_items(dataset_dir: Path, *, preferred: str) -> tuple[str, list[ReportItem]]:
    manifest = read_manifest(dataset_dir)
    for split in _SPLITS:
        items = _items_of(
            dataset_dir, split, manifest, names=_crop_names(manifest, split, preferred=preferred)
        )
        if items:
            places = np.linspace(0, len(items) - 1, min(_MOST_CROPS, len(items)))
            return split, [items[int(place)] for place in places]
    raise UnusableDataset(f"{dataset_dir}: no split has a crop with truth to report on.")


def _crop_names(manifest: Mapping[str, Any], split: str, *, preferred: str) -> list[str]:
    """Name the source of each crop of a split."""
    names = []
    for source in manifest.get("sources", []):
        if source["split"] == split:
            provenance = source.get("provenance", {})
            keys = [key for key in (preferred, *_SOURCE_KEYS) if key and key in provenance]
            name = str(provenance[keys[0]] if keys else source.get("group", ""))
            names += [name] * len(source["crops"])
    return names


def _items_of(
    dataset_dir: Path, split: str, manifest: Mapping[str, Any], *, names: list[str]
) -> list[ReportItem]:
    images, labels = load_split(dataset_dir, split)
    sources = crop_sources(manifest, split, n_crops=len(images))
    items = []
    for number, (image, stack) in enumerate(zip(images, labels, strict=True)):
        if (stack == IGNORED).all():
            continue
        extent = known_extent(stack)
        planes = {name: stack[extent][..., plane] for plane, name in enumerate(COMPARTMENTS)}
        present = {name: plane for name, plane in planes.items() if (plane != IGNORED).any()}
        name = names[number] if number < len(names) else ""
        items.append(ReportItem(name, image[extent], present, crop_pixel_um(sources[number])))
    return items


def _score(predictor: Predictor, items: list[ReportItem]) -> tuple[list[dict[str, Any]], list[Example]]:
    """Score every item; one row per source and compartment, and the examples to show."""
    scores: dict[tuple[str, str, float], list[Score]] = {}
    examples: list[Example] = []
    shown = {int(place) for place in np.linspace(0, len(items) - 1, min(_N_EXAMPLES, len(items)))}
    for number, item in enumerate(items):
        predicted = predict_at_scale(predictor, item.image, pixel_size_um=item.pixel_size_um)
        for compartment, truth in item.labels.items():
            found = predicted.get(compartment, np.zeros(truth.shape, np.int32))
            for iou in IOUS:
                score = score_known(truth, found, iou=iou)
                scores.setdefault((item.source, compartment, iou), []).append(score)
            if number in shown:
                examples.append(Example(item.source, compartment, item.image, _shown(truth), found))
    return _rows(scores), examples


def _shown(truth: Labels) -> Labels:
    return np.where(truth == IGNORED, 0, truth).astype(np.int32)


def _rows(scores: Mapping[tuple[str, str, float], list[Score]]) -> list[dict[str, Any]]:
    rows = []
    for source, compartment in sorted({key[:2] for key in scores}):
        pooled = {iou: pool_scores(scores[source, compartment, iou]).as_dict() for iou in IOUS}
        rows.append(
            {
                "source": source,
                "compartment": compartment,
                "n_crops": len(scores[source, compartment, IOUS[0]]),
                **{f"f1_{iou}": pooled[iou]["f1"] for iou in IOUS},
            }
        )
    return rows
