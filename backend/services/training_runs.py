"""Training runs: asked for, carried out one at a time, cancelled, and started by themselves."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit, reading, transaction
from backend.errors import Conflict, CytoloopError, NotFound, StorageError
from backend.models import DatasetVersion, Fov, Project, Revision, Run
from backend.models.fov import FovState
from backend.models.run import RunKind, RunState
from backend.ports import MissingObject, TrainingCancelled, TrainingLimits
from backend.services.context import Context
from backend.services.datasets import freeze_dataset
from backend.services.model_versions import find_model_of_run, get_model_version, store_model_version
from backend.services.projects import ProjectSettings, check_training_start, get_project
from backend.services.promotions import decide_promotion
from backend.services.run_progress import RunCancelled, RunProgress, end_run, is_heard_of, reporting
from backend.services.run_scratch import RunScratch, open_scratch
from backend.services.transitions import move_run
from pipeline.errors import PipelineError

ALIVE = (RunState.QUEUED, RunState.RUNNING)
log = structlog.get_logger(__name__)


def request_training(
    session: Session, context: Context, *, project_id: int, start_from: str | None = None
) -> Run:
    """Queue a training run of the project.

    `start_from` is what it begins with, one of `TRAINING_STARTS`; None is what the project says.

    Raises
    ------
    NotFound
        When there is no such project.
    InvalidInput
        When a training cannot begin with that.
    Conflict
        When a training run is alive, of this project or of another: one runs at a time.
    """
    project = get_project(session, project_id=project_id)
    start_from = start_from or ProjectSettings.from_dict(project.settings).train_from
    check_training_start(start_from)
    run = Run(
        project_id=project_id,
        kind=RunKind.TRAIN,
        state=RunState.QUEUED,
        inputs={"attempts": 0, "start_from": start_from},
        progress={"phase": "queued", "message": "waiting for a worker", "fraction": 0.0},
        created_at=context.clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        alive = _alive_run(session)
        raise Conflict(
            f"A training run is at work already ({_described(alive)}); wait for its end or cancel it.",
            run_id=alive.id if alive is not None else None,
        ) from None
    enqueue_after_commit(session, "train", run_id=run.id)
    return run


def _alive_run(session: Session) -> Run | None:
    return session.scalars(
        select(Run).where(Run.kind == RunKind.TRAIN, Run.state.in_(ALIVE)).limit(1)
    ).first()


def _described(run: Run | None) -> str:
    return "one that just started" if run is None else f"run {run.id} of project {run.project_id}"


def get_run(session: Session, *, run_id: int) -> Run:
    """The run of this id, or `NotFound`."""
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return run


def list_runs(session: Session, *, project_id: int) -> Sequence[Run]:
    """The project's runs, the latest first."""
    return session.scalars(select(Run).where(Run.project_id == project_id).order_by(Run.id.desc())).all()


def cancel_run(session: Session, context: Context, *, run_id: int) -> Run:
    """Stop a run that is alive; training notices within a second. Raises `WrongState` when it has ended."""
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    move_run(session, run, RunState.CANCELLED)
    run.finished_at = context.clock.now()
    return run


def consider_retraining(context: Context, *, project_id: int) -> int | None:
    """Start a training run when enough cells were accepted since the last one; the run's id, or None."""
    with transaction(context.sessions, context.queue.send) as session:
        project = get_project(session, project_id=project_id)
        needed = ProjectSettings.from_dict(project.settings).retrain_min_new_cells
        n_new = count_new_cells(session, project_id=project_id)
        alive = _alive_run(session)
        if n_new < needed or alive is not None:
            log.info("no_retraining", project_id=project_id, n_new_cells=n_new, needed=needed)
            return None
        return request_training(session, context, project_id=project_id).id


def consider_every_project(context: Context) -> list[int]:
    """`consider_retraining` for each project; the ids of the runs that were started."""
    with reading(context.sessions) as session:
        project_ids = session.scalars(select(Project.id).order_by(Project.id)).all()
    started = (consider_retraining(context, project_id=project_id) for project_id in project_ids)
    return [run_id for run_id in started if run_id is not None]


def count_new_cells(session: Session, *, project_id: int) -> int:
    """Accepted instances (of the compartment that has more) in FOVs accepted since the last run began."""
    last = session.scalar(
        select(func.max(Run.created_at)).where(
            Run.project_id == project_id, Run.kind == RunKind.TRAIN, Run.state != RunState.CANCELLED
        )
    )
    query = (
        select(Revision.counts)
        .join(Fov, Fov.current_revision_id == Revision.id)
        .where(Fov.project_id == project_id, Fov.state == FovState.ACCEPTED)
    )
    if last is not None:
        query = query.where(Fov.accepted_at > last)
    return sum(max(counts.values(), default=0) for counts in session.scalars(query))


def run_training(context: Context, *, run_id: int) -> None:
    """Carry out a queued training run: dataset version, training, evaluation, model version, promotion.

    Each step is kept when it is done, so a run that a lost worker left is taken up behind its last step.
    A failure that can be explained ends the run as failed, with the reason; the current predictor stays.

    Raises
    ------
    StorageError
        When the storage does not answer: the run is queued again, and what was trained is kept.
    """
    attempt = _take_run(context, run_id)
    if attempt is None:
        return
    scratch = open_scratch(context, run_id=run_id)
    ended: dict[str, Any]
    try:
        with reporting(context, run_id, attempt=attempt) as progress:
            model_version_id = _train(context, run_id, progress, scratch)
            progress.enter("deciding", "comparing with the current predictor", fraction=0.95)
            decide_promotion(context, model_version_id=model_version_id)
        ended = {"state": RunState.SUCCEEDED, "outputs": {"model_version_id": model_version_id}}
    except (RunCancelled, TrainingCancelled):
        # Cancelled by somebody, or given to another worker, which goes on with what is kept.
        log.info("run_left", run_id=run_id, attempt=attempt)
        if not _is_alive(context, run_id):
            scratch.discard()
        return
    except (CytoloopError, PipelineError) as fault:
        if isinstance(fault, StorageError) and not isinstance(fault, MissingObject):
            _put_back(context, run_id, attempt=attempt)
            raise
        log.warning("run_failed", run_id=run_id, reason=str(fault))
        ended = {"state": RunState.FAILED, "failure": str(fault)}
    if end_run(context, run_id=run_id, attempt=attempt, **ended):
        scratch.discard()


def _take_run(context: Context, run_id: int) -> int | None:
    """The number of this attempt, when this process is to carry out the run: it was queued, or who ran it
    has not been heard of.
    """
    now = context.clock.now()
    with transaction(context.sessions) as session:
        run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
        if run is None or run.state not in ALIVE:
            return None
        if run.state is RunState.RUNNING:
            if is_heard_of(context, run):
                return None
        else:
            move_run(session, run, RunState.RUNNING)
        run.started_at = run.started_at or now
        run.heartbeat_at = now
        attempt = int(run.inputs.get("attempts", 0)) + 1
        run.inputs = {**run.inputs, "attempts": attempt}
        return attempt


def _put_back(context: Context, run_id: int, *, attempt: int) -> None:
    """Queue the run again: its worker is well, so that this attempt counts for none that was lost."""
    with transaction(context.sessions) as session:
        run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
        if run is not None and run.state is RunState.RUNNING and run.inputs["attempts"] == attempt:
            move_run(session, run, RunState.QUEUED)
            run.inputs = {**run.inputs, "put_back": run.inputs.get("put_back", 0) + 1}


def _is_alive(context: Context, run_id: int) -> bool:
    with reading(context.sessions) as session:
        return get_run(session, run_id=run_id).state in ALIVE


def _train(context: Context, run_id: int, progress: RunProgress, scratch: RunScratch) -> int:
    """The model version of the run, trained unless an earlier attempt left it."""
    with reading(context.sessions) as session:
        run = get_run(session, run_id=run_id)
        project_id, inputs = run.project_id, run.inputs
        kept = find_model_of_run(session, run_id=run_id)
    if kept is not None:
        return kept.id
    dataset_version_id = inputs.get("dataset_version_id")
    if dataset_version_id is None:
        progress.enter("freezing", "building the dataset version", fraction=0.0)
        dataset_version_id = freeze_dataset(context, project_id=project_id)
        _note_input(context, run_id, dataset_version_id=dataset_version_id)
    return _train_on(
        context, run_id, dataset_version_id=dataset_version_id, progress=progress, scratch=scratch
    )


def _train_on(
    context: Context, run_id: int, *, dataset_version_id: int, progress: RunProgress, scratch: RunScratch
) -> int:
    if context.trainer is None:
        raise Conflict("This process cannot train; the work `train` belongs to a worker.")
    with reading(context.sessions) as session:
        prefix = session.get_one(DatasetVersion, dataset_version_id).storage_prefix
    progress.enter("training", "reading the dataset version", fraction=0.05)
    settings = context.settings
    with context.storage.local_copy(prefix) as dataset, _start(context, run_id) as start:
        limits = TrainingLimits(
            epochs=settings.train_epochs or None,
            minutes=settings.train_minutes,
            seed=0,
            start=start,
            checkpoint=scratch.checkpoint,
        )
        trained = context.trainer.train(
            dataset,
            scratch.model,
            limits=limits,
            progress=progress.step,
            should_stop=progress.should_stop,
        )
        progress.enter("storing", "storing the model version", fraction=0.9)
        return store_model_version(
            context,
            trained,
            folder=scratch.model,
            run_id=run_id,
            dataset_version_id=dataset_version_id,
        )


@contextmanager
def _start(context: Context, run_id: int) -> Iterator[str | Path]:
    """What the run begins with, in the words of `TrainingLimits`: noted once, so that a second try agrees."""
    with reading(context.sessions) as session:
        run = get_run(session, run_id=run_id)
        start_from = run.inputs.get("start_from", "default")
        base_id = run.inputs.get("base_model_version_id")
        if start_from == "current" and base_id is None:
            base_id = get_project(session, project_id=run.project_id).current_model_id
    if start_from != "current" or base_id is None:
        yield "default" if start_from == "current" else start_from
        return
    _note_input(context, run_id, base_model_version_id=base_id)
    with reading(context.sessions) as session:
        prefix = get_model_version(session, model_version_id=base_id).storage_prefix
    with context.storage.local_copy(prefix) as folder:
        yield folder


def _note_input(context: Context, run_id: int, **values: int) -> None:
    with transaction(context.sessions) as session:
        run = session.get_one(Run, run_id, with_for_update=True)
        run.inputs = {**run.inputs, **values}
