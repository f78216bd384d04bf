"""What was lost is found again: leases that ran out, work that never came, objects without a row."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit, reading, transaction
from backend.models import BoxPrediction, DatasetVersion, Fov, Job, ModelVersion, Revision, Run
from backend.models.job import JobState
from backend.models.run import RunKind, RunState
from backend.services.assignments import expire_leases
from backend.services.box_predictions import sweep_boxes
from backend.services.context import Context
from backend.services.jobs import fail_job
from backend.services.predictions import is_being_predicted
from backend.services.promotion_requests import find_requests
from backend.services.run_progress import is_heard_of
from backend.services.stitch_failures import find_unstitched, is_given_up
from backend.services.storage_prefixes import prefix_moment
from backend.services.transitions import move_run

# Work that was sent is given this long before it is sent again, and then as long again.
RESEND_AFTER_S = 300.0
MOST_ATTEMPTS = 3
ORPHAN_AFTER = timedelta(days=1)
_OWNERS: dict[str, Any] = {
    "fovs": Fov.storage_prefix,
    "revisions": Revision.storage_prefix,
    "datasets": DatasetVersion.storage_prefix,
    "models": ModelVersion.storage_prefix,
    "predictions": BoxPrediction.storage_prefix,
}
_BATCH = 200
log = structlog.get_logger(__name__)


def sweep(context: Context) -> dict[str, int]:
    """Send lost work again and close what nobody holds any more; how many of each there were.

    Everything it sends is idempotent, so that sending too much costs time and nothing else.
    """
    with transaction(context.sessions, context.queue.send) as session:
        found = {
            "leases": expire_leases(session, context),
            "lost_runs": _take_back_runs(session, context),
            "queued_runs": _resend_queued_runs(session, context),
            "preparing_jobs": _resend_preparing_jobs(session, context),
            "unstitched_fovs": _resend_unstitched(session, context),
            "undecided_promotions": _resend_promotions(session, context),
            **sweep_boxes(session, context),
        }
    if any(found.values()):
        log.info("swept", **found)
    return found


def _is_due(context: Context, since: datetime) -> bool:
    """Whether work sent at that moment is to be sent again in this sweep: once per `RESEND_AFTER_S`."""
    age_s = (context.clock.now() - since).total_seconds()
    before_s = age_s - context.settings.sweep_every_s
    return age_s >= RESEND_AFTER_S and age_s // RESEND_AFTER_S > before_s // RESEND_AFTER_S


def _take_back_runs(session: Session, context: Context) -> int:
    """Runs whose worker has not been heard of are tried again, a few times, then given up."""
    running = session.scalars(
        select(Run).where(Run.state == RunState.RUNNING).with_for_update(skip_locked=True)
    )
    lost = [run for run in running if not is_heard_of(context, run)]
    for run in lost:
        if run.kind is RunKind.TRAIN:
            _take_back_training(session, context, run)
        else:
            _take_back_prediction(session, context, run)
    return len(lost)


def _take_back_training(session: Session, context: Context, run: Run) -> None:
    attempts = int(run.inputs.get("attempts", 1)) - int(run.inputs.get("put_back", 0))
    if attempts >= MOST_ATTEMPTS:
        _give_up(session, context, run, attempts=attempts)
        return
    move_run(session, run, RunState.QUEUED)
    enqueue_after_commit(session, "train", run_id=run.id)


def _take_back_prediction(session: Session, context: Context, run: Run) -> None:
    job = session.get(Job, run.inputs.get("job_id"))
    runs = session.scalars(select(Run).where(Run.project_id == run.project_id, Run.kind == RunKind.PREDICT))
    attempts = sum(other.inputs.get("job_id") == run.inputs.get("job_id") for other in runs)
    _give_up(session, context, run, attempts=attempts)
    if job is None or job.state is not JobState.PREPARING:
        return
    if attempts < MOST_ATTEMPTS:
        enqueue_after_commit(session, "prepare_job", job_id=job.id)
    else:
        fail_job(session, job_id=job.id, reason=run.failure or "")


def _give_up(session: Session, context: Context, run: Run, *, attempts: int) -> None:
    move_run(session, run, RunState.FAILED)
    run.finished_at = context.clock.now()
    times = "once" if attempts == 1 else f"{attempts} times"
    run.failure = (
        f"The worker was lost {times}, and last heard of at {run.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC. Look at"
        " its log and its memory, then start the work again."
    )


def _resend_queued_runs(session: Session, context: Context) -> int:
    queued = session.scalars(select(Run).where(Run.kind == RunKind.TRAIN, Run.state == RunState.QUEUED))
    due = [run.id for run in queued if _is_due(context, run.created_at)]
    for run_id in due:
        enqueue_after_commit(session, "train", run_id=run_id)
    return len(due)


def _resend_preparing_jobs(session: Session, context: Context) -> int:
    """Jobs that wait for proposals and on which no worker is heard of."""
    preparing = session.scalars(select(Job).where(Job.state == JobState.PREPARING))
    due = [
        job.id
        for job in preparing
        if _is_due(context, job.created_at) and not is_being_predicted(session, context, job_id=job.id)
    ]
    for job_id in due:
        enqueue_after_commit(session, "prepare_job", job_id=job_id)
    return len(due)


def _resend_unstitched(session: Session, context: Context) -> int:
    """FOVs of which a job has no task left to annotate, but for those that failed too often."""
    due = [
        found
        for found in find_unstitched(session)
        if found.closed_at
        and _is_due(context, found.closed_at)
        and not is_given_up(session.get_one(Fov, found.fov_id))
    ]
    for found in due:
        enqueue_after_commit(session, "stitch_fov", job_id=found.job_id, fov_id=found.fov_id)
    return len(due)


def _resend_promotions(session: Session, context: Context) -> int:
    """Decisions that were asked for and not made, but for those that were tried too often."""
    due = [found for found in find_requests(session) if _is_due(context, found.asked_at)]
    for found in due:
        enqueue_after_commit(session, "decide_promotion", model_version_id=found.model_version_id)
    return len(due)


def sweep_storage(context: Context) -> int:
    """Remove what a killed process left: prefixes older than a day that no row names; how many."""
    removed = 0
    for kind, column in _OWNERS.items():
        for batch in _batches(list(_old_prefixes(context, kind))):
            with reading(context.sessions) as session:
                owned = set(session.scalars(select(column).where(column.in_(batch))))
            for prefix in (prefix for prefix in batch if prefix not in owned):
                log.warning("orphan_removed", prefix=prefix)
                context.storage.delete_prefix(prefix)
                removed += 1
    return removed


def _old_prefixes(context: Context, kind: str) -> Iterator[str]:
    oldest = context.clock.now() - ORPHAN_AFTER
    for name in context.storage.list_folder(kind):
        made_at = prefix_moment(name)
        if made_at is not None and made_at < oldest:
            yield f"{kind}/{name}"


def _batches(prefixes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(prefixes), _BATCH):
        yield prefixes[start : start + _BATCH]
