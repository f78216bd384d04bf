"""The application on SQLite with everything else in memory, and people who call it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.models.user import Role
from backend.services.context import Context
from backend.services.tokens import issue_launch_token, issue_session_token
from tests.backend.factories import Maker, OpenJob

API = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """One person with a token, or nobody."""

    client: FlaskClient
    token: str = ""
    user_id: int = 0

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.call("GET", API + path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", API + path, json={} if body is None else body, **options)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.call("PATCH", API + path, json=body)

    def upload(self, path: str, **form: Any) -> TestResponse:
        return self.call("POST", API + path, data=form, content_type="multipart/form-data")


@pytest.fixture
def context(sqlite_context: Context) -> Context:
    """The rules say nothing about HTTP that differs between databases: one is enough here."""
    return sqlite_context


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder as `npm run build` leaves it."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    for name in ("index", "embed", "review", "admin"):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (folder / "assets" / "embed-1a2b3c.js").write_text("export const n = 1;\n" * 100)
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return folder


@pytest.fixture
def app(context: Context, dist: Path) -> APIFlask:
    return create_app(context, dist=dist)


@pytest.fixture
def anyone(app: APIFlask) -> Caller:
    return Caller(app.test_client())


@pytest.fixture
def someone(app: APIFlask, context: Context, make: Maker) -> Callable[..., Caller]:
    """A new person of a role; an annotator's session is bound to a job."""

    def add(role: Role, *, job_id: int | None = None) -> Caller:
        user_id = make.user(role=role)
        token = issue_session_token(context, user_id=user_id, role=role, job_id=job_id)
        return Caller(app.test_client(), token, user_id)

    return add


@pytest.fixture
def admin(someone: Callable[..., Caller]) -> Caller:
    return someone(Role.ADMIN)


@pytest.fixture
def reviewer(someone: Callable[..., Caller]) -> Caller:
    return someone(Role.REVIEWER)


@pytest.fixture
def job(make: Maker) -> OpenJob:
    """A job with six crops of 40 px in one FOV."""
    return make.open_job()


@pytest.fixture
def launch(anyone: Caller, context: Context) -> Callable[[int, str], Caller]:
    """Opens a launch link as the annotator's page does."""

    def open_link(job_id: int, name: str) -> Caller:
        token = issue_launch_token(context, job_id=job_id, annotator=name)
        answer = anyone.post("/launches", {"launch_token": token}).get_json()
        return Caller(anyone.client, answer["token"], answer["annotator"]["id"])

    return open_link
