"""The loop of a training run: steps, validations, checkpoints, and when it ends."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from training.augment import Batch, training_batch
from training.checkpoints import Checkpoint, FitState, load_checkpoint, remove_checkpoint, save_checkpoint
from training.config import NetworkConfig
from training.errors import DivergedTraining, ForeignCheckpoint, TrainingStopped
from training.fit_config import FitConfig
from training.training_data import TrainingData, prefetched

_REPORT_EVERY = 10

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
    curve : (epoch, mean loss of its steps, validation loss) of every completed epoch
    """

    epoch: int
    step: int
    done: float
    train_loss: float
    val_loss: float | None
    elapsed_s: float
    eta_s: float | None
    curve: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True)
class Budget:
    """The end of a run: a number of steps, a number of seconds, or whichever comes first."""

    n_steps: int | None
    seconds: float | None

    def done(self, *, step: int, elapsed_s: float) -> float:
        """Return the share that is used, 0 to 1."""
        by_steps = step / self.n_steps if self.n_steps else 0.0
        by_time = elapsed_s / self.seconds if self.seconds else 0.0
        return min(max(by_steps, by_time), 1.0)


@dataclass
class FitRun:
    """One run: the compiled model, its data and budget, and how far it has come.

    checkpoint : where the state is kept while the run lasts; None keeps none
    checkpoint_every_s : seconds between two checkpoints
    name : of this run and no other, for its checkpoint
    from_base : whether the weights come from another model: then they are learnt from at another rate, and
        count as the best until better ones are found
    """

    model: Model
    config: NetworkConfig
    data: TrainingData
    seed: int
    budget: Budget
    clock: Callable[[], float]
    started_s: float
    progress: Callable[[TrainProgress], None] | None = None
    should_stop: Callable[[], bool] | None = None
    checkpoint: Path | None = None
    checkpoint_every_s: float = 60.0
    name: str = ""
    from_base: bool = False
    state: FitState = field(default_factory=FitState)
    saved_s: float = 0.0

    @property
    def fit(self) -> FitConfig:
        """How weights are found."""
        return self.config.fit

    @property
    def rate_name(self) -> str:
        """Which setting is the highest rate of this run."""
        return "fine_tune_rate" if self.from_base else "learning_rate"

    def rate(self) -> float:
        """Return the rate of the next step."""
        fit, highest = self.fit, float(getattr(self.fit, self.rate_name))
        if fit.schedule == "exponential":
            return float(highest * fit.rate_decay ** (self.state.step // fit.steps_per_epoch))
        floor = fit.final_rate_fraction
        return highest * (floor + (1.0 - floor) * 0.5 * (1.0 + math.cos(math.pi * self.done())))

    def elapsed_s(self) -> float:
        """Seconds of the budget that are used, those before a kill included."""
        return self.clock() - self.started_s + self.state.elapsed_s

    def done(self) -> float:
        """Share of the budget that is used."""
        return self.budget.done(step=self.state.step, elapsed_s=self.elapsed_s())


def fit_network(run: FitRun) -> str:
    """Train until the budget is used or patience is lost; leave the best weights in the model; say which.

    Raises
    ------
    DivergedTraining, TrainingStopped, OutputNotWritten, ForeignCheckpoint
    """
    resumed = _resume(run)
    if run.from_base and not resumed:
        _note_validation(run, _validate(run.model, run.data), epoch=0)
    batch_of = partial(
        training_batch, run.data.train, config=run.config, seed=run.seed, weights=run.data.weights
    )
    try:
        with prefetched(lambda step: batch_of(step=step), first_step=run.state.step) as batches:
            ended_by = _fit(run, batches)
    except DivergedTraining:
        # It would diverge again.
        discard_checkpoint(run)
        raise
    run.model.set_weights(run.state.best_weights)
    return ended_by


def discard_checkpoint(run: FitRun) -> None:
    """Remove the checkpoint of a run that needs it no more."""
    if run.checkpoint is not None:
        remove_checkpoint(run.checkpoint)


def _fit(run: FitRun, batches: Iterator[Batch]) -> str:
    while True:
        _keep(run)
        _check_stop(run)
        _train_step(run, *next(batches))
        state, at_end = run.state, run.done() >= 1.0
        if at_end or state.step % run.fit.steps_per_epoch == 0:
            _end_epoch(run)
            if at_end or run.done() >= 1.0:
                return "budget"
            if run.done() - state.best_done >= run.fit.patience:
                return "patience"
        elif state.step % _REPORT_EVERY == 0:
            _report(run, train_loss=_mean(state.epoch_losses))


def _train_step(run: FitRun, images: Any, targets: Any) -> None:
    run.model.optimizer.learning_rate = run.rate()
    # What Keras gives is a mean since the last reset; of one step, so that the mean of an epoch does not
    # depend on whether it was interrupted.
    run.model.reset_metrics()
    loss = float(run.model.train_on_batch(images, targets, return_dict=True)["loss"])
    run.state.step += 1
    run.state.epoch_losses.append(loss)
    _check_finite(loss, run=run)


def _end_epoch(run: FitRun) -> None:
    losses, state = _validate(run.model, run.data), run.state
    train_loss, epoch = _mean(state.epoch_losses), len(state.curve) + 1
    state.epoch_losses = []
    state.curve.append(
        {
            "epoch": epoch,
            "step": state.step,
            "elapsed_s": round(run.elapsed_s(), 2),
            "train_loss": train_loss,
            "val_loss": losses["loss"],
            "heads": {name: value for name, value in losses.items() if name != "loss"},
        }
    )
    _note_validation(run, losses, epoch=epoch)
    _report(run, train_loss=train_loss)


def _note_validation(run: FitRun, losses: dict[str, float], *, epoch: int) -> None:
    _check_finite(losses["loss"], run=run)
    state = run.state
    if losses["loss"] < state.best_val_loss:
        state.best_val_loss, state.best_epoch, state.best_done = losses["loss"], epoch, run.done()
        state.best_weights = run.model.get_weights()


def _validate(model: Model, data: TrainingData) -> dict[str, float]:
    totals: dict[str, float] = {}
    for images, targets in data.validation:
        model.reset_metrics()
        for name, value in model.test_on_batch(images, targets, return_dict=True).items():
            totals[name] = totals.get(name, 0.0) + float(value) / len(data.validation)
    return totals


def _mean(losses: list[float]) -> float:
    return sum(losses) / len(losses) if losses else math.nan


def _check_finite(loss: float, *, run: FitRun) -> None:
    if math.isfinite(loss):
        return
    if run.state.step == 0:
        raise DivergedTraining(
            f"the loss of the weights that the run began with is {loss} on the validation crops; no model "
            "was written. Begin with another base, or without one."
        )
    raise DivergedTraining(
        f"the loss became {loss} at step {run.state.step}; no model was written. Lower "
        f"fit.{run.rate_name} (now {getattr(run.fit, run.rate_name)})."
    )


def _check_stop(run: FitRun) -> None:
    if run.should_stop is not None and run.should_stop():
        if run.checkpoint is not None:
            _save(run)
        raise TrainingStopped(f"training was stopped at step {run.state.step}; no model was written.")


def _report(run: FitRun, *, train_loss: float) -> None:
    if run.progress is None:
        return
    done, elapsed_s, curve = run.done(), run.elapsed_s(), run.state.curve
    run.progress(
        TrainProgress(
            epoch=len(curve),
            step=run.state.step,
            done=done,
            train_loss=train_loss,
            val_loss=curve[-1]["val_loss"] if curve else None,
            elapsed_s=elapsed_s,
            eta_s=elapsed_s * (1.0 - done) / done if done > 0 else None,
            curve=tuple((entry["epoch"], entry["train_loss"], entry["val_loss"]) for entry in curve),
        )
    )


def _keep(run: FitRun) -> None:
    """Save a checkpoint when the last one is old enough."""
    if run.checkpoint is not None and run.clock() - run.saved_s >= run.checkpoint_every_s:
        _save(run)


def _save(run: FitRun) -> None:
    assert run.checkpoint is not None
    now_s = run.clock()
    run.state.elapsed_s, run.started_s, run.saved_s = run.elapsed_s(), now_s, now_s
    optimizer = [variable.numpy() for variable in run.model.optimizer.variables]
    state = Checkpoint(run.state, run.model.get_weights(), optimizer)
    save_checkpoint(run.checkpoint, state, run=run.name)


def _resume(run: FitRun) -> bool:
    """Go on from the checkpoint, if there is one."""
    run.saved_s = run.clock() if run.checkpoint is not None else 0.0
    found = None if run.checkpoint is None else load_checkpoint(run.checkpoint, run=run.name)
    if found is None:
        return False
    try:
        run.model.set_weights(found.weights)
        for variable, value in zip(run.model.optimizer.variables, found.optimizer, strict=True):
            variable.assign(value)
    except ValueError as error:
        raise ForeignCheckpoint(
            f"{run.checkpoint} does not fit the network ({error}). Remove it to start anew."
        ) from error
    run.state = found.state
    return True
