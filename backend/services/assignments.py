"""Assignments: handing out tasks under a lease, and giving them back.

A task has one open assignment at a time. With a redundancy of n it becomes ready again until n different
annotators have submitted it; a task that a reviewer returned needs one submission more, from anybody.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from backend.db import reading, run_after_commit
from backend.errors import AssignmentClosed, NotFound, WrongState
from backend.models import Assignment, Fov, Job, Task, User
from backend.models.assignment import AssignmentState
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.task import TaskState
from backend.services.context import Context
from backend.services.crop_bases import CropBase, find_base, prepare_base, record_base
from backend.services.jobs import enqueue_if_complete, get_job
from backend.services.transitions import move_assignment, move_fov, move_job, move_task

_CLAIMABLE = (TaskState.READY, TaskState.RETURNED)


def claim_assignment(
    session: Session, context: Context, *, job_id: int, annotator_id: int
) -> Assignment | None:
    """Hand the annotator a task of the job: the one already held, else the next one, None when none is left.

    Call it before anything else in the session: it reads storage before it takes the database's lock.

    Raises
    ------
    NotFound
        When there is no such job or annotator.
    WrongState
        When the job is still being prepared, or failed.
    """
    prepared = _prepare_next(context, job_id=job_id, annotator_id=annotator_id)
    # One claim of an annotator at a time, or two windows would take two tasks.
    if session.get(User, annotator_id, with_for_update={"key_share": True}) is None:
        raise NotFound(f"There is no annotator {annotator_id}.")
    job = get_job(session, job_id=job_id)
    if job.state in (JobState.PREPARING, JobState.FAILED):
        raise WrongState(
            f"Job {job_id} is {job.state.value} and hands out no tasks; try again when it is open.",
            state=job.state.value,
        )
    held = session.scalar(_held_by(job_id, annotator_id).with_for_update(of=Assignment))
    if held is not None:
        renew_lease(context, held)
        session.flush()
        return held
    task = session.scalar(_next_task(job, annotator_id).with_for_update(of=Task, skip_locked=True))
    if task is None and expire_leases(session, context):
        task = session.scalar(_next_task(job, annotator_id).with_for_update(of=Task, skip_locked=True))
    if task is None:
        return None
    return _assign(session, context, job=job, task=task, annotator_id=annotator_id, prepared=prepared)


def get_assignment(
    session: Session,
    context: Context,
    *,
    assignment_id: int,
    annotator_id: int,
    job_id: int | None = None,
) -> Assignment:
    """The annotator's assignment, in the job when one is given; `NotFound` for everybody else's."""
    found = select(Assignment).where(Assignment.id == assignment_id, Assignment.annotator_id == annotator_id)
    if job_id is not None:
        found = found.join(Task, Task.id == Assignment.task_id).where(Task.job_id == job_id)
    assignment = session.scalar(found)
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id} of yours.")
    return assignment


def lock_assignment(session: Session, *, assignment_id: int, annotator_id: int) -> Assignment:
    """The annotator's assignment as it is now, kept from others until the end of the transaction."""
    assignment = session.scalar(
        select(Assignment)
        .where(Assignment.id == assignment_id, Assignment.annotator_id == annotator_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if assignment is None:
        raise NotFound(f"There is no assignment {assignment_id} of yours.")
    return assignment


def lock_open_assignment(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int
) -> Assignment:
    """As `lock_assignment`; raises `AssignmentClosed` unless it is open and its lease is alive."""
    assignment = lock_assignment(session, assignment_id=assignment_id, annotator_id=annotator_id)
    check_open(context, assignment)
    return assignment


def check_open(context: Context, assignment: Assignment) -> None:
    """Raise `AssignmentClosed` unless the assignment is open and its lease is alive."""
    state = assignment.state
    if state is AssignmentState.OPEN and assignment.lease_expires_at <= context.clock.now():
        state = AssignmentState.EXPIRED
    if state is not AssignmentState.OPEN:
        raise AssignmentClosed(
            f"Assignment {assignment.id} is {state.value} and takes no more changes; ask for the next task.",
            state=state.value,
            last_seq=assignment.last_seq,
        )


def renew_lease(context: Context, assignment: Assignment) -> None:
    """Let the lease run for `settings.lease_s` seconds from now."""
    assignment.lease_expires_at = context.clock.now() + timedelta(seconds=context.settings.lease_s)


def release_assignment(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int
) -> Assignment:
    """Give the task back for others to claim; doing it twice is no error."""
    assignment = lock_assignment(session, assignment_id=assignment_id, annotator_id=annotator_id)
    if assignment.state is AssignmentState.RELEASED:
        return assignment
    check_open(context, assignment)
    close_assignment(session, context, assignment, AssignmentState.RELEASED)
    move_task(session, session.get_one(Task, assignment.task_id), TaskState.READY)
    return assignment


def skip_assignment(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int
) -> Assignment:
    """Say that the crop cannot be annotated; doing it twice is no error.

    The task is skipped and its proposal goes into the stitch. A task that was submitted before stays
    submitted: nobody's work is thrown away by another's skipping.
    """
    assignment = lock_assignment(session, assignment_id=assignment_id, annotator_id=annotator_id)
    if assignment.state is AssignmentState.SKIPPED:
        return assignment
    check_open(context, assignment)
    close_assignment(session, context, assignment, AssignmentState.SKIPPED)
    task = session.get_one(Task, assignment.task_id)
    worked = count_submitted(session, task_id=task.id) > 0
    move_task(session, task, TaskState.SUBMITTED if worked else TaskState.SKIPPED)
    enqueue_if_complete(session, job_id=task.job_id, fov_id=task.fov_id)
    return assignment


def expire_leases(session: Session, context: Context) -> int:
    """Close every assignment whose lease has run out, make its task ready, and count them."""
    overdue = session.scalars(
        select(Assignment)
        .where(Assignment.state == AssignmentState.OPEN, Assignment.lease_expires_at <= context.clock.now())
        .order_by(Assignment.id)
        .with_for_update(skip_locked=True)
    ).all()
    for assignment in overdue:
        close_assignment(session, context, assignment, AssignmentState.EXPIRED)
        move_task(session, session.get_one(Task, assignment.task_id), TaskState.READY)
    return len(overdue)


def close_assignment(
    session: Session, context: Context, assignment: Assignment, state: AssignmentState
) -> None:
    """Move an open assignment to a closed state and forget its draft."""
    assignment.closed_at = context.clock.now()
    move_assignment(session, assignment, state)
    assignment_id = assignment.id
    run_after_commit(session, lambda: context.drafts.forget(assignment_id))


def count_submitted(session: Session, *, task_id: int) -> int:
    """How many assignments of the task were submitted."""
    return session.scalar(_n_submitted(task_id)) or 0


def _n_submitted(task_id: int | ColumnElement[int]) -> Select[int]:
    return select(func.count(Assignment.id)).where(
        Assignment.task_id == task_id, Assignment.state == AssignmentState.SUBMITTED
    )


def _held_by(job_id: int, annotator_id: int) -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Task, Task.id == Assignment.task_id)
        .where(
            Task.job_id == job_id,
            Assignment.annotator_id == annotator_id,
            Assignment.state == AssignmentState.OPEN,
        )
        .order_by(Assignment.id)
        .limit(1)
    )


def _next_task(job: Job, annotator_id: int) -> Select[Task]:
    """Ready tasks in the job's order, those that this annotator gave back last."""
    mine = exists().where(Assignment.task_id == Task.id, Assignment.annotator_id == annotator_id)
    given_back = mine.where(Assignment.state == AssignmentState.RELEASED)
    tasks = select(Task).where(Task.job_id == job.id, Task.state.in_(_CLAIMABLE))
    if job.redundancy > 1:
        submitted = mine.where(Assignment.state == AssignmentState.SUBMITTED)
        n_submitted = _n_submitted(Task.__table__.c.id).correlate(Task).scalar_subquery()
        tasks = tasks.where(or_(~submitted, n_submitted >= job.redundancy))
    return tasks.order_by(given_back, Task.position, Task.id).limit(1)


def _prepare_next(context: Context, *, job_id: int, annotator_id: int) -> CropBase | None:
    """Store the crop of the task that is likely to come next; another claim may take that task first."""
    with reading(context.sessions) as session:
        job = get_job(session, job_id=job_id)
        if session.scalar(_held_by(job_id, annotator_id)) is not None:
            return None
        task = session.scalar(_next_task(job, annotator_id))
        if task is None or find_base(session, task, worked=_is_worked(session, job, task)) is not None:
            return None
        return prepare_base(session, context, task)


def _is_worked(session: Session, job: Job, task: Task) -> bool:
    return count_submitted(session, task_id=task.id) >= job.redundancy


def _assign(
    session: Session,
    context: Context,
    *,
    job: Job,
    task: Task,
    annotator_id: int,
    prepared: CropBase | None,
) -> Assignment:
    base = find_base(session, task, worked=_is_worked(session, job, task))
    if base is None:
        if prepared is None or prepared.task_id != task.id:
            prepared = prepare_base(session, context, task)
        base = record_base(session, context, task, prepared)
    _reopen(session, job, task)
    move_task(session, task, TaskState.ASSIGNED)
    now = context.clock.now()
    assignment = Assignment(
        task_id=task.id,
        annotator_id=annotator_id,
        state=AssignmentState.OPEN,
        base_revision_id=base.id,
        base_seq=0,
        last_seq=0,
        lease_expires_at=now,
        created_at=now,
    )
    renew_lease(context, assignment)
    session.add(assignment)
    session.flush()
    return assignment


def _reopen(session: Session, job: Job, task: Task) -> None:
    """Work on a returned task opens its FOV, and its job, again."""
    if task.state is TaskState.RETURNED:
        fov = session.get_one(Fov, task.fov_id, with_for_update={"key_share": True}, populate_existing=True)
        if fov.state is FovState.RETURNED:
            move_fov(session, fov, FovState.ANNOTATING)
    if job.state is JobState.DONE:
        move_job(session, job, JobState.OPEN)
