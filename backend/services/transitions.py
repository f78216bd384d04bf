"""Which state may follow which: the one table, and the one function per table that changes a state."""

import enum
from collections.abc import Mapping
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from backend.errors import WrongState
from backend.models import Assignment, BoxPrediction, Fov, Job, Run, Task
from backend.models.assignment import AssignmentState
from backend.models.box_prediction import BoxState
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.run import RunState
from backend.models.task import TaskState

State = TypeVar("State", bound=enum.StrEnum)


class _Stateful(Protocol[State]):
    id: int
    state: State


TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.READY: frozenset({TaskState.ASSIGNED}),
    # Back to ready: the lease was lost or released, or the job wants the task from another annotator too.
    TaskState.ASSIGNED: frozenset({TaskState.READY, TaskState.SUBMITTED, TaskState.SKIPPED}),
    TaskState.SUBMITTED: frozenset({TaskState.APPROVED, TaskState.RETURNED}),
    TaskState.RETURNED: frozenset({TaskState.ASSIGNED}),
    TaskState.APPROVED: frozenset(),
    TaskState.SKIPPED: frozenset(),
}
FOV_MOVES: Mapping[FovState, frozenset[FovState]] = {
    FovState.INGESTED: frozenset({FovState.PROPOSED}),
    FovState.PROPOSED: frozenset({FovState.ANNOTATING}),
    FovState.ANNOTATING: frozenset({FovState.STITCHED}),
    FovState.STITCHED: frozenset({FovState.ACCEPTED, FovState.RETURNED}),
    FovState.RETURNED: frozenset({FovState.ANNOTATING}),
    FovState.ACCEPTED: frozenset({FovState.ANNOTATING}),
}
ASSIGNMENT_MOVES: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.OPEN: frozenset(
        {
            AssignmentState.SUBMITTED,
            AssignmentState.RELEASED,
            AssignmentState.EXPIRED,
            AssignmentState.SKIPPED,
        }
    ),
    AssignmentState.SUBMITTED: frozenset(),
    AssignmentState.RELEASED: frozenset(),
    AssignmentState.EXPIRED: frozenset(),
    AssignmentState.SKIPPED: frozenset(),
}
JOB_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.PREPARING: frozenset({JobState.OPEN, JobState.FAILED}),
    JobState.OPEN: frozenset({JobState.DONE}),
    # A returned FOV opens its job again.
    JobState.DONE: frozenset({JobState.OPEN}),
    JobState.FAILED: frozenset(),
}
RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    # Back to queued: the worker was lost and the sweep sends the run again.
    RunState.RUNNING: frozenset({RunState.QUEUED, RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED}),
    RunState.SUCCEEDED: frozenset(),
    RunState.FAILED: frozenset(),
    RunState.CANCELLED: frozenset(),
}
BOX_MOVES: Mapping[BoxState, frozenset[BoxState]] = {
    BoxState.QUEUED: frozenset({BoxState.RUNNING, BoxState.FAILED}),
    # From running to running: the worker was lost, or the storage did not answer, and the work came again.
    BoxState.RUNNING: frozenset({BoxState.RUNNING, BoxState.DONE, BoxState.FAILED}),
    BoxState.DONE: frozenset(),
    BoxState.FAILED: frozenset(),
}


def move_task(session: Session, task: Task, state: TaskState) -> None:
    """Move a task to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, task, state, TASK_MOVES)


def move_fov(session: Session, fov: Fov, state: FovState) -> None:
    """Move an FOV to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, fov, state, FOV_MOVES)


def move_assignment(session: Session, assignment: Assignment, state: AssignmentState) -> None:
    """Move an assignment to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, assignment, state, ASSIGNMENT_MOVES)


def move_job(session: Session, job: Job, state: JobState) -> None:
    """Move a job to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, job, state, JOB_MOVES)


def move_run(session: Session, run: Run, state: RunState) -> None:
    """Move a run to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, run, state, RUN_MOVES)


def move_box(session: Session, box: BoxPrediction, state: BoxState) -> None:
    """Move a prediction in a box to a state, or raise `WrongState` when the table does not hold the move."""
    _move(session, box, state, BOX_MOVES)


def _move(
    session: Session, row: _Stateful[State], state: State, moves: Mapping[State, frozenset[State]]
) -> None:
    if state not in moves[row.state]:
        name = type(row).__name__
        allowed = ", ".join(sorted(moves[row.state])) or "nothing"
        raise WrongState(
            f"{name} {row.id} is {row.state.value} and cannot become {state.value}; after"
            f" {row.state.value} comes {allowed}. Load the page again to see its present state.",
            id=row.id,
            state=row.state.value,
        )
    row.state = state
    session.flush()
