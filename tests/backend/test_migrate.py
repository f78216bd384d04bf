"""The migrated schema is that of the models, on both databases, however many processes migrate at once."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from backend.db import Base, make_engine
from backend.errors import ConfigError
from backend.migrate import config_for, migrate, newest_revision

# What PostgreSQL says about constraints and indexes, in words that two databases can be compared by.
_SCHEMA = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
UNION ALL
SELECT tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT table_name, column_name, data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
"""


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_alembic_finds_nothing_to_change(connection: Connection) -> None:
    command.check(config_for(connection))


def test_every_table_of_the_models_is_there(connection: Connection) -> None:
    assert set(inspect(connection).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        held = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    engine.dispose()
    assert held == [newest_revision()]


def test_constraints_and_indexes_are_those_of_the_models(
    postgresql_migrated: str, new_postgresql: Callable[[str], str]
) -> None:
    # `alembic check` compares no CHECK constraints; a state that was added to a model must be migrated too.
    created = new_postgresql("created_from_models")
    engine = make_engine(created)
    Base.metadata.create_all(engine)
    engine.dispose()
    assert _schema(postgresql_migrated) == _schema(created)


def _schema(url: str) -> list[tuple[str, str, str]]:
    engine = make_engine(url)
    with engine.connect() as connection:
        rows = sorted(tuple(row) for row in connection.execute(text(_SCHEMA)))
    engine.dispose()
    return rows


def test_sqlite_checks_the_states_too(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        sql = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'tasks'")).scalar_one()
    engine.dispose()
    assert "CONSTRAINT ck_tasks_taskstate CHECK" in sql


def test_down_to_nothing_and_up_again(sqlite_url: str, new_postgresql: Callable[[str], str]) -> None:
    for url in (sqlite_url, new_postgresql("down_and_up")):
        migrate(url)
        engine = make_engine(url)
        with engine.begin() as connection:
            command.downgrade(config_for(connection), "base")
        with engine.begin() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"]
            command.upgrade(config_for(connection), "head")
            assert set(Base.metadata.tables) < set(inspect(connection).get_table_names())
        engine.dispose()


def test_many_processes_may_migrate_at_once(tmp_path: Path, new_postgresql: Callable[[str], str]) -> None:
    for url in (f"sqlite:///{tmp_path / 'new.db'}", new_postgresql("raced")):
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(migrate, [url] * 4)) == [None] * 4
        engine = make_engine(url)
        assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())
        engine.dispose()


def test_a_database_of_a_newer_version_is_refused(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    held = sqlite3.connect(path)
    held.execute("UPDATE alembic_version SET version_num = '9999'")
    held.commit()
    held.close()
    with pytest.raises(ConfigError, match="made by another version of the application"):
        migrate(sqlite_url)


def test_references_are_enforced_after_the_migration(connection: Connection) -> None:
    wrong = text(
        "INSERT INTO edits (assignment_id, seq, tool, diff, checksum, n_px, active_s, client_at, received_at)"
        " VALUES (1, 1, 'brush', '', 0, 1, 0, :now, :now)"
    )
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        connection.execute(wrong, {"now": "2024-01-01 00:00:00+00"})
