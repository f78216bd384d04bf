from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint

from backend.api.auth import ADMINS, ANY, allow, asking
from backend.api.current import context, looking, writing
from backend.api.listing import list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.people import (
    LaunchIn,
    LaunchOut,
    MeOut,
    SignInIn,
    SignInOut,
    UserIn,
    UserOut,
    UserPageOut,
)
from backend.api.throttle import sign_in_throttle
from backend.errors import NotSignedIn
from backend.models.user import Role, User
from backend.services import jobs, tokens, users

people = APIBlueprint("people", __name__, tag="People")


@people.post("/sign-in")
@people.input(SignInIn)
@people.output(SignInOut)
@people.doc(responses={401: "Unknown name or wrong password", 429: "Too many attempts"})
def sign_in(json_data: dict[str, Any]) -> dict[str, Any]:
    """Start a session of a reviewer or an admin."""
    # As `sign_in` reads it: space around the name must not make another one of it.
    sign_in_throttle().check(json_data["name"].strip())
    with looking() as session:
        user = users.sign_in(session, **json_data)
    token = tokens.issue_session_token(context(), user_id=user.id, role=user.role)
    return {"token": token, "user": user}


@people.get("/me")
@allow(people, ANY)
@people.output(MeOut)
def get_me() -> dict[str, Any]:
    """The user of this session."""
    with looking() as session:
        user = session.get(User, asking().user_id)
    if user is None:
        raise NotSignedIn("The account of this session is gone. Sign in again.")
    return {"id": user.id, "name": user.name, "role": user.role, "job_id": asking().job_id}


@people.post("/launches")
@people.input(LaunchIn)
@people.output(LaunchOut)
@people.doc(responses={401: "The launch link is forged or expired"})
def launch(json_data: dict[str, Any]) -> dict[str, Any]:
    """Turn a launch link into an annotator's session for its job."""
    claims = tokens.read_launch_token(context(), json_data["launch_token"])
    with writing() as session:
        job = jobs.get_job(session, job_id=claims.job_id)
        user = users.ensure_annotator(session, context(), name=claims.annotator)
    token = tokens.issue_session_token(context(), user_id=user.id, role=Role.ANNOTATOR, job_id=job.id)
    expires_at = context().clock.now() + timedelta(seconds=context().settings.session_s)
    return {"token": token, "annotator": user, "job": job, "expires_at": expires_at}


@people.get("/users")
@allow(people, ADMINS)
@people.input(PageIn, location="query")
@people.output(UserPageOut)
def list_users(query_data: dict[str, Any]) -> dict[str, Any]:
    """Every account."""
    with looking() as session:
        return list_page(session, User, page=query_data)


@people.post("/users")
@allow(people, ADMINS)
@people.input(UserIn)
@people.output(UserOut, status_code=201)
@people.doc(responses={409: "The name is taken"})
def create_user(json_data: dict[str, Any]) -> User:
    """Create an account."""
    with writing() as session:
        return users.create_user(session, context(), **json_data)
