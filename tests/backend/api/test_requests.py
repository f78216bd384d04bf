"""Whatever a request holds, the answer says what is wrong with it; nothing ends in an error of the server."""

import json
from typing import Any

import pytest

from tests.backend.api.conftest import API, Caller
from tests.backend.factories import OpenJob

HUGE = 10**400


def test_an_id_that_no_column_holds_is_as_unknown_as_a_missing_row(admin: Caller) -> None:
    for path in ("/projects/{}", "/fovs/{}/labels.npz", "/jobs/{}", "/datasets/{}/files/train.npz"):
        for wrong in (2**31 - 1, 2**31, 2**63, 10**30, "9" * 5000):
            answer = admin.get(path.format(wrong))
            assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_an_annotator_finds_no_assignment_under_such_an_id(launch: Any, job: OpenJob) -> None:
    annotator = launch(job.job_id, "Ada")
    for path in ("", "/labels.npy", "/marks", "/predictions/1"):
        assert annotator.get(f"/assignments/{10**30}{path}").status_code == 404
    assert annotator.post(f"/jobs/{10**30}/claims").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("jobs", {"name": "a", "fov_ids": [2**31]}, "fov_ids.0"),
        ("promotions", {"model_version_id": 2**63}, "model_version_id"),
        ("promotions", {"model_version_id": HUGE}, "model_version_id"),
    ],
)
def test_a_number_that_no_column_holds_is_named(
    admin: Caller, job: OpenJob, path: str, body: Any, field: str
) -> None:
    answer = admin.post(f"/projects/{job.project_id}/{path}", body)
    assert answer.status_code == 422
    assert (
        f"{field}: Must be greater than or equal to 1 and less than or equal to 2147483647."
        in (answer.get_json()["message"])
    )


def test_a_page_begins_at_a_number_that_can_be(admin: Caller) -> None:
    answer = admin.get(f"/users?after={2**63}")
    assert (answer.status_code, "after: " in answer.get_json()["message"]) == (422, True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"qc": {"size_z": HUGE}}, "size_z is 1000000"),
        ({"qc": {"min_area_px": HUGE}}, "min_area_px is 1000000"),
        ({"submit_checks": {"min_area_px": HUGE}}, "submit_checks.min_area_px is 1000000"),
    ],
)
def test_a_setting_that_no_float_holds_is_named(
    admin: Caller, job: OpenJob, changes: Any, message: str
) -> None:
    answer = admin.patch(f"/projects/{job.project_id}", {"settings": changes})
    assert (answer.status_code, message in answer.get_json()["message"]) == (422, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sign-in", r'{"name": "a\u0000b", "password": "password"}'),
        ("/sign-in", r'{"name": "a", "password": "a\ud800b"}'),
        ("/launches", r'{"launch_token": "\uDFFF"}'),
        ("/sign-in", r'{"\ud800": 1}'),
    ],
)
def test_a_text_that_no_database_holds_is_refused(anyone: Caller, path: str, body: str) -> None:
    answer = anyone.call("POST", API + path, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json()["message"] == (
        "The request holds a text with NUL or with half a character (a lone surrogate). Send whole characters"
        " that can be stored."
    )


def test_a_character_of_two_halves_is_one(anyone: Caller) -> None:
    body = json.dumps({"name": "😀", "password": "password"})
    assert "\\ud83d" in body
    answer = anyone.call("POST", f"{API}/sign-in", data=body, content_type="application/json")
    assert answer.get_json()["code"] == "not_signed_in"


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 50_000, b"1" * 5000, b'{"name": ' + b"9" * 5000])
def test_json_that_cannot_be_read_is_the_clients_fault(anyone: Caller, body: bytes) -> None:
    answer = anyone.call("POST", f"{API}/sign-in", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")
