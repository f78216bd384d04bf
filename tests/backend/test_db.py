"""Transactions: effects follow the commit, readers wait for nobody, moments are aware and UTC."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from backend.db import enqueue_after_commit, reading, run_after_commit, transaction
from backend.errors import QueueError
from backend.models import Project
from backend.services.context import Context
from tests.backend.factories import Maker


def test_messages_go_out_after_the_commit_and_in_order(context: Context, make: Maker) -> None:
    project_id = make.project()
    seen: list[object] = []

    def send(name: str, **ids: int) -> None:
        with reading(context.sessions) as session:
            seen.append((name, ids, session.get_one(Project, project_id).name))

    with transaction(context.sessions, send) as session:
        session.get_one(Project, project_id).name = "renamed"
        enqueue_after_commit(session, "train", run_id=1)
        run_after_commit(session, lambda: seen.append("action"))
        enqueue_after_commit(session, "sweep")
        assert seen == []
    assert seen == ["action", ("train", {"run_id": 1}, "renamed"), ("sweep", {}, "renamed")]


def test_a_rollback_forgets_messages_and_changes(context: Context, make: Maker) -> None:
    project_id = make.project()
    seen: list[object] = []

    def fail() -> None:
        with transaction(context.sessions, lambda name, **ids: seen.append(name)) as session:
            session.get_one(Project, project_id).name = "renamed"
            enqueue_after_commit(session, "train", run_id=1)
            run_after_commit(session, lambda: seen.append("action"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert seen == []
    with reading(context.sessions) as session:
        assert session.get_one(Project, project_id).name != "renamed"


def test_a_message_that_the_queue_does_not_take_waits_for_the_sweep(
    context: Context, make: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    project_id = make.project()
    sent: list[str] = []

    def send(name: str, **ids: int) -> None:
        if name == "train":
            raise QueueError("Redis does not answer")
        sent.append(name)

    with transaction(context.sessions, send) as session:
        session.get_one(Project, project_id).name = "renamed"
        enqueue_after_commit(session, "train", run_id=4)
        enqueue_after_commit(session, "sweep")
    assert sent == ["sweep"]
    assert "work train {'run_id': 4} was not sent and waits for the sweep" in caplog.text
    with reading(context.sessions) as session:
        assert session.get_one(Project, project_id).name == "renamed"


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_committed(
    context: Context, make: Maker
) -> None:
    project_id = make.project()
    with transaction(context.sessions) as session:
        before = session.get_one(Project, project_id).name
        session.execute(update(Project).values(name="renamed"))
        with reading(context.sessions) as other:
            assert other.get_one(Project, project_id).name == before


def test_writers_that_read_first_do_not_lose_updates(context: Context, make: Maker) -> None:
    project_id = make.project()

    def add_one(_: int) -> None:
        with transaction(context.sessions) as session:
            project = session.get_one(Project, project_id, with_for_update=True)
            project.settings = {"n": project.settings.get("n", 0) + 1}

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(24)))
    with reading(context.sessions) as session:
        assert session.get_one(Project, project_id).settings == {"n": 24}


def test_moments_come_back_aware_and_in_utc(context: Context, make: Maker) -> None:
    project_id = make.project()
    tokyo = datetime(2024, 5, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    with transaction(context.sessions) as session:
        session.get_one(Project, project_id).created_at = tokyo
    with reading(context.sessions) as session:
        found = session.scalars(select(Project.created_at).where(Project.created_at <= tokyo)).one()
    assert found == tokyo
    assert found.utcoffset() == timedelta(0)
    assert found == datetime(2024, 5, 1, 0, 30, 0, 123456, tzinfo=UTC)


def test_a_moment_without_a_time_zone_is_refused(context: Context, make: Maker) -> None:
    project_id = make.project()
    naive = update(Project).where(Project.id == project_id).values(created_at=datetime(2024, 5, 1))
    with pytest.raises(StatementError, match="a moment needs a time zone"), context.sessions() as session:
        session.execute(naive)
