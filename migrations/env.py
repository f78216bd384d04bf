"""What Alembic runs: with the connection that `backend.migrate` hands over, or with that of the settings."""

from typing import Any

from alembic import context
from sqlalchemy import Connection

import backend.models  # noqa: F401  registers every table on Base.metadata
from backend.config import Settings
from backend.db import Base, Moment, make_engine


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration names plain types, so that it does not change when the application does."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run the migrations in one transaction; the connection's owner commits it."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


held = context.config.attributes.get("connection")
if held is not None:
    run(held)
else:
    engine = make_engine(Settings.from_env().with_data_dir().database_url)
    with engine.begin() as opened:
        run(opened)
    engine.dispose()
