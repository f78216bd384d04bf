"""Structured logs: one line per event, with the ids of the request or the work that it belongs to."""

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from flask import Flask, Response, g, has_request_context, request

_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_SECRET_RULES = frozenset({"/embed/<launch_token>"})
# Asked every few seconds by whatever watches the server.
_QUIET_RULES = frozenset({"/healthz", "/readyz", "/static/<path:name>"})


def configure_logging(*, level: str, style: str = "auto") -> None:
    """Send the logs of the application and its libraries to standard error.

    Parameters
    ----------
    level : str
        ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    style : str
        ``json``, ``console``, or ``auto``: console on a terminal, JSON elsewhere.
    """
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Plain tracebacks: the default ones print local variables, passwords among them.
    on_console = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    last: Any = structlog.processors.JSONRenderer() if as_json else on_console
    formatting: list[Any] = [structlog.processors.format_exc_info, last] if as_json else [last]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *formatting],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)


def log_requests(app: Flask) -> None:
    """Give every request an id and log one line when it is answered.

    The id is the client's `X-Request-ID` when that is a plain one, and goes back in the same header. The
    line names the route, not the path, because a launch link's path is a secret.
    """
    app.before_request(_start_request)
    app.after_request(_log_request)


def current_request_id() -> str:
    """The id of the request at hand, or nothing outside of one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


@contextmanager
def work_logging(name: str, *, work_id: str, request_id: str = "", **ids: int) -> Iterator[None]:
    """Bind the name and ids of background work, and the request that caused it, to every line inside."""
    caused_by = {"request_id": request_id} if request_id else {}
    with structlog.contextvars.bound_contextvars(work=name, work_id=work_id, **caused_by, **ids):
        yield


def _start_request() -> None:
    asked = request.headers.get("X-Request-ID", "")
    g.request_id = asked if _ID.match(asked) else secrets.token_hex(8)
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _log_request(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "(none)"
    response.headers["X-Request-ID"] = current_request_id()
    log = structlog.get_logger("backend.requests")
    say = log.debug if rule in _QUIET_RULES and response.status_code < 400 else log.info
    say(
        "request",
        method=request.method,
        route=rule,
        status=response.status_code,
        duration_ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2),
        **{} if rule in _SECRET_RULES else request.view_args or {},
    )
    return response
