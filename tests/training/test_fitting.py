"""A run that was killed ends as it would have without the kill."""

import json
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

import h5py
import numpy as np
import pytest

from training.config import config_to_dict
from training.errors import (
    DivergedTraining,
    ForeignCheckpoint,
    InvalidConfig,
    OutputNotWritten,
    TrainingStopped,
)
from training.fitting import Budget, FitRun, _check_finite
from training.train import train_model

N_EPOCHS = 2

KILLED_RUN = """
import json, os, signal, sys
from itertools import count
from pathlib import Path
from training.config import network_config_from_dict
from training.train import train_model

dataset, out, checkpoint, config = sys.argv[1:]
asked = count()
train_model(
    Path(dataset), Path(out), config=network_config_from_dict(json.loads(config)), epochs=2, seed=3,
    checkpoint=Path(checkpoint), checkpoint_every_s=0,
    should_stop=lambda: next(asked) == 5 and os.kill(os.getpid(), signal.SIGKILL),
)
"""


class Killed(BaseException):
    """Stands for a kill: nothing in the program may catch it."""


def weights_of(folder):
    """Every array of a weights file by its path."""
    arrays = {}
    with h5py.File(folder / "weights.weights.h5") as file:
        file.visititems(
            lambda name, item: (
                arrays.update({name: np.array(item)}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return arrays


def losses_of(result):
    return [(entry["step"], entry["train_loss"], entry["val_loss"]) for entry in result.metrics["curve"]]


def assert_same_run(result, other):
    assert losses_of(result) == losses_of(other)
    first, second = weights_of(result.folder), weights_of(other.folder)
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def run_of(dataset_dir, tiny_config):
    def run(out: Path, **changes):
        settings = {"config": tiny_config, "epochs": N_EPOCHS, "seed": 3, **changes}
        return train_model(dataset_dir, out, **settings)

    return run


@pytest.fixture(scope="module")
def whole(run_of, tmp_path_factory):
    """The run that nobody kills."""
    return run_of(tmp_path_factory.mktemp("whole") / "model")


def kill_at(number):
    """Kill the run when it asks for the n-th time, before its step n."""
    asked = count()

    def should_stop():
        if next(asked) == number:
            raise Killed
        return False

    return should_stop


def test_a_run_killed_twice_ends_like_one_that_was_not(run_of, whole, tmp_path):
    kept = {"checkpoint": tmp_path / "checkpoint", "checkpoint_every_s": 0}
    # Within the first epoch, and between two epochs.
    for number in (1, 2):
        with pytest.raises(Killed):
            run_of(tmp_path / "model", should_stop=kill_at(number), **kept)
        assert not (tmp_path / "model").exists()
    result = run_of(tmp_path / "model", **kept)
    assert_same_run(result, whole)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_process_that_is_killed_leaves_a_run_to_take_up(dataset_dir, tiny_config, run_of, whole, tmp_path):
    config = json.dumps(config_to_dict(tiny_config))
    paths = [str(path) for path in (dataset_dir, tmp_path / "model", tmp_path / "checkpoint")]
    killed = subprocess.run([sys.executable, "-c", KILLED_RUN, *paths, config], cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    assert sorted(os.listdir(tmp_path)) == ["checkpoint"]
    reports = []
    result = run_of(tmp_path / "model", checkpoint=tmp_path / "checkpoint", progress=reports.append)
    assert_same_run(result, whole)
    assert [report.step for report in reports] == [6]
    assert reports[0].curve == tuple(
        (entry["epoch"], entry["train_loss"], entry["val_loss"]) for entry in result.metrics["curve"]
    )


def test_a_stopped_run_can_be_taken_up_but_not_by_another(run_of, tiny_config, tmp_path):
    kept = {"checkpoint": tmp_path / "checkpoint"}
    asked = count()
    with pytest.raises(TrainingStopped, match="stopped at step 2; no model was written"):
        run_of(tmp_path / "model", should_stop=lambda: next(asked) == 2, **kept)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    with pytest.raises(ForeignCheckpoint, match="of another run: its config, data, seed, budget or base"):
        run_of(tmp_path / "model", **kept, seed=4)


def test_a_run_begins_with_the_weights_of_a_base_of_its_network(run_of, whole, tiny_config, tmp_path):
    still = replace(tiny_config, fit=replace(tiny_config.fit, fine_tune_rate=1e-12))
    result = run_of(tmp_path / "model", config=still, base=whole.folder, epochs=1)
    moved = weights_of(result.folder)
    began = {name: array for name, array in weights_of(whole.folder).items() if "batch" not in name}
    assert all(np.allclose(array, moved[name], atol=1e-6) for name, array in began.items())
    assert not any("optimizer" in name for name in moved)
    assert result.metrics["base_sha256"]
    assert result.best_val_loss <= whole.best_val_loss + 1e-6

    with pytest.raises(InvalidConfig, match="model holds another network than the config describes"):
        run_of(tmp_path / "other", config=replace(tiny_config, filters=(4, 8)), base=whole.folder)


@pytest.mark.parametrize(("from_base", "highest"), [(False, 0.5), (True, 0.25)])
def test_the_rate_falls_from_that_of_its_kind_of_start(tiny_config, from_base, highest):
    fit = replace(
        tiny_config.fit, learning_rate=0.5, fine_tune_rate=0.25, final_rate_fraction=0.1, rate_decay=0.8
    )
    rates = {}
    for schedule in ("cosine", "exponential"):
        config = replace(tiny_config, fit=replace(fit, schedule=schedule))
        run = FitRun(None, config, None, 0, Budget(12, None), lambda: 0.0, 0.0, from_base=from_base)
        rates[schedule] = []
        for run.state.step in (0, 6, 12):
            rates[schedule].append(run.rate() / highest)
    assert rates["cosine"] == pytest.approx([1, 0.55, 0.1])
    assert rates["exponential"] == pytest.approx([1, 0.8**2, 0.8**4])


def test_a_full_disk_leaves_nothing_half_made(run_of, tmp_path, tight_disk):
    with tight_disk(2000), pytest.raises(OutputNotWritten, match="could not be written: File too large"):
        run_of(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_diverges_leaves_no_checkpoint_and_names_its_rate(run_of, whole, tmp_path, monkeypatch):
    """A base that gives no loss from the start is no matter of the rate."""
    kept = {"checkpoint": tmp_path / "checkpoint", "checkpoint_every_s": 0}
    monkeypatch.setattr("training.losses.CROSS_ENTROPY_WEIGHT", float("nan"))
    for base, remedy in (
        (None, r"the loss became nan at step 1; .* Lower fit.learning_rate \(now 0.01"),
        (whole.folder, r"began with is nan on the validation crops; .* Begin with another base"),
    ):
        with pytest.raises(DivergedTraining, match=remedy):
            run_of(tmp_path / "model", base=base, **kept)
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("step", "remedy"), [(0, "Begin with another base"), (3, r"Lower fit.fine_tune_rate \(now 0.003")]
)
def test_what_to_do_depends_on_when_a_base_diverges(step, remedy, tiny_config):
    run = FitRun(None, tiny_config, None, 0, Budget(6, None), lambda: 0.0, 0.0, from_base=True)
    run.state.step = step
    _check_finite(1.0, run=run)
    for loss in (math.inf, math.nan):
        with pytest.raises(DivergedTraining, match=remedy):
            _check_finite(loss, run=run)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(run_of, tmp_path, seed):
    with pytest.raises(InvalidConfig, match=f"seed is {seed}; choose from 0 to 4294967295"):
        run_of(tmp_path / "model", seed=seed)
