"""What the tables promise whatever the code above them does."""

from typing import Any

import pytest
from sqlalchemy import insert, literal_column, update
from sqlalchemy.exc import IntegrityError

from backend.db import Base, transaction
from backend.models import Assignment, Edit, Run, Task
from backend.models.model_version import ModelVersion
from backend.services.context import Context
from tests.backend.factories import Maker


def _refused(context: Context, statement: Any) -> None:
    with pytest.raises(IntegrityError), transaction(context.sessions) as session:
        session.execute(statement)


def test_a_task_has_one_open_assignment(context: Context, make: Maker) -> None:
    held = make.claim(make.open_job(), make.user())
    columns = {key: getattr(held, key) for key in Assignment.__table__.columns.keys() if key != "id"}  # noqa: SIM118
    second = {**columns, "annotator_id": make.user()}
    _refused(context, insert(Assignment).values(second))
    with transaction(context.sessions) as session:
        session.execute(insert(Assignment).values({**second, "state": "released"}))


def test_an_edit_is_held_once(context: Context, make: Maker) -> None:
    held = make.claim(make.open_job(), make.user())
    now = context.clock.now()
    edit = {
        "assignment_id": held.id,
        "seq": 1,
        "tool": "brush",
        "diff": b"",
        "checksum": 2**32 - 1,
        "n_px": 1,
        "active_s": 0.0,
        "client_at": now,
        "received_at": now,
    }
    with transaction(context.sessions) as session:
        session.execute(insert(Edit).values(edit))
    _refused(context, insert(Edit).values(edit))


def test_one_training_run_is_alive_at_a_time(context: Context, make: Maker) -> None:
    run = {
        "project_id": make.project(),
        "kind": "train",
        "state": "queued",
        "inputs": {},
        "progress": {},
        "created_at": context.clock.now(),
    }
    with transaction(context.sessions) as session:
        session.execute(insert(Run).values(run))
        session.execute(insert(Run).values({**run, "state": "failed"}))
        session.execute(insert(Run).values({**run, "kind": "predict"}))
    _refused(context, insert(Run).values({**run, "state": "running"}))


def test_nothing_that_is_referred_to_can_be_deleted(context: Context, make: Maker) -> None:
    held = make.claim(make.open_job(), make.user())
    for table in ("tasks", "users", "revisions", "fovs", "jobs", "projects"):
        _refused(context, Base.metadata.tables[table].delete())
    assert held.id


def test_states_are_those_of_the_models(context: Context, make: Maker) -> None:
    make.open_job()
    tasks = Task.__table__
    _refused(context, update(tasks).values({tasks.c.state: literal_column("'lost'")}))


def test_a_model_version_has_a_name_people_say() -> None:
    assert ModelVersion(kind="unet", number=3).name == "unet-3"
