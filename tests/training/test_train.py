import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.dataset import build_dataset
from tests.training.conftest import tissue_item
from training.augment import training_batch
from training.config import UNetConfig
from training.errors import (
    DivergedTraining,
    InvalidConfig,
    OutputExists,
    TrainingStopped,
    UnusableDataset,
)
from training.train import train_model
from training.training_data import load_training_data, prefetched


class Ticking:
    """A clock on which every look takes some seconds."""

    def __init__(self, step_s):
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self):
        self.now_s += self.step_s
        return self.now_s


def test_training_reduces_the_loss_and_keeps_the_best_weights(trained):
    result, _ = trained
    losses = [entry["val_loss"] for entry in result.metrics["curve"]]
    assert result.ended_by == "budget"
    assert (result.n_epochs, result.n_steps) == (4, 120)
    assert result.metrics["curve"][-1]["train_loss"] < 0.75 * result.metrics["curve"][0]["train_loss"]
    assert result.best_val_loss == min(losses) == losses[result.best_epoch - 1]


def test_the_folder_is_complete_and_nothing_else_is_left(trained):
    result, _ = trained
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "checksums.json",
        "metrics.json",
        "model.json",
        "weights.weights.h5",
    ]
    assert [path.name for path in result.folder.parent.iterdir()] == [result.folder.name]
    metrics = json.loads((result.folder / "metrics.json").read_text())
    assert metrics == result.metrics


def test_progress_never_goes_back_and_ends_at_one(trained):
    _, reports = trained
    done = [report.done for report in reports]
    assert done == sorted(done)
    assert (done[-1], reports[-1].eta_s) == (1.0, 0.0)
    assert (reports[0].val_loss, reports[0].epoch) == (None, 0)
    assert all(np.isfinite(report.train_loss) for report in reports)


def test_one_seed_gives_one_run_and_another_seed_another(dataset_dir, tiny_config, tmp_path):
    curves = [
        train_model(dataset_dir, tmp_path / str(number), config=tiny_config, epochs=1, seed=seed).metrics[
            "curve"
        ][0]["val_loss"]
        for number, seed in enumerate((5, 5, 6))
    ]
    assert curves[0] == pytest.approx(curves[1], rel=1e-4)
    assert curves[0] != pytest.approx(curves[2], rel=1e-4)


def test_a_budget_of_time_ends_the_run(dataset_dir, tiny_config, tmp_path):
    result = train_model(
        dataset_dir, tmp_path / "model", config=tiny_config, minutes=1.0, clock=Ticking(15.0)
    )
    assert (result.ended_by, result.n_epochs) == ("budget", 1)
    assert result.n_steps < tiny_config.fit.steps_per_epoch


def test_patience_ends_the_run(dataset_dir, tiny_config, tmp_path):
    fit = replace(tiny_config.fit, steps_per_epoch=1, patience=0.01, learning_rate=1.0)
    config = replace(tiny_config, fit=fit)
    result = train_model(dataset_dir, tmp_path / "model", config=config, epochs=60)
    assert result.ended_by == "patience"
    assert result.n_epochs == result.best_epoch + 1


def test_a_stopped_run_leaves_nothing(dataset_dir, tiny_config, tmp_path):
    with pytest.raises(TrainingStopped, match="stopped at step 0; no model was written"):
        train_model(dataset_dir, tmp_path / "model", config=tiny_config, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_loss_that_is_no_number_ends_the_run(dataset_dir, tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr("training.losses.CROSS_ENTROPY_WEIGHT", float("nan"))
    with pytest.raises(DivergedTraining, match=r"became nan at step 1; .* Lower fit.learning_rate"):
        train_model(dataset_dir, tmp_path / "model", config=tiny_config, epochs=1)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_not_touched(dataset_dir, tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(OutputExists, match="model is already there"):
        train_model(dataset_dir, tmp_path / "model", epochs=1)


@pytest.mark.parametrize(
    ("budget", "message"),
    [({"epochs": 0}, "epochs is 0"), ({"minutes": 0}, "minutes is 0"), ({"minutes": -1.0}, "minutes is -1")],
)
def test_a_budget_of_nothing_is_refused(dataset_dir, tmp_path, budget, message):
    with pytest.raises(InvalidConfig, match=message):
        train_model(dataset_dir, tmp_path / "model", **budget)


def test_a_compartment_without_instances_is_not_learnt(tmp_path, small_config):
    items = [tissue_item(number, compartments=("nuclear",)) for number in range(3)]
    build_dataset(items, tmp_path / "data", seed=0, size=192)
    data = load_training_data(tmp_path / "data", config=small_config)
    assert data.compartments == ("nuclear",)
    assert not data.train[0].targets["whole_cell_distance"].any()


def test_padding_is_cut_off_and_one_fov_validates_on_itself(tmp_path, small_config):
    build_dataset([tissue_item(0)], tmp_path / "data", seed=0, size=256)
    data = load_training_data(tmp_path / "data", config=small_config)
    assert data.train[0].image.shape == (192, 192, 2)
    assert data.validated_on == "train"


def test_another_number_of_channels_is_refused(dataset_dir):
    with pytest.raises(UnusableDataset, match="has 2 channels, the network takes 6"):
        load_training_data(dataset_dir, config=UNetConfig(n_channels=6))


def test_batches_repeat_with_the_seed_and_mirror_the_truth(dataset_dir, small_config):
    data = load_training_data(dataset_dir, config=small_config)
    first, second, other = (
        training_batch(data.train, config=small_config, seed=seed, step=7) for seed in (4, 4, 5)
    )
    assert np.array_equal(first[0], second[0])
    assert not np.array_equal(first[0], other[0])
    assert first[0].shape == (4, 64, 64, 2)
    assert first[0].dtype == first[1]["nuclear_distance"].dtype == np.float32
    known = first[1]["nuclear_distance"][..., 1]
    assert np.array_equal(first[1]["nuclear_pixelwise"].sum(-1), known)


def test_an_error_in_the_batches_reaches_the_consumer():
    def broken(step):
        if step:
            raise ValueError("a broken crop")
        return np.zeros(1), {}

    with prefetched(broken) as batches:
        next(batches)
        with pytest.raises(ValueError, match="a broken crop"):
            next(batches)
