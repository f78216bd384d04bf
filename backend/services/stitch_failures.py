"""FOVs that could not be stitched: the reason on the FOV, no endless trying, one more try for an admin."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit, reading, transaction
from backend.errors import Conflict, NotFound
from backend.models import Assignment, Fov, Job, Task
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.task import TaskState
from backend.services.context import Context

# After so many failures the sweep sends no more; what may pass by itself is sent for ever.
MOST_STITCH_ATTEMPTS = 3
_FINISHED = (TaskState.SUBMITTED, TaskState.SKIPPED, TaskState.APPROVED)


class Unstitched(NamedTuple):
    """An FOV in annotation of which a job has no task left to annotate; when the last one was closed."""

    job_id: int
    fov_id: int
    closed_at: datetime | None


def note_stitch_failure(context: Context, *, fov_id: int, message: str, may_pass: bool) -> None:
    """Record on the FOV why it could not be stitched, unless it waits for no stitching any more.

    Parameters
    ----------
    may_pass : bool
        Whether the fault may pass by itself, as when the storage does not answer.
    """
    with transaction(context.sessions) as session:
        fov = _lock(session, fov_id)
        if fov is None or fov.state is not FovState.ANNOTATING:
            return
        attempts = (fov.stitch_failure or {}).get("attempts", 0) + 1
        fov.stitch_failure = {
            "message": message,
            "at": context.clock.now().isoformat(),
            "attempts": attempts,
            "given_up": not may_pass and attempts >= MOST_STITCH_ATTEMPTS,
        }


def clear_stitch_failure(context: Context, *, fov_id: int) -> None:
    """Forget the failures of an FOV that is stitched now."""
    with reading(context.sessions) as session:
        fov = session.get(Fov, fov_id)
    if fov is None or fov.stitch_failure is None:
        return
    with transaction(context.sessions) as session:
        session.get_one(Fov, fov_id, with_for_update={"key_share": True}).stitch_failure = None


def request_stitch(session: Session, *, fov_id: int) -> Fov:
    """Have an FOV stitched once more, its failures forgotten.

    Raises
    ------
    NotFound
        When there is no such FOV.
    Conflict
        When it does not wait to be stitched.
    """
    fov = _lock(session, fov_id)
    if fov is None:
        raise NotFound(f"There is no FOV {fov_id}.")
    waiting = find_unstitched(session, fov_id=fov_id)
    if not waiting:
        raise Conflict(
            f"FOV {fov_id} is {fov.state.value} and does not wait to be stitched; that comes when its last"
            " task is submitted.",
            state=fov.state.value,
        )
    fov.stitch_failure = None
    session.flush()
    for found in waiting:
        enqueue_after_commit(session, "stitch_fov", job_id=found.job_id, fov_id=fov_id)
    return fov


def find_unstitched(session: Session, *, fov_id: int | None = None) -> Sequence[Unstitched]:
    """The FOVs that wait to be stitched, or the one given if it does."""
    n_unfinished = func.sum(case((Task.state.not_in(_FINISHED), 1), else_=0))
    found = (
        select(Task.job_id, Task.fov_id, func.max(Assignment.closed_at))
        .join(Job, Job.id == Task.job_id)
        .join(Fov, Fov.id == Task.fov_id)
        .outerjoin(Assignment, Assignment.task_id == Task.id)
        .where(Fov.state == FovState.ANNOTATING, Job.state == JobState.OPEN)
        .group_by(Task.job_id, Task.fov_id)
        .having(n_unfinished == 0)
    )
    if fov_id is not None:
        found = found.where(Task.fov_id == fov_id)
    return [Unstitched(*row) for row in session.execute(found)]


def is_given_up(fov: Fov) -> bool:
    """Whether the FOV failed so often that only an admin has it stitched again."""
    return bool(fov.stitch_failure and fov.stitch_failure["given_up"])


def _lock(session: Session, fov_id: int) -> Fov | None:
    return session.get(Fov, fov_id, with_for_update={"key_share": True}, populate_existing=True)
