"""`/healthz` says that the process lives, `/readyz` that everything it needs answers."""

from collections.abc import Callable
from typing import Any

import redis
import structlog
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.db import reading
from backend.errors import CytoloopError
from backend.services.context import Context

PROBE_FOLDER = "probe"
ANSWER_WITHIN_S = 2.0
EXTENSION = "cytoloop"

health = Blueprint("health", __name__)
_log = structlog.get_logger(__name__)


@health.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _uncached(jsonify({"status": "ok"}))


@health.get("/readyz")
def readyz() -> Response:
    """Database, storage and queue answer; 503 names those that do not."""
    context: Context = current_app.extensions[EXTENSION]
    checks: dict[str, Callable[[Context], None]] = {
        "database": _check_database,
        "storage": _check_storage,
        "queue": _check_queue,
    }
    found = {name: _outcome(name, check, context) for name, check in checks.items()}
    ready = all(outcome == "ok" for outcome in found.values())
    response = _uncached(jsonify({"status": "ok" if ready else "unavailable", "checks": found}))
    response.status_code = 200 if ready else 503
    return response


def _outcome(name: str, check: Callable[[Context], None], context: Context) -> str:
    try:
        check(context)
    except (CytoloopError, SQLAlchemyError, redis.RedisError, OSError) as fault:
        # The reason stays in the log: it may name hosts and accounts.
        _log.warning("not_ready", check=name, reason=str(fault))
        return "failed"
    return "ok"


def _check_database(context: Context) -> None:
    with reading(context.sessions) as session:
        session.execute(text("SELECT 1 FROM alembic_version"))


def _check_storage(context: Context) -> None:
    # Listed, not asked for: a bucket that is not there says of every object that it is missing.
    next(iter(context.storage.list_folder(PROBE_FOLDER)), None)


def _check_queue(context: Context) -> None:
    url = context.settings.redis_url
    if not url:
        return
    server: Any = redis.Redis.from_url(
        url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S
    )
    try:
        server.ping()
    finally:
        server.close()


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
