"""Brings a database to the newest schema, once, however many processes start at the same time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, make_url, text

from backend.db import make_engine
from backend.errors import ConfigError

FOLDER = Path(__file__).resolve().parents[1] / "migrations"
# Any number that no other program uses for an advisory lock in this database.
_LOCK_KEY = 0x6379746F6C6F6F70
# Others may be migrating: wait for them, then migrate fast or not at all, so as not to stop a live service.
_WAIT_FOR_OTHERS = "600s"
_LOCK_TIMEOUT = "5s"
_STATEMENT_TIMEOUT = "600s"


def migrate(url: str) -> None:
    """Upgrade the database at `url` to the newest schema; does nothing when it is there already.

    Under a lock: an advisory lock on PostgreSQL, a file beside the database on SQLite. All in one
    transaction: a migration that fails leaves the schema as it was.

    Raises
    ------
    ConfigError
        When the database was made by a newer version of the application.
    """
    engine = make_engine(url)
    try:
        with _one_at_a_time(engine) as connection:
            command.upgrade(config_for(connection), "head")
    except CommandError as fault:
        raise ConfigError(
            f"The database cannot be migrated: {fault}. It was made by another version of the application;"
            " start that version, or a newer one."
        ) from fault
    finally:
        engine.dispose()


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, built here because an installed application has no alembic.ini."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """The name of the newest schema."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head() or ""


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_OTHERS}'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
            connection.execute(text(f"SET LOCAL statement_timeout = '{_STATEMENT_TIMEOUT}'"))
            yield connection
        return
    with _file_lock(engine), engine.connect() as connection:
        # Batch migrations rebuild tables; SQLite reads this setting outside of transactions only.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF").close()
        with connection.begin():
            yield connection
            _check_references(connection)


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    database = make_url(engine.url).database
    if not database or database == ":memory:":
        yield
        return
    with Path(database + ".migrate-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ConfigError(f"The migration would leave {len(broken)} references broken, first {broken[0]}.")
