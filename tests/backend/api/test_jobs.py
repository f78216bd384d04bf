from collections.abc import Callable
from typing import Any

import pytest

from backend.adapters.memory import MemoryQueue
from backend.models.user import Role
from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob


def test_launching_a_job_asks_for_its_proposals(admin: Caller, make: Maker, context: Context) -> None:
    project_id = make.project()
    fov_id = make.fov(project_id)
    made = admin.post(f"/projects/{project_id}/jobs", {"name": "round 1", "crop_size_px": 64})
    assert made.status_code == 201, made.get_json()
    job = made.get_json()
    assert (job["state"], job["fov_ids"], job["overlap"]) == ("preparing", [fov_id], 0.2)
    assert job["start_from"] == "accepted"
    assert isinstance(context.queue, MemoryQueue)
    assert context.queue.take() == [("prepare_job", {"job_id": job["id"]})]
    assert admin.get(f"/jobs/{job['id']}").get_json() == job
    assert admin.get(f"/projects/{project_id}/jobs").get_json()["items"] == [job]


def test_tasks_by_state(reviewer: Caller, job: OpenJob, launch: Callable[[int, str], Caller]) -> None:
    launch(job.job_id, "ann").post(f"/jobs/{job.job_id}/claims")
    counts = reviewer.get(f"/jobs/{job.job_id}").get_json()["counts"]
    assert counts == {
        "ready": 5,
        "assigned": 1,
        "submitted": 0,
        "returned": 0,
        "approved": 0,
        "skipped": 0,
    }


def test_a_launch_link_leads_to_the_annotators_page(
    admin: Caller, anyone: Caller, job: OpenJob, context: Context
) -> None:
    made = admin.post(f"/jobs/{job.job_id}/launch-tokens", {"annotator": "ann"})
    assert made.status_code == 201
    link = made.get_json()
    assert link["url"] == f"{context.settings.public_url}/embed/{link['launch_token']}"
    answer = anyone.post("/launches", {"launch_token": link["launch_token"]})
    assert answer.get_json()["annotator"]["name"] == "ann"


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("the admin", 403, "'the admin' is no annotator; launch the job under another annotator's name."),
        ("   ", 422, "'' cannot be the name of an annotator"),
        ("ann\u200b\n", 422, "give 1 to 200 characters that can be shown"),
    ],
)
def test_no_link_for_a_name_that_cannot_annotate(
    admin: Caller, make: Maker, job: OpenJob, name: str, status: int, message: str
) -> None:
    make.user("the admin", Role.ADMIN)
    answer = admin.post(f"/jobs/{job.job_id}/launch-tokens", {"annotator": name})
    assert answer.status_code == status
    assert message in answer.get_json()["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "a", "crop_size_px": 8}, "crop_size_px"),
        ({"name": "a", "overlap": 0.6}, "overlap"),
        ({"name": "a", "redundancy": 0}, "redundancy"),
        ({"name": "a", "start_from": "current"}, "start_from"),
        ({"name": "a", "fov_ids": []}, "fov_ids"),
        ({"name": "a", "fov_ids": ["1"]}, "fov_ids.0"),
        ({"name": "a", "platform": "mturk"}, "platform"),
        ({"name": "a", "state": "open"}, "state"),
    ],
)
def test_a_malformed_job(admin: Caller, make: Maker, body: dict[str, Any], field: str) -> None:
    answer = admin.post(f"/projects/{make.project()}/jobs", body)
    assert answer.status_code == 422
    assert f"{field}: " in answer.get_json()["message"]


def test_an_fov_of_another_project(admin: Caller, make: Maker) -> None:
    stranger = make.fov(make.project())
    answer = admin.post(f"/projects/{make.project()}/jobs", {"name": "a", "fov_ids": [stranger]})
    assert answer.status_code == 404


def test_nothing_to_annotate(admin: Caller, make: Maker) -> None:
    answer = admin.post(f"/projects/{make.project()}/jobs", {"name": "a"})
    assert answer.status_code == 409
    assert "ingest one" in answer.get_json()["message"]


def test_a_job_that_is_not_there(admin: Caller) -> None:
    assert admin.get("/jobs/9").status_code == 404
    assert admin.post("/jobs/9/launch-tokens", {"annotator": "a"}).status_code == 404
