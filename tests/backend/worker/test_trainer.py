"""The trainer on a real dataset version of a few crops, for a few seconds."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.ports import ModelError, TrainedModel, TrainingCancelled, TrainingLimits, TrainingStep
from backend.worker import trainer
from backend.worker.trainer import WorkTrainer, load_work_predictor
from pipeline.dataset import DatasetItem, build_dataset, load_split
from pipeline.synthetic import synthetic_tissue
from pipeline.windows import Window
from training.model_folder import default_model_dir
from training.serving.served_model import ServedModel

SHAPE = (128, 128)


def _items(n: int) -> Iterator[DatasetItem]:
    for seed in range(n):
        tissue = synthetic_tissue(seed, shape=SHAPE)
        labels = {name: np.asarray(plane).reshape(SHAPE) for name, plane in tissue.labels.items()}
        image = np.asarray(tissue.image).reshape(*SHAPE, 2).astype(np.float32)
        yield DatasetItem(f"tissue-{seed}", f"tissue-{seed}", image, labels)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dataset") / "version"
    build_dataset(_items(3), folder, min_cells=1, size=128)
    return folder


@pytest.fixture(scope="module")
def model(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[TrainingStep]]:
    """A model folder after a few seconds of training, and what was told meanwhile."""
    out = tmp_path_factory.mktemp("model") / "model"
    steps: list[TrainingStep] = []
    trained = WorkTrainer().train(
        dataset,
        out,
        limits=TrainingLimits(epochs=1, minutes=0.05),
        progress=steps.append,
        should_stop=lambda: False,
    )
    assert trained.kind == "unet"
    assert 0 <= trained.metrics["test"]["mean_f1"] <= 1
    assert trained.metrics["curve"]
    return out, steps


def test_training_tells_where_it_is_and_leaves_a_model_folder(model: tuple[Path, list[TrainingStep]]) -> None:
    folder, steps = model
    assert (folder / "checksums.json").is_file()
    assert steps[-1].done == 1.0
    assert steps[-1].val_loss is not None
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_a_model_that_an_attempt_before_left_is_scored_and_not_trained_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = default_model_dir()
    assert shipped is not None
    out = Path(shutil.copytree(shipped, tmp_path / "model"))
    n_trained = 0

    def train(*_args: object, **_values: object) -> None:
        nonlocal n_trained
        n_trained += 1
        shutil.copytree(shipped, out)

    monkeypatch.setattr(trainer, "train_model", train)
    monkeypatch.setattr(trainer, "serve_trained_model", lambda *_args: ServedModel("keras"))
    monkeypatch.setattr(trainer, "_test_scores", lambda *_args: {"mean_f1": 0.5})
    monkeypatch.setattr(trainer, "write_report", lambda *_args: None)

    def finish() -> TrainedModel:
        limits = TrainingLimits(start="fresh")
        return WorkTrainer().train(
            tmp_path, out, limits=limits, progress=lambda _step: None, should_stop=lambda: False
        )

    trained = finish()
    assert (n_trained, trained.kind, trained.metrics["test"]) == (0, "unet", {"mean_f1": 0.5})
    assert trained.metrics["curve"]
    # What is damaged is trained anew.
    (out / "model.json").write_text("{}")
    assert (finish(), n_trained) == (trained, 1)


def test_the_model_predicts_both_compartments_in_bands(model: tuple[Path, list[TrainingStep]]) -> None:
    predictor = load_work_predictor(model[0])
    assert predictor.compartments == ("whole_cell", "nuclear")
    image = next(_items(1)).image
    rows = {name: 0 for name in predictor.compartments}

    def read(window: Window) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return image[window.slices]

    bands = WorkTrainer().predict_bands(predictor, read, shape=SHAPE)
    with pytest.raises(ModelError, match="take all bands first"):
        bands.confidences  # noqa: B018
    highest = dict.fromkeys(predictor.compartments, 0)
    for band in bands:
        assert band.row == rows[band.compartment]
        assert band.labels.dtype == np.int32
        rows[band.compartment] += len(band.labels)
        highest[band.compartment] = max(highest[band.compartment], int(band.labels.max()))
    assert set(rows.values()) == {SHAPE[0]}
    for name, values in bands.confidences.items():
        assert (values.dtype, values[0]) == (np.float32, 0)
        assert len(values) > highest[name]
        assert np.all((values >= 0) & (values <= 1))


def test_a_window_is_predicted_with_the_intensities_of_its_image() -> None:
    image = next(_items(1)).image
    window = Window(20, 30, 80, 64)
    baseline = load_work_predictor("baseline")
    found = WorkTrainer().predict_window(baseline, image, window)
    assert {name: labels.shape for name, labels in found.items()} == dict.fromkeys(
        baseline.compartments, window.shape
    )
    whole = baseline.predict(image)["nuclear"][window.slices] > 0
    assert np.mean((found["nuclear"] > 0) == whole) > 0.9
    # A window larger than a tile comes as one label image too.
    wide = np.tile(image, (10, 1, 1))
    high = WorkTrainer().predict_window(baseline, wide, Window(0, 0, 1100, 128))
    assert high["nuclear"].shape == (1100, 128)
    # A window without any nucleus shows nothing, however much its noise stands out from the rest of it.
    dark = np.zeros((128, 128, 2), np.float32)
    dark[64:] = image[64:]
    dark[:40, :, 0] = np.random.default_rng(0).uniform(0, 1, (40, 128))
    assert not WorkTrainer().predict_window(baseline, dark, Window(0, 0, 40, 128))["nuclear"].any()


def test_images_are_seen_as_much_shrunken_as_said(model: tuple[Path, list[TrainingStep]]) -> None:
    image = next(_items(1)).image

    def read(window: Window) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return image[window.slices]

    work, predictor = WorkTrainer(), load_work_predictor(model[0])
    assert work.choose_shrink(predictor, read, shape=SHAPE) == 1
    plain, halved = (
        {band.compartment: band.labels for band in work.predict_bands(predictor, read, shape=SHAPE, **how)}
        for how in ({}, {"shrink": 2})
    )
    for name, labels in halved.items():
        assert labels.shape == plain[name].shape == SHAPE
        assert not np.array_equal(labels, plain[name])
    part = work.predict_window(predictor, image, Window(0, 0, *SHAPE), shrink=2)
    assert np.mean((part["nuclear"] > 0) == (halved["nuclear"] > 0)) > 0.9
    with pytest.raises(ModelError, match="shrink is 3; choose one of"):
        work.predict_bands(predictor, read, shape=SHAPE, shrink=3)


def test_the_baseline_is_scored_on_what_has_truth(dataset: Path) -> None:
    images, labels = load_split(dataset, "test")
    work, baseline = WorkTrainer(), load_work_predictor("baseline")
    unknown = [None] * len(images)
    both = work.score(baseline, images, labels, pixel_sizes_um=unknown)
    assert both["mean_f1"] == pytest.approx((both["whole_cell"]["f1"] + both["nuclear"]["f1"]) / 2)
    assert both["nuclear"]["f1"] > 0.3
    labels[..., 0] = -1
    assert set(work.score(baseline, images, labels, pixel_sizes_um=unknown)) == {"nuclear", "mean_f1"}


def test_a_training_that_is_to_stop_leaves_nothing(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingCancelled, match="stopped"):
        WorkTrainer().train(
            dataset,
            tmp_path / "model",
            limits=TrainingLimits(epochs=1),
            progress=lambda _step: None,
            should_stop=lambda: True,
        )
    assert list(tmp_path.iterdir()) == []


def test_damaged_models_and_datasets_are_errors_of_the_application(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="checksums"):
        load_work_predictor(tmp_path)
    with pytest.raises(Exception, match="manifest"):
        WorkTrainer().train(
            tmp_path,
            tmp_path / "model",
            limits=TrainingLimits(),
            progress=lambda _step: None,
            should_stop=lambda: False,
        )
