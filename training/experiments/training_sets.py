"""Datasets and models that several experiments make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.dataset import build_dataset
from pipeline.dataset_items import DatasetItem
from training.errors import UnusableDataset
from training.evaluate import evaluate_predictor
from training.experiments.settings import ExperimentSettings, Row
from training.predictor import load_predictor
from training.train import train_on
from training.training_data import TrainingData, load_training_data


def make_dataset(
    items: Iterable[DatasetItem],
    name: str,
    *,
    settings: ExperimentSettings,
    seed: int | None = None,
    fixed: Mapping[str, str] | None = None,
    what: str = "the images",
) -> Path:
    """Freeze items in the scratch folder; see `build_dataset`. Messages say `what` they are.

    Raises
    ------
    UnusableDataset
        Nothing is left to test on: said before anything is trained.
    """
    folder = settings.scratch / name
    manifest = build_dataset(
        items,
        folder,
        seed=settings.seed if seed is None else seed,
        min_cells=settings.min_cells,
        fixed=fixed,
    )
    if manifest["splits"]["test"]["n_crops"] == 0:
        groups = sorted(manifest["groups"])
        raise UnusableDataset(
            f"{what}: {len(groups)} groups ({', '.join(groups[:3])}) leave none to test on; images of"
            " one group stay together, so give three groups or more."
        )
    return folder


def load_crops(dataset: Path, *, settings: ExperimentSettings) -> TrainingData:
    """Load and prepare the crops of a dataset for training."""
    return load_training_data(dataset, config=settings.config)


def train_and_score(
    data: TrainingData,
    name: str,
    *,
    tests: dict[str, Path],
    settings: ExperimentSettings,
    progress: Callable[[float], None],
    seed: int | None = None,
) -> dict[str, dict[str, Any]]:
    """Train one model and score it on the test split of each of several datasets, by name."""
    model = settings.scratch / f"model-{name}"
    train_on(
        data,
        model,
        config=settings.config,
        epochs=settings.epochs,
        minutes=settings.minutes,
        seed=settings.seed if seed is None else seed,
        progress=lambda step: progress(step.done),
    )
    predictor = load_predictor(model)
    return {
        test: evaluate_predictor(predictor, dataset, split="test", iou=settings.iou)
        for test, dataset in tests.items()
    }


def compartments_of(scores: dict[str, Any]) -> list[str]:
    """Name the compartments that were scored."""
    return [name for name, values in scores.items() if isinstance(values, dict)]


def cells_tested(rows: Sequence[Row]) -> str:
    """Say how many true cells were behind scores, which tells how far they can be trusted."""
    least, most = min(row["n_true"] for row in rows), max(row["n_true"] for row in rows)
    return f"tested on {least} cells" if least == most else f"tested on {least} to {most} cells"
