from collections.abc import Callable

import pytest

from backend.models.user import Role
from backend.services.context import Context
from backend.services.tokens import issue_launch_token
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob

PASSWORD = "correct horse"


@pytest.fixture
def reviewer_name(admin: Caller) -> str:
    made = admin.post("/users", {"name": "rita", "role": "reviewer", "password": PASSWORD})
    assert made.status_code == 201
    return str(made.get_json()["name"])


def test_sign_in_gives_a_token_that_works(anyone: Caller, reviewer_name: str) -> None:
    answer = anyone.post("/sign-in", {"name": reviewer_name, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.get_json()["user"]["role"] == "reviewer"
    me = Caller(anyone.client, answer.get_json()["token"]).get("/me").get_json()
    assert me == {**answer.get_json()["user"], "job_id": None}


@pytest.mark.parametrize(("name", "password"), [("rita", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_look_alike(
    anyone: Caller, reviewer_name: str, name: str, password: str
) -> None:
    answer = anyone.post("/sign-in", {"name": name, "password": password})
    assert answer.status_code == 401
    assert answer.get_json()["message"] == "The name or the password is wrong; check both and try again."


def test_guessing_is_slowed_down(anyone: Caller) -> None:
    # Space around the name, which signing in does not mind, makes no other name of it.
    for name in ("eve", " eve", "eve ", "eve\n", "\teve") * 2:
        assert anyone.post("/sign-in", {"name": name, "password": "guess"}).status_code == 401
    answer = anyone.post("/sign-in", {"name": "eve", "password": "guess"})
    assert answer.status_code == 429
    assert answer.get_json()["message"] == (
        "Too many attempts to sign in as 'eve'. Wait a minute, then try again."
    )
    assert anyone.post("/sign-in", {"name": "other", "password": "guess"}).status_code == 401


def test_a_launch_link_opens_a_session_for_its_job(
    job: OpenJob, launch: Callable[[int, str], Caller]
) -> None:
    ann = launch(job.job_id, "ann")
    me = ann.get("/me").get_json()
    assert (me["name"], me["role"], me["job_id"]) == ("ann", "annotator", job.job_id)
    assert launch(job.job_id, "ann").user_id == ann.user_id


def test_a_launch_link_tells_what_an_annotator_may_know(
    job: OpenJob, anyone: Caller, context: Context
) -> None:
    token = issue_launch_token(context, job_id=job.job_id, annotator="ann")
    answer = anyone.post("/launches", {"launch_token": token}).get_json()
    assert set(answer["job"]) == {"id", "name", "state", "instructions"}
    assert answer["expires_at"] == "2024-01-02T00:00:00+00:00"


@pytest.mark.parametrize("token", ["forged", "a.b"])
def test_a_forged_launch_link(anyone: Caller, token: str) -> None:
    answer = anyone.post("/launches", {"launch_token": token})
    assert answer.status_code == 401
    assert "Ask for a new link" in answer.get_json()["message"]


def test_a_launch_link_for_an_admins_name(
    job: OpenJob, anyone: Caller, context: Context, make: Maker
) -> None:
    make.user("boss", Role.ADMIN)
    token = issue_launch_token(context, job_id=job.job_id, annotator="boss")
    assert anyone.post("/launches", {"launch_token": token}).status_code == 403


def test_users_come_in_pages(admin: Caller, make: Maker) -> None:
    ids = [admin.user_id, *(make.user() for _ in range(4))]
    first = admin.get("/users?limit=3").get_json()
    second = admin.get(f"/users?limit=3&after={first['next']}").get_json()
    assert [user["id"] for user in first["items"] + second["items"]] == ids
    assert (first["next"], second["next"]) == (ids[2], None)
    assert "password_hash" not in first["items"][0]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=-1"])
def test_a_page_that_cannot_be(admin: Caller, query: str) -> None:
    answer = admin.get(f"/users?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.get_json()["message"]


def test_a_taken_name(admin: Caller, reviewer_name: str) -> None:
    answer = admin.post("/users", {"name": reviewer_name, "role": "admin", "password": PASSWORD})
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "already_exists"
