"""Every move in the tables works, every other one raises and changes nothing."""

import enum
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.errors import WrongState
from backend.models import Task
from backend.models.task import TaskState
from backend.services import transitions
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker

Moves = Mapping[Any, frozenset[Any]]
TABLES: list[tuple[Callable[..., None], Moves]] = [
    (transitions.move_task, transitions.TASK_MOVES),
    (transitions.move_fov, transitions.FOV_MOVES),
    (transitions.move_assignment, transitions.ASSIGNMENT_MOVES),
    (transitions.move_job, transitions.JOB_MOVES),
    (transitions.move_run, transitions.RUN_MOVES),
    (transitions.move_box, transitions.BOX_MOVES),
]


def _pairs() -> Iterator[tuple[Callable[..., None], enum.StrEnum, enum.StrEnum, bool]]:
    for move, table in TABLES:
        for before, allowed in table.items():
            for after in type(before):
                yield move, before, after, after in allowed


@pytest.mark.parametrize(("move", "table"), TABLES)
def test_the_table_names_every_state(move: Callable[..., None], table: Moves) -> None:
    assert set(table) == set(type(next(iter(table))))


@pytest.mark.parametrize(("move", "before", "after", "allowed"), list(_pairs()))
def test_a_move_is_in_the_table_or_raises(
    move: Callable[..., None], before: enum.StrEnum, after: enum.StrEnum, allowed: bool
) -> None:
    row = SimpleNamespace(id=7, state=before)
    session = Session()
    if allowed:
        move(session, row, after)
        assert row.state is after
        return
    with pytest.raises(WrongState, match=f"7 is {before.value} and cannot become {after.value}") as caught:
        move(session, row, after)
    assert row.state is before
    assert caught.value.detail == {"id": 7, "state": before.value}


def test_the_message_says_what_may_come_next() -> None:
    task = Task(id=3, state=TaskState.ASSIGNED)
    with pytest.raises(WrongState) as caught:
        transitions.move_task(Session(), task, TaskState.APPROVED)
    assert caught.value.message == (
        "Task 3 is assigned and cannot become approved; after assigned comes ready, skipped, submitted."
        " Load the page again to see its present state."
    )


def test_a_move_is_written_at_once(begin: Transaction, make: Maker) -> None:
    make.open_job()
    with begin() as session:
        task = session.query(Task).first()
        assert task is not None
        transitions.move_task(session, task, TaskState.ASSIGNED)
        session.refresh(task)
        assert task.state is TaskState.ASSIGNED
