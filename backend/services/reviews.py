"""An expert's decision on an FOV, and what it is based on: findings and the stitch report."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit
from backend.errors import Conflict, InvalidInput, NotAllowed, NotFound
from backend.models import Finding, Fov, Job, Review, Revision, Task, User
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.review import Decision
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.models.user import Role
from backend.services.context import Context
from backend.services.transitions import move_fov, move_job, move_task

_SEVERITIES = ("error", "warning", "info")
_LONGEST_NOTES = 20_000


def review_fov(
    session: Session,
    context: Context,
    *,
    fov_id: int,
    reviewer_id: int,
    decision: Decision,
    revision_id: int,
    notes: str = "",
) -> Review:
    """Accept the stitched labels of an FOV, or return them to the annotators.

    Accepting approves the tasks and makes the project look whether it is time to retrain; returning makes
    the submitted tasks claimable again. Repeating the last decision on the same revision gives it back,
    unless the revision waits for a decision once more.

    Raises
    ------
    NotFound
        When there is no such FOV.
    NotAllowed
        When the user is no reviewer or admin.
    Conflict
        When the FOV has other labels than the ones that were looked at.
    WrongState
        When the FOV is not stitched.
    """
    _check_reviewer(session, reviewer_id)
    if len(notes) > _LONGEST_NOTES:
        raise InvalidInput(f"The notes have {len(notes)} characters; {_LONGEST_NOTES} are the most.")
    fov = session.get(Fov, fov_id, with_for_update=True, populate_existing=True)
    if fov is None:
        raise NotFound(f"There is no FOV {fov_id}.")
    before = _last_review(session, fov_id) if fov.state is not FovState.STITCHED else None
    if before is not None and (before.revision_id, before.decision) == (revision_id, decision):
        return before
    if fov.current_revision_id != revision_id:
        raise Conflict(
            f"FOV {fov.name!r} has other labels now (revision {fov.current_revision_id}, not {revision_id});"
            " load it again and decide on those.",
            revision_id=fov.current_revision_id,
        )
    if decision is Decision.ACCEPTED:
        _accept(session, context, fov)
    else:
        _return(session, fov)
    review = Review(
        fov_id=fov_id,
        revision_id=revision_id,
        reviewer_id=reviewer_id,
        decision=decision,
        notes=notes,
        created_at=context.clock.now(),
    )
    session.add(review)
    session.flush()
    return review


def _check_reviewer(session: Session, user_id: int) -> None:
    user = session.get(User, user_id)
    if user is None or user.role not in (Role.REVIEWER, Role.ADMIN):
        raise NotAllowed("Only a reviewer or an admin decides on an FOV; sign in as one.")


def _last_review(session: Session, fov_id: int) -> Review | None:
    return session.scalars(
        select(Review).where(Review.fov_id == fov_id).order_by(Review.id.desc()).limit(1)
    ).first()


def _accept(session: Session, context: Context, fov: Fov) -> None:
    move_fov(session, fov, FovState.ACCEPTED)
    fov.accepted_at = context.clock.now()
    job = _stitched_job(session, fov)
    if job is not None:
        _move_tasks(session, fov, job, TaskState.APPROVED)
        _close_job(session, job)
    enqueue_after_commit(session, "consider_retraining", project_id=fov.project_id)


def _return(session: Session, fov: Fov) -> None:
    move_fov(session, fov, FovState.RETURNED)
    job = _stitched_job(session, fov)
    if job is None or not _move_tasks(session, fov, job, TaskState.RETURNED):
        raise Conflict(
            f"FOV {fov.name!r} has no submitted crops that could go back to annotators: all were skipped, and"
            " a skipped crop is not handed out again. To have it annotated, accept it, then launch a new job"
            " on it at once: trainings take it with these labels until that job is open.",
        )
    _lock_job(session, job)
    if job.state is JobState.DONE:
        move_job(session, job, JobState.OPEN)


def _stitched_job(session: Session, fov: Fov) -> Job | None:
    """The job whose crops the current labels were stitched from; its report names it."""
    revision = session.get(Revision, fov.current_revision_id) if fov.current_revision_id else None
    job_id = revision.report.get("job_id") if revision is not None else None
    return session.get(Job, job_id) if job_id is not None else None


def _move_tasks(session: Session, fov: Fov, job: Job, state: TaskState) -> int:
    tasks = session.scalars(
        select(Task).where(Task.job_id == job.id, Task.fov_id == fov.id, Task.state == TaskState.SUBMITTED)
    ).all()
    for task in tasks:
        move_task(session, task, state)
    return len(tasks)


def _lock_job(session: Session, job: Job) -> None:
    """Keep the job from others and read it as it is now; after the FOV and its tasks, as a claim does."""
    session.refresh(job, with_for_update={"key_share": True})


def _close_job(session: Session, job: Job) -> None:
    # Locked, or of two who accept the last two FOVs at once neither would see the other's tasks approved.
    _lock_job(session, job)
    open_tasks = session.scalar(
        select(func.count())
        .select_from(Task)
        .where(Task.job_id == job.id, Task.state.not_in([TaskState.APPROVED, TaskState.SKIPPED]))
    )
    if not open_tasks and job.state is JobState.OPEN:
        move_job(session, job, JobState.DONE)


def list_findings(session: Session, *, fov_id: int) -> Sequence[Finding]:
    """The QC findings of the FOV's present labels, the gravest first."""
    fov = session.get(Fov, fov_id)
    if fov is None:
        raise NotFound(f"There is no FOV {fov_id}.")
    findings = session.scalars(
        select(Finding).where(Finding.revision_id == fov.current_revision_id).order_by(Finding.id)
    )
    return sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity))


def get_stitch_report(session: Session, *, fov_id: int) -> Mapping[str, Any]:
    """What the last stitching of the FOV did: merges, conflicts and where; raises `NotFound`."""
    revision = session.scalars(
        select(Revision)
        .where(Revision.fov_id == fov_id, Revision.source == RevisionSource.STITCH)
        .order_by(Revision.id.desc())
        .limit(1)
    ).first()
    if revision is None:
        raise NotFound(f"FOV {fov_id} has not been stitched yet.")
    return {"revision_id": revision.id, **revision.report}


def list_reviews(session: Session, *, fov_id: int) -> Sequence[Review]:
    """Every decision on the FOV, the latest first."""
    return session.scalars(select(Review).where(Review.fov_id == fov_id).order_by(Review.id.desc())).all()
