"""One line per request, in JSON, with ids and without secrets."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from backend.app import create_app
from backend.logging import configure_logging, current_request_id, work_logging
from backend.models.user import Role
from backend.services.context import Context
from backend.services.tokens import issue_session_token


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def logging_client(context: Context) -> FlaskClient:
    """A client of an application that logs to what `capsys` reads; made inside of the test for its sake."""
    configure_logging(level="INFO", style="json")
    return create_app(context).test_client()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line(sqlite_context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    client = logging_client(sqlite_context)
    answer = client.get("/api/v1/projects/7", headers={"X-Request-ID": "from-the-proxy"})
    (line,) = lines(capsys)
    assert line.pop("duration_ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/api/v1/projects/<int:project_id>",
        "project_id": 7,
        "status": 401,
        "request_id": "from-the-proxy",
    }
    assert answer.headers["X-Request-ID"] == "from-the-proxy"


def test_the_user_is_named(sqlite_context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    client = logging_client(sqlite_context)
    token = issue_session_token(sqlite_context, user_id=5, role=Role.REVIEWER)
    client.get("/api/v1/projects", headers={"Authorization": f"Bearer {token}"})
    client.get("/api/v1/projects")
    first, second = lines(capsys)
    assert first["user_id"] == 5
    assert "user_id" not in second
    assert token not in str(first)


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a\tb"])
def test_an_id_that_is_not_plain_is_replaced(sqlite_context: Context, given: str) -> None:
    client = logging_client(sqlite_context)
    answer = client.get("/api/v1/me", headers={"X-Request-ID": given})
    assert len(answer.headers["X-Request-ID"]) == 16


def test_a_launch_link_stays_out_of_the_log(
    sqlite_context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    client = logging_client(sqlite_context)
    client.get("/embed/the-secret-token")
    client.post("/api/v1/launches", json={"launch_token": "the-secret-token"})
    logged = lines(capsys)
    assert [line["route"] for line in logged] == ["/embed/<launch_token>", "/api/v1/launches"]
    assert "the-secret-token" not in str(logged)


def test_the_questions_of_the_watchers_are_quiet(
    sqlite_context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    client = logging_client(sqlite_context)
    client.get("/healthz")
    assert lines(capsys) == []


def test_other_libraries_log_in_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="WARNING", style="json")
    logging.getLogger("alembic").warning("slow %s", "migration")
    logging.getLogger("alembic").info("not shown")
    (line,) = lines(capsys)
    assert (line["event"], line["level"]) == ("slow migration", "warning")


def test_an_error_carries_its_traceback_as_one_field(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", style="json")
    structlog.get_logger("x").error("failed", exc_info=ValueError("why"))
    (line,) = lines(capsys)
    assert line["exception"].endswith("ValueError: why")


def test_the_console_shows_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(level="INFO", style="console")

    def fail(password: str) -> None:
        raise ValueError(f"{len(password)} characters")

    try:
        fail("hunter2")
    except ValueError as fault:
        structlog.get_logger("x").error("failed", exc_info=fault)
    said = capsys.readouterr().err
    assert "ValueError: 7 characters" in said
    assert said.count("hunter2") == said.count('fail("hunter2")')


def test_work_carries_its_ids_and_the_request_that_caused_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(level="INFO", style="json")
    log = structlog.get_logger("x")
    with work_logging("stitch_fov", work_id="w-1", request_id="r-1", fov_id=3):
        log.info("inside")
    log.info("outside")
    inside, outside = lines(capsys)
    assert (inside["work"], inside["work_id"], inside["request_id"], inside["fov_id"]) == (
        "stitch_fov",
        "w-1",
        "r-1",
        3,
    )
    assert "work" not in outside


def test_there_is_no_request_id_outside_of_a_request() -> None:
    assert current_request_id() == ""
