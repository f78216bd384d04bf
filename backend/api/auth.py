"""Who is asking: a bearer token in the `Authorization` header, and nothing else. There are no cookies."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from apiflask import APIBlueprint, HTTPTokenAuth
from flask import current_app, g
from sqlalchemy import select

from backend.api.current import context, looking
from backend.errors import NotAllowed, NotFound, NotSignedIn
from backend.models.assignment import Assignment
from backend.models.task import Task
from backend.models.user import Role
from backend.services.tokens import SessionClaims, read_session_token

Handler = TypeVar("Handler", bound=Callable[..., Any])

bearer = HTTPTokenAuth(description="From POST /sign-in (reviewers, admins) or POST /launches (annotators).")

OWNERS = "cytoloop.owners"
MOST_OWNERS = 100_000

ANY = (Role.ANNOTATOR, Role.REVIEWER, Role.ADMIN)
REVIEWERS = (Role.REVIEWER, Role.ADMIN)
ADMINS = (Role.ADMIN,)
ANNOTATORS = (Role.ANNOTATOR,)


@bearer.verify_token  # type: ignore[untyped-decorator, unused-ignore]
def _read_token(token: str) -> SessionClaims | None:
    if not token:
        return None
    claims = read_session_token(context(), token)
    g.claims = claims
    structlog.contextvars.bind_contextvars(user_id=claims.user_id)
    return claims


@bearer.get_user_roles  # type: ignore[untyped-decorator, unused-ignore]
def _roles(claims: SessionClaims) -> list[str]:
    return [claims.role]


@bearer.error_handler  # type: ignore[untyped-decorator, unused-ignore]
def _refuse(status: int) -> Any:
    if status == 401:
        raise NotSignedIn("This needs a session: sign in, or open the launch link again.")
    raise NotAllowed(f"The role {asking().role!r} does not cover this. Ask an admin of this server.")


def allow(blueprint: APIBlueprint, roles: tuple[Role, ...]) -> Callable[[Handler], Handler]:
    """Let only these roles call the handler; stands right below the route."""
    decorate: Callable[[Handler], Handler] = blueprint.auth_required(bearer, roles=[str(r) for r in roles])
    return decorate


def asking() -> SessionClaims:
    """The claims of the session that makes this request."""
    claims: SessionClaims = g.claims
    return claims


def bound_to_job(job_id: int) -> SessionClaims:
    """The claims, when this session may act in the job; another job is as unknown as a missing one."""
    claims = asking()
    if claims.job_id != job_id:
        raise NotFound(f"There is no job {job_id} in this session. Open the launch link of that job.")
    return claims


def bound_to_assignment(assignment_id: int) -> SessionClaims:
    """The claims, when the assignment is theirs and belongs to the job of this session.

    Whose an assignment is never changes, so this process remembers it. It is looked up outside of the
    handler's transaction, because on SQLite the first statement of that one takes the write lock.
    """
    claims = asking()
    known: dict[int, tuple[int, int]] = current_app.extensions[OWNERS]
    owner = known.get(assignment_id)
    if owner is None:
        # Another thread may empty the memory at any moment: what was found is not read from it again.
        if len(known) >= MOST_OWNERS:
            known.clear()
        owner = known[assignment_id] = _owner(assignment_id)
    if owner != (claims.user_id, claims.job_id):
        raise NotFound(f"There is no assignment {assignment_id} in this session.")
    return claims


def _owner(assignment_id: int) -> tuple[int, int]:
    with looking() as session:
        found = session.execute(
            select(Assignment.annotator_id, Task.job_id).join(Task).where(Assignment.id == assignment_id)
        ).one_or_none()
    if found is None:
        raise NotFound(f"There is no assignment {assignment_id} in this session.")
    return found.annotator_id, found.job_id
