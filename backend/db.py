"""The database: engine, sessions, and messages that go out only after their transaction is committed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from backend.errors import QueueError
from backend.sqlite_turns import TurnConnection, turn_connections

_log = logging.getLogger(__name__)
# How long a transaction waits for others on SQLite.
_WAIT_S = 30.0
_OUTBOX = "cytoloop.outbox"
_ACTIONS = "cytoloop.actions"


class Base(DeclarativeBase):
    """Root of the models. Constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment, also in SQLite, which keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys, immediate write transactions) or PostgreSQL."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    path = make_url(url).database or ""
    factory = turn_connections("" if path == ":memory:" else path, timeout_s=_WAIT_S)
    engine = create_engine(url, connect_args={"timeout": _WAIT_S, "factory": factory})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: TurnConnection, _record: Any) -> None:
    # The driver's own transaction handling would start transactions late; `_begin_sqlite` starts them.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that starts as a reader and then writes fails at once when another wrote in between;
    # taking the write lock first makes it wait instead. Read-only sessions say so.
    if connection.get_execution_options().get("read_only", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.begin_writing()


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def enqueue_after_commit(session: Session, name: str, **ids: int) -> None:
    """Note work to send once this session's transaction is committed; a rollback forgets it."""
    session.info.setdefault(_OUTBOX, []).append((name, ids))


def run_after_commit(session: Session, action: Callable[[], None]) -> None:
    """Note an action of this process to run once the transaction is committed; a rollback forgets it."""
    session.info.setdefault(_ACTIONS, []).append(action)


@contextmanager
def transaction(factory: sessionmaker[Session], send: Callable[..., None] | None = None) -> Iterator[Session]:
    """One unit of work: commit at the end, roll back on any error, then run and send what was noted.

    `send(name, **ids)` is `WorkQueue.send`. A message that the queue does not take is left to the sweep,
    because the transaction it belongs to is already committed.
    """
    with factory() as session, session.begin():
        yield session
    for action in session.info.pop(_ACTIONS, []):
        action()
    for name, ids in session.info.pop(_OUTBOX, []):
        if send is not None:
            _send(send, name, ids)


def _send(send: Callable[..., None], name: str, ids: dict[str, int]) -> None:
    try:
        send(name, **ids)
    except QueueError as fault:
        _log.warning("work %s %s was not sent and waits for the sweep: %s", name, ids, fault)


@contextmanager
def reading(factory: sessionmaker[Session]) -> Iterator[Session]:
    """A session that only reads, and so never waits for a writer on SQLite."""
    with factory() as session:
        session.connection(execution_options={"read_only": True})
        yield session
