"""What a run tells while it works: progress for people, a heartbeat for the sweep, and whether to stop."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from backend.db import reading, transaction
from backend.errors import Conflict, NotFound
from backend.models import Run
from backend.models.run import RunKind, RunState
from backend.ports import TrainingStep
from backend.services.context import Context
from backend.services.transitions import move_run

HEARTBEAT_S = 15.0
# A run is dead when it has not been heard of for several heartbeats.
DEAD_AFTER_S = 120.0
_EVERY = timedelta(seconds=1)
_N_LOSSES = 500
log = structlog.get_logger(__name__)


class RunCancelled(Conflict):
    """Somebody cancelled the run while it worked."""


class Heartbeat:
    """Notes every few seconds, from a thread, that the run is alive; stops with the block or the process."""

    def __init__(self, context: Context, run_id: int, *, every_s: float = HEARTBEAT_S) -> None:
        self._context = context
        self._run_id = run_id
        self._every_s = every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{run_id}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._done.wait(self._every_s):
            # A database that is away for a moment must not end the sign of life of a run that goes on.
            with _tolerated(self._run_id):
                _store(self._context, self._run_id, heartbeat_at=self._context.clock.now())


@contextmanager
def _tolerated(run_id: int) -> Iterator[None]:
    """Go on when the database does not answer: what is told next says it all again."""
    try:
        yield
    except OperationalError as fault:
        log.warning("progress_not_told", run_id=run_id, reason=str(fault.orig))


class RunProgress:
    """Stores the progress of a run at most once a second, whatever the pace of the reports.

    `attempt` is the one that reports: when the run was given to another worker, it is to stop.
    """

    def __init__(self, context: Context, run_id: int, *, attempt: int | None = None) -> None:
        self.run_id = run_id
        self._context = context
        self._attempt = attempt
        self._looked_at: datetime | None = None
        self._stored_at: datetime | None = None
        self._stopped = False
        self._losses: dict[int, tuple[float, float]] = {}

    def enter(self, phase: str, message: str, *, fraction: float) -> None:
        """A new phase, stored at once; raises `RunCancelled` when the run was cancelled before it."""
        if self._was_cancelled():
            raise RunCancelled(f"Run {self.run_id} was cancelled: {message} did not begin.")
        self._put({"phase": phase, "message": message, "fraction": round(fraction, 3)})

    def step(self, step: TrainingStep) -> None:
        """One report of a training; `losses` keeps (epoch, loss, validation loss) of each epoch."""
        self._losses.update({epoch: (loss, val_loss) for epoch, loss, val_loss in step.curve})
        if step.val_loss is not None:
            self._losses.setdefault(step.epoch, (step.loss, step.val_loss))
        now = self._context.clock.now()
        if self._stored_at is not None and now - self._stored_at < _EVERY and step.done < 1:
            return
        with _tolerated(self.run_id):
            self._put(
                {
                    "phase": "training",
                    "message": f"{step.epoch} epochs done",
                    "fraction": round(0.1 + 0.75 * step.done, 3),
                    "epoch": step.epoch,
                    "loss": step.loss,
                    "val_loss": step.val_loss,
                    "eta_s": None if step.eta_s is None else round(step.eta_s, 1),
                }
            )

    def should_stop(self) -> bool:
        """Whether the run was cancelled; asks the database at most once a second."""
        now = self._context.clock.now()
        if self._looked_at is None or now - self._looked_at >= _EVERY:
            self._looked_at = now
            with _tolerated(self.run_id):
                self._stopped = self._was_cancelled()
        return self._stopped

    def _was_cancelled(self) -> bool:
        with reading(self._context.sessions) as session:
            run = session.get(Run, self.run_id)
        if run is None or run.state is not RunState.RUNNING:
            return True
        return self._attempt is not None and run.inputs.get("attempts") != self._attempt

    def _put(self, progress: dict[str, Any]) -> None:
        now = self._context.clock.now()
        self._stored_at = now
        losses = [[epoch, *values] for epoch, values in sorted(self._losses.items())]
        _store(
            self._context, self.run_id, progress={**progress, "losses": losses[-_N_LOSSES:]}, heartbeat_at=now
        )


def _store(context: Context, run_id: int, **values: Any) -> None:
    with transaction(context.sessions) as session:
        session.execute(update(Run).where(Run.id == run_id, Run.state == RunState.RUNNING).values(**values))


def is_heard_of(context: Context, run: Run) -> bool:
    """Whether the worker of a running run has given a sign of life lately."""
    if run.heartbeat_at is None:
        return False
    return (context.clock.now() - run.heartbeat_at).total_seconds() < DEAD_AFTER_S


@contextmanager
def reporting(context: Context, run_id: int, *, attempt: int | None = None) -> Iterator[RunProgress]:
    """A heartbeat around a block, and the progress it reports to."""
    with Heartbeat(context, run_id):
        yield RunProgress(context, run_id, attempt=attempt)


@contextmanager
def recorded_prediction(
    context: Context, *, project_id: int, inputs: Mapping[str, Any]
) -> Iterator[RunProgress]:
    """A prediction run around a block: begun with it, ended by it, failed when the block raises."""
    now = context.clock.now()
    with transaction(context.sessions) as session:
        run = Run(
            project_id=project_id,
            kind=RunKind.PREDICT,
            state=RunState.RUNNING,
            inputs=dict(inputs),
            progress={"phase": "predicting", "message": "loading the predictor", "fraction": 0.0},
            created_at=now,
            started_at=now,
            heartbeat_at=now,
        )
        session.add(run)
    try:
        with reporting(context, run.id) as progress:
            yield progress
    except BaseException as fault:
        end_run(context, run_id=run.id, state=RunState.FAILED, failure=str(fault) or type(fault).__name__)
        raise
    end_run(context, run_id=run.id, state=RunState.SUCCEEDED)


def end_run(
    context: Context,
    *,
    run_id: int,
    state: RunState,
    failure: str | None = None,
    outputs: Mapping[str, Any] | None = None,
    attempt: int | None = None,
) -> bool:
    """End a run that is alive; one that has ended (was cancelled, was given up) stays as it is.

    With `attempt` only that attempt of it ends it. Whether the run is over now.

    Raises
    ------
    NotFound
        When there is no such run.
    """
    with transaction(context.sessions) as session:
        run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        if run.state not in (RunState.QUEUED, RunState.RUNNING):
            return True
        if attempt is not None and run.inputs.get("attempts") != attempt:
            return False
        move_run(session, run, state)
        run.failure = failure
        run.finished_at = context.clock.now()
        run.inputs = {**run.inputs, **(outputs or {})}
        if state is RunState.SUCCEEDED:
            done = {"phase": "done", "message": "finished", "fraction": 1.0, "eta_s": 0.0}
            run.progress = {**run.progress, **done}
        return True
