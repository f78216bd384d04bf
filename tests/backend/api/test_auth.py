"""Who may call what: every operation of the document against every role."""

from collections.abc import Callable, Iterator

import pytest
from apiflask import APIFlask

from backend.adapters.memory import FixedClock
from backend.api.auth import OWNERS
from backend.api.docs import api_document
from backend.config import Settings
from backend.models.user import Role
from backend.services.context import Context
from backend.services.tokens import issue_launch_token, issue_session_token
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob

OPEN = {("post", "/sign-in"), ("post", "/launches")}
FOR_ANNOTATORS = {
    ("post", "/jobs/{job_id}/claims"),
    ("get", "/assignments/{assignment_id}"),
    ("get", "/assignments/{assignment_id}/channels/{index}.npy"),
    ("get", "/assignments/{assignment_id}/labels.npy"),
    ("get", "/assignments/{assignment_id}/marks"),
    ("get", "/assignments/{assignment_id}/edits"),
    ("post", "/assignments/{assignment_id}/edits"),
    ("post", "/assignments/{assignment_id}/submit"),
    ("post", "/assignments/{assignment_id}/release"),
    ("post", "/assignments/{assignment_id}/skip"),
    ("post", "/assignments/{assignment_id}/predictions"),
    ("get", "/assignments/{assignment_id}/predictions/{box_id}"),
    ("get", "/assignments/{assignment_id}/predictions/{box_id}/labels.npy"),
    ("get", "/assignments/{assignment_id}/view-presets"),
    ("put", "/assignments/{assignment_id}/view-presets"),
}
FOR_REVIEWERS = {
    ("get", "/projects"),
    ("get", "/projects/{project_id}"),
    ("get", "/projects/{project_id}/fovs"),
    ("get", "/projects/{project_id}/jobs"),
    ("get", "/projects/{project_id}/datasets"),
    ("get", "/projects/{project_id}/runs"),
    ("get", "/projects/{project_id}/model-versions"),
    ("get", "/projects/{project_id}/promotions"),
    ("get", "/projects/{project_id}/rounds"),
    ("get", "/fovs/{fov_id}"),
    ("get", "/fovs/{fov_id}/preview.png"),
    ("get", "/fovs/{fov_id}/labels.npz"),
    ("get", "/fovs/{fov_id}/marks"),
    ("get", "/fovs/{fov_id}/cells.csv"),
    ("get", "/fovs/{fov_id}/findings"),
    ("get", "/fovs/{fov_id}/stitch-report"),
    ("get", "/fovs/{fov_id}/reviews"),
    ("post", "/fovs/{fov_id}/reviews"),
    ("get", "/jobs/{job_id}"),
    ("get", "/datasets/{dataset_id}"),
    ("get", "/datasets/{dataset_id}/files/{name}"),
    ("get", "/runs/{run_id}"),
    ("get", "/model-versions/{model_version_id}/report"),
}
FOR_ADMINS = {
    ("get", "/users"),
    ("post", "/users"),
    ("post", "/projects"),
    ("patch", "/projects/{project_id}"),
    ("post", "/projects/{project_id}/previews"),
    ("post", "/projects/{project_id}/fovs"),
    ("post", "/projects/{project_id}/jobs"),
    ("post", "/projects/{project_id}/datasets"),
    ("post", "/projects/{project_id}/runs"),
    ("post", "/projects/{project_id}/promotions"),
    ("post", "/projects/{project_id}/rollbacks"),
    ("post", "/jobs/{job_id}/launch-tokens"),
    ("post", "/runs/{run_id}/cancel"),
    ("post", "/fovs/{fov_id}/stitch"),
}


def roles_of(operation: tuple[str, str]) -> set[Role]:
    if operation in FOR_ANNOTATORS:
        return {Role.ANNOTATOR}
    if operation in FOR_REVIEWERS:
        return {Role.REVIEWER, Role.ADMIN}
    return {Role.ADMIN} if operation in FOR_ADMINS else set(Role)


def operations(app: APIFlask) -> Iterator[tuple[str, str]]:
    for path, methods in api_document(app)["paths"].items():
        for method in methods:
            yield method, path.removeprefix("/api/v1")


def test_the_table_names_every_operation(app: APIFlask) -> None:
    assert set(operations(app)) == OPEN | FOR_ANNOTATORS | FOR_REVIEWERS | FOR_ADMINS | {("get", "/me")}


def test_every_operation_refuses_every_other_role(
    app: APIFlask, anyone: Caller, someone: Callable[..., Caller]
) -> None:
    callers = {role: someone(role, job_id=1) for role in Role}
    for method, path in set(operations(app)) - OPEN:
        concrete = "/api/v1" + path.replace("{name}", "train.npz").replace("{", "").replace("}", "")
        for name in (
            "project_id",
            "fov_id",
            "job_id",
            "assignment_id",
            "dataset_id",
            "run_id",
            "model_version_id",
            "index",
            "box_id",
        ):
            concrete = concrete.replace(name, "1")
        assert anyone.call(method.upper(), concrete).status_code == 401, (method, path)
        for role, caller in callers.items():
            refused = caller.call(method.upper(), concrete).status_code == 403
            assert refused == (role not in roles_of((method, path))), (method, path, role)


def test_the_document_states_the_same_roles(app: APIFlask) -> None:
    for path, methods in api_document(app)["paths"].items():
        for method, operation in methods.items():
            key = (method, path.removeprefix("/api/v1"))
            stated = {role for scheme in operation.get("security", []) for role in scheme["BearerAuth"]}
            assert stated == (set() if key in OPEN else {str(role) for role in roles_of(key)}), key


def test_without_a_token(anyone: Caller) -> None:
    answer = anyone.get("/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_json() == {
        "code": "not_signed_in",
        "message": "This needs a session: sign in, or open the launch link again.",
        "detail": {},
    }


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "Bearer", "ü"])
def test_a_forged_token(anyone: Caller, token: str) -> None:
    answer = Caller(anyone.client, token).get("/me")
    assert answer.status_code == 401
    assert answer.get_json()["code"] == "not_signed_in"


def test_a_launch_token_is_no_session(anyone: Caller, context: Context) -> None:
    token = issue_launch_token(context, job_id=1, annotator="ann")
    assert Caller(anyone.client, token).get("/me").status_code == 401


def test_a_token_of_another_server(anyone: Caller, context: Context, make: Maker) -> None:
    other = Context(
        settings=Settings(secret_key="another secret that is long enough to sign with"),
        sessions=context.sessions,
        storage=context.storage,
        queue=context.queue,
        clock=context.clock,
    )
    token = issue_session_token(other, user_id=make.user(role=Role.ADMIN), role=Role.ADMIN)
    assert Caller(anyone.client, token).get("/me").status_code == 401


def test_a_session_ends(admin: Caller, context: Context, clock: FixedClock) -> None:
    clock.advance(context.settings.session_s)
    answer = admin.get("/me")
    assert answer.status_code == 401
    assert "Sign in again" in answer.get_json()["message"]


def test_an_annotators_session_reaches_one_job(make: Maker, someone: Callable[..., Caller]) -> None:
    mine, other = make.open_job(), make.open_job()
    caller = someone(Role.ANNOTATOR, job_id=mine.job_id)
    assert caller.post(f"/jobs/{mine.job_id}/claims").status_code == 201
    refused = caller.post(f"/jobs/{other.job_id}/claims")
    assert refused.status_code == 404
    assert refused.get_json()["message"] == (
        f"There is no job {other.job_id} in this session. Open the launch link of that job."
    )


def test_an_assignment_of_the_same_person_in_another_job(
    make: Maker, context: Context, someone: Callable[..., Caller], anyone: Caller
) -> None:
    mine, other = make.open_job(), make.open_job()
    caller = someone(Role.ANNOTATOR, job_id=mine.job_id)
    elsewhere = make.claim(other, caller.user_id)
    for path in (f"/assignments/{elsewhere.id}", f"/assignments/{elsewhere.id}/labels.npy"):
        assert caller.get(path).status_code == 404
    bound = issue_session_token(context, user_id=caller.user_id, role=Role.ANNOTATOR, job_id=other.job_id)
    assert Caller(anyone.client, bound).get(f"/assignments/{elsewhere.id}").status_code == 200


def test_whose_an_assignment_is_may_be_forgotten_at_any_moment(
    app: APIFlask, job: OpenJob, make: Maker, someone: Callable[..., Caller]
) -> None:
    class Forgetful(dict[int, tuple[int, int]]):
        """As when another thread empties the memory because it is full."""

        def __setitem__(self, key: int, value: tuple[int, int]) -> None:
            self.clear()

    app.extensions[OWNERS] = Forgetful()
    caller = someone(Role.ANNOTATOR, job_id=job.job_id)
    held = make.claim(job, caller.user_id)
    assert caller.get(f"/assignments/{held.id}/marks").status_code == 200


def test_somebody_elses_assignment_is_as_unknown_as_a_missing_one(
    job: OpenJob, make: Maker, someone: Callable[..., Caller]
) -> None:
    theirs = make.claim(job, make.user())
    caller = someone(Role.ANNOTATOR, job_id=job.job_id)
    found = caller.get(f"/assignments/{theirs.id}")
    missing = caller.get("/assignments/999999")
    assert (found.status_code, missing.status_code) == (404, 404)
    assert found.get_json()["code"] == missing.get_json()["code"] == "not_found"
