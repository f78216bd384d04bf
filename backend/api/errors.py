"""The one place where errors become HTTP: `{code, message, detail}` and never a traceback."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, jsonify, request
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from backend.api.uploads import without_upload_folder
from backend.errors import (
    Conflict,
    CytoloopError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    QueueError,
    StorageError,
    TooManyAttempts,
)
from backend.logging import current_request_id
from pipeline.errors import DivergingDiff, PipelineError, TooLarge
from pipeline.io.errors import NoSpaceLeft, is_disk_full

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (NotSignedIn, 401),
    (InvalidInput, 422),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (StorageError, 503),
    (QueueError, 503),
    (TooLarge, 413),
    (DivergingDiff, 409),
    (NoSpaceLeft, 507),
    (PipelineError, 422),
)
_HTTP_MESSAGES = {
    400: "The request cannot be read. Send what the API document describes.",
    404: "There is nothing at this address. See /api/v1/docs for what there is.",
    405: "This address does not take this method. See /api/v1/docs for what it takes.",
    411: "The request does not say how long it is. Send a Content-Length header.",
    413: "The request is larger than this server takes. Send less at once, or raise the limit"
    " (MAX_UPLOAD_BYTES for images, MAX_REQUEST_BYTES for everything else).",
    415: "The body is not JSON. Send the header Content-Type: application/json.",
}
_DISK_FULL = (
    "The disk of the server is full. Ask the admin of this server to free some space, then send the same"
    " again."
)
_log = structlog.get_logger(__name__)


def register_errors(app: APIFlask) -> None:
    """Make every error of the application answer in the one shape."""
    app.register_error_handler(CytoloopError, _from_tree)
    app.register_error_handler(PipelineError, _from_tree)
    app.register_error_handler(OSError, _from_system)
    app.register_error_handler(OperationalError, _from_database)
    app.register_error_handler(InterfaceError, _from_database)
    app.register_error_handler(HTTPException, _from_http)
    app.register_error_handler(HTTPError, _from_validation)
    app.register_error_handler(Exception, _from_anything)


def error_response(status: int, *, code: str, message: str, detail: Mapping[str, Any]) -> Response:
    """The error shape as a response."""
    response = jsonify({"code": code, "message": message, "detail": dict(detail)})
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _from_tree(error: CytoloopError | PipelineError) -> Response:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status >= 500:
        _log.error("unavailable", exc_info=error)
    message = f"{error.path.name}: {_DISK_FULL}" if isinstance(error, NoSpaceLeft) else str(error)
    body = error_response(
        status, code=error_code(error), message=without_upload_folder(message), detail=_detail(error)
    )
    if isinstance(error, Conflict) and "last_seq" in _detail(error):
        # The editing protocol reads `last_seq` beside the code.
        body.set_data(jsonify({**body.get_json(), "last_seq": _detail(error)["last_seq"]}).get_data())
    return body


def error_code(error: Exception) -> str:
    """The stable name of an error: its own, else its type in snake case."""
    own = getattr(error, "code", None)
    return own if isinstance(own, str) else re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def _detail(error: Exception) -> dict[str, Any]:
    found = dict(getattr(error, "detail", {}))
    for name in ("choices", "role", "row", "col", "expected", "found"):
        if hasattr(error, name):
            found[name] = getattr(error, name)
    return found


def _from_system(error: OSError) -> Response:
    """A full disk is said to be one, wherever it was met: while a request was taken in, say."""
    if not is_disk_full(error):
        return _from_anything(error)
    _log.error("disk_full", exc_info=error)
    return error_response(507, code=error_code(NoSpaceLeft("", error)), message=_DISK_FULL, detail={})


def _from_database(error: OperationalError | InterfaceError) -> Response:
    _log.error("database_unavailable", exc_info=error)
    return error_response(
        503,
        code="database_unavailable",
        message="The database does not answer. Nothing was changed; try again in a moment.",
        detail={},
    )


def _from_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    response = error_response(
        status,
        code=re.sub(r"[^a-z]+", "_", error.name.lower()),
        message=_HTTP_MESSAGES.get(status, error.description or error.name),
        detail={"path": request.path} if status == 404 and request.path.startswith("/api/") else {},
    )
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after", "location"}:
            response.headers[name] = value
    return response


def _from_validation(error: HTTPError) -> Response:
    """Errors of the schemas: the message names each field and what is wrong with it."""
    faults = "; ".join(_faults(error.detail)) if isinstance(error.detail, dict) else ""
    message = f"The request cannot be used: {faults}" if faults else str(error.message)
    code = "invalid_input" if error.status_code == 422 else "bad_request"
    return error_response(error.status_code, code=code, message=message, detail=error.detail or {})


def _faults(tree: Mapping[Any, Any], place: tuple[str, ...] = ()) -> list[str]:
    """One line for each fault, at the path of its field; the first part names where the field came in."""
    found: list[str] = []
    for key, value in tree.items():
        at = place if key == "_schema" else (*place, str(key))
        if isinstance(value, Mapping):
            found += _faults(value, at)
        else:
            field = ".".join(at[1:]) or "body"
            found += [f"{field}: {text}" for text in (value if isinstance(value, list) else [value])]
    return found


def _from_anything(error: Exception) -> Response:
    _log.error("request_failed", exc_info=error)
    return error_response(
        500,
        code="internal",
        message="Something went wrong in the server. Try again; if it stays, give the admin of this server"
        f" the request id {current_request_id()}.",
        detail={"request_id": current_request_id()},
    )
