"""One shape for every error, with a message for people and nothing of the server's insides."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask import g
from sqlalchemy.exc import OperationalError

from backend.api.errors import error_code
from backend.errors import CytoloopError, EditGap, NotFound, QueueError, StorageError
from pipeline.errors import AmbiguousAxes, DivergingDiff, InvalidDiff, TooLarge, UnreadableImage
from pipeline.io.errors import NoSpaceLeft
from tests.backend.api.conftest import Caller


@pytest.fixture
def failing(app: APIFlask) -> Callable[[Exception], Caller]:
    """The application with a page that raises."""

    def serve(error: Exception) -> Caller:
        def fail() -> None:
            raise error

        app.add_url_rule("/api/v1/fail", view_func=fail)
        return Caller(app.test_client())

    return serve


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("gone"), 404, "not_found"),
        (EditGap("gap", last_seq=4), 409, "edit_gap"),
        (StorageError("away"), 503, "storage_unavailable"),
        (QueueError("away"), 503, "queue_unavailable"),
        (CytoloopError("odd"), 500, "error"),
        (UnreadableImage("truncated", path="a.tif"), 422, "unreadable_image"),
        (TooLarge("a bomb"), 413, "too_large"),
        (InvalidDiff("no runs"), 422, "invalid_diff"),
        (NoSpaceLeft("a.tif", OSError(errno.ENOSPC, "No space left on device")), 507, "no_space_left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 507, "no_space_left"),
        (OSError(errno.EACCES, "Permission denied"), 500, "internal"),
        (DivergingDiff("differs", row=3, col=5, expected=1, found=2), 409, "diverging_diff"),
        (OperationalError("SELECT secret", {}, Exception("password=x")), 503, "database_unavailable"),
    ],
)
def test_each_kind_of_error(
    failing: Callable[[Exception], Caller], error: Exception, status: int, code: str
) -> None:
    answer = failing(error).get("/fail")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert set(answer.get_json()) - {"last_seq"} == {"code", "message", "detail"}


def test_a_conflict_of_the_editing_protocol_says_last_seq(
    failing: Callable[[Exception], Caller],
) -> None:
    answer = failing(EditGap("Edit 9 came before edit 5.", last_seq=4)).get("/fail")
    assert answer.get_json() == {
        "code": "edit_gap",
        "message": "Edit 9 came before edit 5.",
        "detail": {"last_seq": 4},
        "last_seq": 4,
    }


def test_ambiguous_axes_carry_the_choices(failing: Callable[[Exception], Caller]) -> None:
    answer = failing(AmbiguousAxes("Name the axes.", choices=("CYX", "ZYX"), path="a.tif")).get("/fail")
    assert answer.status_code == 422
    assert answer.get_json() == {
        "code": "ambiguous_axes",
        "message": "a.tif: Name the axes.",
        "detail": {"choices": ["CYX", "ZYX"]},
    }


def test_an_unknown_error_shows_nothing_but_the_request_id(
    failing: Callable[[Exception], Caller], caplog: pytest.LogCaptureFixture
) -> None:
    caller = failing(RuntimeError("the secret is 42"))
    answer = caller.get("/fail", headers={"X-Request-ID": "abc-123"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "abc-123"
    assert answer.get_json()["detail"] == {"request_id": "abc-123"}
    assert answer.get_json()["message"] == (
        "Something went wrong in the server. Try again; if it stays, give the admin of this server the"
        " request id abc-123."
    )
    assert "42" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_the_database_error_does_not_quote_the_statement(
    failing: Callable[[Exception], Caller],
) -> None:
    answer = failing(OperationalError("SELECT secret", {}, Exception("password=x"))).get("/fail")
    assert answer.get_json()["message"] == (
        "The database does not answer. Nothing was changed; try again in a moment."
    )


def test_a_full_disk_says_what_to_do_and_names_no_folder_of_ours(app: APIFlask) -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/srv/spool/x")
    errors = iter([NoSpaceLeft("/srv/spool/x.tif", full), full])

    def fail() -> None:
        raise next(errors)

    app.add_url_rule("/api/v1/fail", view_func=fail)
    caller = Caller(app.test_client())
    said = (
        "The disk of the server is full. Ask the admin of this server to free some space, then send the same"
        " again."
    )
    assert [caller.get("/fail").get_json() for _ in range(2)] == [
        {"code": "no_space_left", "message": f"x.tif: {said}", "detail": {}},
        {"code": "no_space_left", "message": said, "detail": {}},
    ]


def test_messages_do_not_name_our_folders(app: APIFlask) -> None:
    def fail() -> None:
        g.upload_folder = Path("/tmp/cytoloop-upload-1a")
        raise UnreadableImage("It is truncated; export it again.", path=g.upload_folder / "x.tif")

    app.add_url_rule("/api/v1/fail", view_func=fail)
    answer = Caller(app.test_client()).get("/fail")
    assert answer.get_json()["message"] == "x.tif: It is truncated; export it again."


def test_an_unknown_address(anyone: Caller) -> None:
    answer = anyone.get("/nothing")
    assert answer.status_code == 404
    assert answer.get_json() == {
        "code": "not_found",
        "message": "There is nothing at this address. See /api/v1/docs for what there is.",
        "detail": {"path": "/api/v1/nothing"},
    }


def test_a_wrong_method(anyone: Caller) -> None:
    answer = anyone.call("DELETE", "/api/v1/me")
    assert answer.status_code == 405
    assert answer.get_json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"name": ', "The request cannot be read. Send what the API document describes."),
        (b"[1, 2]", "The request cannot be used: body: Invalid input type."),
        (
            b'{"name": "", "password": "x"}',
            "The request cannot be used: name: Length must be between 1 and 200.",
        ),
        (b'{"name": 5, "password": "x"}', "The request cannot be used: name: Not a valid string."),
        (b"{}", "name: Missing data for required field.; password: Missing data for required field."),
        (
            b'{"name": "a", "password": "b", "role": "admin"}',
            "The request cannot be used: role: Unknown field.",
        ),
    ],
)
def test_malformed_bodies_name_the_field(anyone: Caller, body: bytes, message: str) -> None:
    answer = anyone.call("POST", "/api/v1/sign-in", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert message in answer.get_json()["message"]


def test_a_body_that_is_not_json(anyone: Caller) -> None:
    answer = anyone.call("POST", "/api/v1/sign-in", data=b"name=a", content_type="text/plain")
    assert answer.status_code in (415, 422)
    assert set(answer.get_json()) == {"code", "message", "detail"}


def test_a_body_that_is_too_large(app: APIFlask, anyone: Caller) -> None:
    body = b'{"name": "' + b"a" * app.config["MAX_CONTENT_LENGTH"] + b'"}'
    answer = anyone.call("POST", "/api/v1/sign-in", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.get_json()["code"] == "request_entity_too_large"
    assert "MAX_REQUEST_BYTES" in answer.get_json()["message"]


def test_error_codes_come_from_the_tree_or_the_type() -> None:
    assert error_code(NotFound("x")) == "not_found"
    assert error_code(UnreadableImage("x")) == "unreadable_image"
