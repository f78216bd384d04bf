"""A migrated, empty database of each kind for every test, and the context of the rules around it."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, make_url, text
from sqlalchemy.orm import Session

from backend.adapters.memory import FixedClock, MemoryQueue, MemoryStorage
from backend.config import Settings
from backend.db import Base, make_engine, session_factory, transaction
from backend.migrate import migrate
from backend.services.context import Context
from tests.backend.factories import Maker

Transaction = Callable[[], AbstractContextManager[Session]]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Callable[[str], str]:
    """Makes an empty PostgreSQL database and gives its URL."""

    def make(name: str) -> str:
        url = make_url(postgresql_server)
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return url.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def postgresql_migrated(new_postgresql: Callable[[str], str]) -> str:
    """The URL of a migrated PostgreSQL database that the tests share, one after the other."""
    url = new_postgresql("tests")
    migrate(url)
    return url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite database of this test alone."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.db')}"


@pytest.fixture
def postgresql_url(postgresql_migrated: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database, emptied after the test."""
    yield postgresql_migrated
    engine = make_engine(postgresql_migrated)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        # Without the references' triggers: faster than TRUNCATE, which makes new files for every table.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.tables.values():
            connection.execute(table.delete())
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs on both kinds."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", secret_key="a secret for tests, 32 characters and more")


@pytest.fixture
def context(database_url: str, settings: Settings, clock: FixedClock) -> Iterator[Context]:
    """The rules' context on both databases, with everything else in memory."""
    yield from _context(database_url, settings, clock)


@pytest.fixture
def sqlite_context(sqlite_url: str, settings: Settings, clock: FixedClock) -> Iterator[Context]:
    """The rules' context on SQLite alone, for rules that say nothing about the database."""
    yield from _context(sqlite_url, settings, clock)


def _context(url: str, settings: Settings, clock: FixedClock) -> Iterator[Context]:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _forget_syncing)
    yield Context(
        settings=settings,
        sessions=session_factory(engine),
        storage=MemoryStorage(),
        queue=MemoryQueue(),
        clock=clock,
    )
    engine.dispose()


def _forget_syncing(connection: sqlite3.Connection, _record: object) -> None:
    # Nothing here has to outlive a power cut.
    connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture
def begin(context: Context) -> Transaction:
    """Opens a unit of work as the edge does."""
    return lambda: transaction(context.sessions, context.queue.send)


@pytest.fixture
def make(context: Context) -> Maker:
    """Adds rows; see `factories`."""
    return Maker(context)
