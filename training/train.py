"""Training runs: from a dataset version to a model folder."""

import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import NetworkConfig, config_to_dict
from training.errors import InvalidConfig, UnusableDataset
from training.fit_config import FitConfig
from training.fitting import Budget, FitRun, TrainProgress, discard_checkpoint, fit_network
from training.model_folder import (
    WEIGHTS_FILE,
    read_description,
    read_model_folder,
    refuse_existing,
    write_model_folder,
)
from training.presets import load_preset
from training.training_data import TrainingData, load_training_data

__all__ = ["TrainProgress", "TrainResult", "train_model", "train_on"]

_HIGHEST_SEED = 2**32 - 1

# A Keras model.
Model = Any


@dataclass(frozen=True)
class TrainResult:
    """What a run gave.

    best_epoch : 0 when the weights it began with were never bettered
    ended_by : `budget`, or `patience` when the validation loss stopped falling
    """

    folder: Path
    compartments: tuple[str, ...]
    best_val_loss: float
    best_epoch: int
    n_epochs: int
    n_steps: int
    ended_by: str
    metrics: dict[str, Any]


def train_model(
    dataset_dir: Path,
    out: Path,
    *,
    config: NetworkConfig | None = None,
    base: Path | None = None,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    progress: Callable[[TrainProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
    checkpoint_every_s: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> TrainResult:
    """Train a network on a dataset version and write its model folder.

    Targets and losses are those of Mesmer (Greenwald et al. 2022); the weights with the least validation loss
    are kept. Compartments without a single instance in the training split are left out of what the model
    predicts.

    Parameters
    ----------
    dataset_dir
        A dataset version.
    out
        The model folder; appears complete or not at all.
    config
        Network, targets, post-processing and how to fit; None takes that of `base`, or the default preset.
    base
        Model folder whose weights the run begins with; None begins with fresh ones.
    epochs, minutes
        Budget; with both, whichever ends first; with neither, `config.fit.epochs`. Epochs make runs with one
        seed equal; minutes count from the call.
    seed
        Of the weights, the order of crops and their augmentation; 0 to 4,294,967,295.
    progress
        Called every few steps and after each epoch.
    should_stop
        Asked between steps.
    checkpoint
        File that keeps the state of the run while it lasts. When there is one of the same run, of a process
        that was killed, the run goes on from it and ends as it would have without the kill.
    checkpoint_every_s
        Seconds between two checkpoints.
    clock
        Seconds, monotonic.

    Raises
    ------
    UnusableDataset, InvalidConfig, OutputExists, InvalidModelFolder, ForeignCheckpoint
        Before anything is trained.
    DivergedTraining, TrainingStopped, OutputNotWritten
        Later; no model folder is written.
    """
    started_s = clock()
    config = config or (load_preset() if base is None else read_description(base).config)
    _plan_budget(config.fit, epochs=epochs, minutes=minutes)
    refuse_existing(out)
    data = load_training_data(dataset_dir, config=config)
    if base is not None:
        _check_same_channels(data, base, dataset_dir=dataset_dir)
    return train_on(
        data,
        out,
        config=config,
        base=base,
        epochs=epochs,
        minutes=minutes,
        seed=seed,
        progress=progress,
        should_stop=should_stop,
        checkpoint=checkpoint,
        checkpoint_every_s=checkpoint_every_s,
        clock=clock,
        started_s=started_s,
    )


def train_on(
    data: TrainingData,
    out: Path,
    *,
    config: NetworkConfig,
    base: Path | None = None,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    progress: Callable[[TrainProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    checkpoint: Path | None = None,
    checkpoint_every_s: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
    started_s: float | None = None,
) -> TrainResult:
    """Train on crops that are prepared already; otherwise as `train_model`.

    Parameters
    ----------
    data
        Crops prepared with `config`; one that is listed n times comes up n times as often.
    started_s
        When the budget began to run; None is now.
    """
    started_s = clock() if started_s is None else started_s
    budget = _plan_budget(config.fit, epochs=epochs, minutes=minutes)
    refuse_existing(out)
    if not 0 <= seed <= _HIGHEST_SEED:
        raise InvalidConfig(f"seed is {seed}; choose from 0 to {_HIGHEST_SEED}.")
    model = _compile(config, seed=seed)
    base_sha256 = None if base is None else _take_weights(model, base, config=config)
    run = FitRun(
        model,
        config,
        data,
        seed,
        budget,
        clock,
        started_s,
        progress,
        should_stop,
        checkpoint,
        checkpoint_every_s,
        _run_name(config, data=data, seed=seed, budget=budget, base_sha256=base_sha256),
        from_base=base is not None,
    )
    ended_by = fit_network(run)
    metrics = {**_metrics(run, ended_by=ended_by), "base_sha256": base_sha256}
    write_model_folder(
        out,
        model,
        config=config,
        compartments=data.compartments,
        metrics=metrics,
        input_channels=data.channels,
    )
    discard_checkpoint(run)
    return TrainResult(
        folder=out,
        compartments=data.compartments,
        best_val_loss=run.state.best_val_loss,
        best_epoch=run.state.best_epoch,
        n_epochs=len(run.state.curve),
        n_steps=run.state.step,
        ended_by=ended_by,
        metrics=metrics,
    )


def _check_same_channels(data: TrainingData, base: Path, *, dataset_dir: Path) -> None:
    wanted = read_description(base).input_channels
    if data.channels != wanted:
        raise UnusableDataset(
            f"{dataset_dir}: its channels are {list(data.channels)}, those of {base} {list(wanted)}. Build "
            "the dataset with these channels, in this order."
        )


def _plan_budget(fit: FitConfig, *, epochs: int | None, minutes: float | None) -> Budget:
    if epochs is not None and epochs < 1:
        raise InvalidConfig(f"epochs is {epochs}; choose 1 or more.")
    if minutes is not None and not 0 < minutes < math.inf:
        raise InvalidConfig(f"minutes is {minutes}; choose a number above 0.")
    if epochs is None and minutes is None:
        epochs = fit.epochs
    return Budget(
        n_steps=None if epochs is None else epochs * fit.steps_per_epoch,
        seconds=None if minutes is None else minutes * 60.0,
    )


def _compile(config: NetworkConfig, *, seed: int) -> Model:
    # Imported here because they import Keras.
    from training.keras_backend import JIT_COMPILE, keras
    from training.losses import inner_distance_loss, pixelwise_loss
    from training.network import build_network

    keras.utils.set_random_seed(seed)
    model = build_network(config, shape_px=config.fit.crop_px)
    losses = {}
    for compartment in config.compartments:
        losses[f"{compartment}_distance"] = inner_distance_loss
        losses[f"{compartment}_pixelwise"] = pixelwise_loss
    optimizer = keras.optimizers.Adam(config.fit.learning_rate, clipnorm=config.fit.clip_norm)
    model.compile(optimizer=optimizer, loss=losses, jit_compile=JIT_COMPILE)
    # Its variables are there from the start, so that a checkpoint can be taken up before the first step.
    optimizer.build(model.trainable_variables)
    return model


def _take_weights(model: Model, base: Path, *, config: NetworkConfig) -> str:
    """Give a model the weights of a model folder; return the checksum of their file."""
    source, description = read_model_folder(base)
    if not config.same_network(description.config):
        raise InvalidConfig(
            f"{base} holds another network than the config describes; begin with a model of the same "
            "network, or without one."
        )
    model.set_weights(source.get_weights())
    with (base / WEIGHTS_FILE).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run_name(
    config: NetworkConfig, *, data: TrainingData, seed: int, budget: Budget, base_sha256: str | None
) -> str:
    """Name everything that decides what a run computes."""
    parts = [config_to_dict(config), data.checksum(), seed, budget.n_steps, budget.seconds, base_sha256]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _metrics(run: FitRun, *, ended_by: str) -> dict[str, Any]:
    state = run.state
    return {
        "seed": run.seed,
        "ended_by": ended_by,
        "n_steps": state.step,
        "n_train_crops": len(run.data.train),
        "validated_on": run.data.validated_on,
        "best_epoch": state.best_epoch,
        "best_val_loss": state.best_val_loss,
        "elapsed_s": round(run.elapsed_s(), 2),
        "curve": state.curve,
    }
