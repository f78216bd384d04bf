from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from backend.adapters.memory import MemoryStorage
from backend.app import create_app
from backend.db import make_engine, session_factory
from backend.errors import StorageError
from backend.services.context import Context

OK = {"database": "ok", "storage": "ok", "queue": "ok"}


class AwayStorage(MemoryStorage):
    def list_folder(self, prefix: str) -> Iterator[str]:
        raise StorageError("There is no bucket 'secret-bucket'.")


def client(context: Context) -> FlaskClient:
    return create_app(context).test_client()


def test_everything_answers(context: Context, redis_url: str) -> None:
    context = replace(context, settings=replace(context.settings, redis_url=redis_url))
    answer = client(context).get("/readyz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "checks": OK})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_process_lives_whatever_else_is_away(sqlite_context: Context) -> None:
    context = replace(sqlite_context, storage=AwayStorage())
    answer = client(context).get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_storage_that_is_away(sqlite_context: Context) -> None:
    answer = client(replace(sqlite_context, storage=AwayStorage())).get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "unavailable", "checks": {**OK, "storage": "failed"}}
    assert "secret-bucket" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///no/such/redis.sock"])
def test_a_queue_that_is_away(sqlite_context: Context, url: str) -> None:
    context = replace(sqlite_context, settings=replace(sqlite_context.settings, redis_url=url))
    answer = client(context).get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]) == (503, {**OK, "queue": "failed"})


def test_a_database_that_was_not_migrated(sqlite_context: Context) -> None:
    engine = make_engine("sqlite://")
    answer = client(replace(sqlite_context, sessions=session_factory(engine))).get("/readyz")
    assert (answer.status_code, answer.get_json()["checks"]) == (503, {**OK, "database": "failed"})
    engine.dispose()


def test_a_reader_does_not_wait_for_a_writer(sqlite_context: Context) -> None:
    with sqlite_context.sessions() as session, session.begin():
        session.execute(text("DELETE FROM edits"))
        assert client(sqlite_context).get("/readyz").status_code == 200
