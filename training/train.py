"""Training runs: from a dataset version to a model folder."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from training.augment import Batch, training_batches
from training.config import FitConfig, UNetConfig
from training.errors import DivergedTraining, InvalidConfig, TrainingStopped
from training.model_folder import refuse_existing, write_model_folder
from training.training_data import TrainingData, load_training_data, prefetched

# A Keras model.
Model = Any


@dataclass(frozen=True)
class TrainProgress:
    """Where a run is.

    epoch : epochs completed
    step : steps completed
    done : share of the budget that is used, 0 to 1
    train_loss : mean of the steps of the current epoch
    val_loss : of the last completed epoch, None before the first
    eta_s : seconds that are left at this pace, None before anything can be said
    """

    epoch: int
    step: int
    done: float
    train_loss: float
    val_loss: float | None
    elapsed_s: float
    eta_s: float | None


@dataclass(frozen=True)
class TrainResult:
    """What a run gave.

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


@dataclass(frozen=True)
class _Budget:
    """The end of a run: a number of steps, a number of seconds, or whichever comes first."""

    n_steps: int | None
    seconds: float | None

    def done(self, *, step: int, elapsed_s: float) -> float:
        by_steps = step / self.n_steps if self.n_steps else 0.0
        by_time = elapsed_s / self.seconds if self.seconds else 0.0
        return min(max(by_steps, by_time), 1.0)


@dataclass
class _Run:
    """One run: the model, its budget and what has been seen so far."""

    model: Model
    fit: FitConfig
    budget: _Budget
    clock: Callable[[], float]
    started_s: float
    progress: Callable[[TrainProgress], None] | None
    should_stop: Callable[[], bool] | None
    step: int = 0
    curve: list[dict[str, Any]] = field(default_factory=list)
    best_weights: list[Any] = field(default_factory=list)
    best_epoch: int = 0
    best_done: float = 0.0
    best_val_loss: float = math.inf

    def elapsed_s(self) -> float:
        return self.clock() - self.started_s

    def done(self) -> float:
        return self.budget.done(step=self.step, elapsed_s=self.elapsed_s())


def train_model(
    dataset_dir: Path,
    out: Path,
    *,
    config: UNetConfig | None = None,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    progress: Callable[[TrainProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> TrainResult:
    """Train a `unet` on a dataset version and write its model folder.

    Targets and losses are those of Mesmer (Greenwald et al. 2022); the rate falls along a cosine over the
    budget, and the weights with the least validation loss are kept. Compartments without a single instance in
    the training split are left out of what the model predicts.

    Parameters
    ----------
    dataset_dir
        A dataset version.
    out
        The model folder; appears complete or not at all.
    config
        Network, targets, post-processing and how to fit; the defaults suit two CPU cores.
    epochs, minutes
        Budget; with both, whichever ends first; with neither, `config.fit.epochs`. Epochs make runs with one
        seed equal; minutes count from the call.
    seed
        Of the weights, the order of crops and their augmentation.
    progress
        Called every few steps and after each epoch.
    should_stop
        Asked between steps.
    clock
        Seconds, monotonic.

    Raises
    ------
    UnusableDataset, InvalidConfig, OutputExists
        Before anything is trained.
    DivergedTraining, TrainingStopped
        Later; nothing is written.
    """
    config = config or UNetConfig()
    started_s = clock()
    _plan_budget(config.fit, epochs=epochs, minutes=minutes)
    refuse_existing(out)
    data = load_training_data(dataset_dir, config=config)
    return train_on(
        data,
        out,
        config=config,
        epochs=epochs,
        minutes=minutes,
        seed=seed,
        progress=progress,
        should_stop=should_stop,
        clock=clock,
        started_s=started_s,
    )


def train_on(
    data: TrainingData,
    out: Path,
    *,
    config: UNetConfig,
    epochs: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    progress: Callable[[TrainProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
    started_s: float | None = None,
) -> TrainResult:
    """Train a `unet` on crops that are prepared already; otherwise as `train_model`.

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
    model = _compile(config, seed=seed)
    run = _Run(model, config.fit, budget, clock, started_s, progress, should_stop)
    rng = np.random.default_rng(seed)
    with prefetched(training_batches(data.train, config=config, rng=rng)) as batches:
        ended_by = _fit(run, batches, data=data)
    model.set_weights(run.best_weights)
    metrics = _metrics(run, data=data, seed=seed, ended_by=ended_by)
    write_model_folder(out, model, config=config, compartments=data.compartments, metrics=metrics)
    return TrainResult(
        folder=out,
        compartments=data.compartments,
        best_val_loss=run.best_val_loss,
        best_epoch=run.best_epoch,
        n_epochs=len(run.curve),
        n_steps=run.step,
        ended_by=ended_by,
        metrics=metrics,
    )


def _plan_budget(fit: FitConfig, *, epochs: int | None, minutes: float | None) -> _Budget:
    if epochs is not None and epochs < 1:
        raise InvalidConfig(f"epochs is {epochs}; choose 1 or more.")
    if minutes is not None and not 0 < minutes < math.inf:
        raise InvalidConfig(f"minutes is {minutes}; choose a number above 0.")
    if epochs is None and minutes is None:
        epochs = fit.epochs
    return _Budget(
        n_steps=None if epochs is None else epochs * fit.steps_per_epoch,
        seconds=None if minutes is None else minutes * 60.0,
    )


def _compile(config: UNetConfig, *, seed: int) -> Model:
    # Imported here because they import Keras.
    from training.keras_backend import keras
    from training.losses import inner_distance_loss, pixelwise_loss
    from training.network import build_unet

    keras.utils.set_random_seed(seed)
    model = build_unet(config, shape_px=config.fit.crop_px)
    losses = {}
    for compartment in config.compartments:
        losses[f"{compartment}_distance"] = inner_distance_loss
        losses[f"{compartment}_pixelwise"] = pixelwise_loss
    optimizer = keras.optimizers.Adam(config.fit.learning_rate, clipnorm=config.fit.clip_norm)
    # XLA is slower than the plain graph on a CPU, and "auto" may choose it.
    model.compile(optimizer=optimizer, loss=losses, jit_compile=False)
    return model


def _fit(run: _Run, batches: Iterator[Batch], *, data: TrainingData) -> str:
    """Train until the budget is used or patience is lost; say which."""
    while True:
        train_loss = _train_epoch(run, batches)
        losses = _validate(run.model, data.validation)
        epoch = len(run.curve) + 1
        run.curve.append(
            {
                "epoch": epoch,
                "step": run.step,
                "elapsed_s": round(run.elapsed_s(), 2),
                "train_loss": train_loss,
                "val_loss": losses["loss"],
                "heads": {name: value for name, value in losses.items() if name != "loss"},
            }
        )
        _check_finite(losses["loss"], run=run)
        if losses["loss"] < run.best_val_loss:
            run.best_val_loss, run.best_epoch, run.best_done = losses["loss"], epoch, run.done()
            run.best_weights = run.model.get_weights()
        _report(run, train_loss=train_loss)
        if run.done() >= 1.0:
            return "budget"
        if run.done() - run.best_done >= run.fit.patience:
            return "patience"


def _train_epoch(run: _Run, batches: Iterator[Batch]) -> float:
    """Train until the next validation; return the mean loss of its steps, which is what Keras reports."""
    train_loss = math.nan
    for _ in range(run.fit.steps_per_epoch):
        if run.should_stop is not None and run.should_stop():
            raise TrainingStopped(f"training was stopped at step {run.step}; no model was written.")
        run.model.optimizer.learning_rate = _rate(run.fit, done=run.done())
        images, targets = next(batches)
        values = run.model.train_on_batch(images, targets, return_dict=True)
        run.step += 1
        train_loss = float(values["loss"])
        _check_finite(train_loss, run=run)
        if run.done() >= 1.0:
            break
        if run.step % 10 == 0:
            _report(run, train_loss=train_loss)
    return train_loss


def _rate(fit: FitConfig, *, done: float) -> float:
    floor = fit.final_rate_fraction
    return float(fit.learning_rate * (floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * done))))


def _validate(model: Model, batches: list[Batch]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for images, targets in batches:
        model.reset_metrics()
        for name, value in model.test_on_batch(images, targets, return_dict=True).items():
            totals[name] = totals.get(name, 0.0) + float(value) / len(batches)
    model.reset_metrics()
    return totals


def _check_finite(loss: float, *, run: _Run) -> None:
    if not math.isfinite(loss):
        raise DivergedTraining(
            f"the loss became {loss} at step {run.step}; no model was written. Lower fit.learning_rate "
            f"(now {run.fit.learning_rate})."
        )


def _report(run: _Run, *, train_loss: float) -> None:
    if run.progress is None:
        return
    done, elapsed_s = run.done(), run.elapsed_s()
    run.progress(
        TrainProgress(
            epoch=len(run.curve),
            step=run.step,
            done=done,
            train_loss=train_loss,
            val_loss=run.curve[-1]["val_loss"] if run.curve else None,
            elapsed_s=elapsed_s,
            eta_s=elapsed_s * (1.0 - done) / done if done > 0 else None,
        )
    )


def _metrics(run: _Run, *, data: TrainingData, seed: int, ended_by: str) -> dict[str, Any]:
    return {
        "seed": seed,
        "ended_by": ended_by,
        "n_steps": run.step,
        "n_train_crops": len(data.train),
        "validated_on": data.validated_on,
        "best_epoch": run.best_epoch,
        "best_val_loss": run.best_val_loss,
        "elapsed_s": round(run.elapsed_s(), 2),
        "curve": run.curve,
    }
