"""The trainer and the predictors of the worker: `training` behind the ports, its errors in our words.

Keras is imported by `training` when a network is built or loaded, so work without a network never waits for
it.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from backend.ports import (
    LabelBand,
    ModelError,
    Predictor,
    ReadInput,
    TrainedModel,
    TrainingCancelled,
    TrainingLimits,
    TrainingStep,
)
from pipeline.compartments import COMPARTMENTS
from pipeline.types import LabelSet
from pipeline.windows import Window
from training import predictor as predictors
from training.config import NetworkConfig
from training.errors import (
    ForeignCheckpoint,
    InvalidModelFolder,
    TrainingError,
    TrainingStopped,
    UnusableDataset,
)
from training.evaluate import EvaluationItem, evaluate_images, evaluate_predictor
from training.large_images import PredictedBands, choose_shrink, predict_image
from training.model_folder import default_model_dir, read_description
from training.presets import load_preset
from training.report import write_report
from training.serving.served_model import serve_trained_model
from training.train import TrainProgress, train_model

IOU = 0.5


def load_work_predictor(spec: str | Path) -> Predictor:
    """The predictor of a model folder, or `"baseline"`.

    Raises
    ------
    ModelError
        When the folder is damaged or of an unknown kind.
    """
    with _translated():
        return predictors.load_predictor(spec)


class WorkTrainer:
    """Predicts large images, trains and scores; see `backend.ports.Trainer`."""

    def choose_shrink(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
    ) -> int | None:
        """How much images like this one are to be shrunk; None when the sizes of the pixels decide."""
        with _translated():
            return choose_shrink(
                cast(predictors.Predictor, predictor), read, shape, pixel_size_um=pixel_size_um
            )

    def predict_bands(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> "_Bands":
        """Label images of an image of any size, by tiles, as bands from top to bottom."""
        with _translated():
            adjusted = cast(predictors.Predictor, predictor).adjusted(postprocessing or {})
            return _Bands(predict_image(adjusted, read, shape, pixel_size_um=pixel_size_um, shrink=shrink))

    def predict_window(
        self,
        predictor: Predictor,
        image: npt.NDArray[Any],
        window: Window,
        *,
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> LabelSet:
        """Label images of a window of an image, with the intensities and the scale of the whole image."""
        part = image[window.slices]
        with _translated():
            adjusted = cast(predictors.Predictor, predictor).adjusted(postprocessing or {})
            if shrink is None:
                shrink = choose_shrink(
                    adjusted, lambda tile: image[tile.slices], image.shape[:2], pixel_size_um=pixel_size_um
                )
            bands = predict_image(
                adjusted.calibrated([image]),
                lambda tile: part[tile.slices],
                part.shape[:2],
                pixel_size_um=pixel_size_um,
                shrink=shrink,
            )
            pieces = [band.labels for band in bands]
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}

    def train(
        self,
        dataset: Path,
        out: Path,
        *,
        limits: TrainingLimits,
        progress: Callable[[TrainingStep], None],
        should_stop: Callable[[], bool],
    ) -> TrainedModel:
        """Train, leave a model folder at `out` and score it on the test split, if that holds anything."""
        with _translated():
            if not _is_trained(out):
                _train(dataset, out, limits=limits, progress=progress, should_stop=should_stop)
            metrics = read_description(out).metrics
            served = serve_trained_model(out, dataset)
            test = _test_scores(out, dataset)
            write_report(out, dataset)
        model = json.loads((out / "model.json").read_text())
        metrics = {**metrics, "test": test, "serving": asdict(served)}
        return TrainedModel(model["kind"], model["config"], metrics)

    def score(
        self,
        predictor: Predictor,
        images: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        *,
        pixel_sizes_um: Sequence[float | None],
    ) -> Mapping[str, Any]:
        """Scores at IoU 0.5 pooled over images: one mapping per compartment, and `mean_f1`."""
        items = (
            EvaluationItem(
                image, {name: truth[..., plane] for plane, name in enumerate(COMPARTMENTS)}, pixel_um
            )
            for image, truth, pixel_um in zip(images.astype(np.float32), labels, pixel_sizes_um, strict=True)
        )
        with _translated():
            return evaluate_images(cast(predictors.Predictor, predictor), items, iou=IOU)


class _Bands:
    """The bands of `predict_image` one compartment at a time; see `backend.ports.LabelBands`."""

    def __init__(self, bands: PredictedBands) -> None:
        self._bands = bands

    def __iter__(self) -> Iterator[LabelBand]:
        with _translated():
            for band in self._bands:
                for name, labels in band.labels.items():
                    yield LabelBand(name, band.row, labels)

    @property
    def confidences(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """How sure the predictor is of each instance; complete after the last band."""
        with _translated():
            return self._bands.confidences


def _is_trained(out: Path) -> bool:
    """Whether an attempt before left a whole model folder; a damaged one is removed."""
    try:
        read_description(out)
    except InvalidModelFolder:
        shutil.rmtree(out, ignore_errors=True)
        return False
    return True


def _train(
    dataset: Path,
    out: Path,
    *,
    limits: TrainingLimits,
    progress: Callable[[TrainingStep], None],
    should_stop: Callable[[], bool],
) -> None:
    base, config = _start(limits.start)
    run = partial(
        train_model,
        dataset,
        out,
        config=config,
        base=base,
        epochs=limits.epochs,
        minutes=limits.minutes,
        seed=limits.seed,
        progress=lambda step: progress(_step(step)),
        should_stop=should_stop,
        checkpoint=limits.checkpoint,
    )
    try:
        run()
    except ForeignCheckpoint:
        # Damaged, or settings changed since the kill: what it kept is of no use.
        assert limits.checkpoint is not None
        limits.checkpoint.unlink(missing_ok=True)
        run()


def _start(start: str | Path) -> tuple[Path | None, NetworkConfig]:
    """The base of a training, and a config that fits it, with the default preset's way to fit."""
    preset = load_preset()
    base = {"default": default_model_dir(), "fresh": None}[start] if isinstance(start, str) else start
    if base is None:
        return None, preset
    config = read_description(base).config
    return base, replace(config, fit=preset.fit) if config.network == preset.network else config


def _test_scores(model: Path, dataset: Path) -> Mapping[str, Any] | None:
    try:
        return evaluate_predictor(predictors.load_predictor(model), dataset, split="test", iou=IOU)
    except UnusableDataset:
        # Too few FOVs for a test split: the promotion gate says so in words.
        return None


def _step(step: TrainProgress) -> TrainingStep:
    return TrainingStep(
        epoch=step.epoch,
        done=step.done,
        loss=step.train_loss,
        val_loss=step.val_loss,
        eta_s=step.eta_s,
        curve=step.curve,
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TrainingStopped as fault:
        raise TrainingCancelled(str(fault)) from fault
    except TrainingError as fault:
        raise ModelError(str(fault)) from fault
