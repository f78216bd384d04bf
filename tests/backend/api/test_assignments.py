"""The editing protocol over HTTP, as the browser speaks it."""

import base64
import gzip
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from werkzeug.test import TestResponse

from backend.adapters.memory import FixedClock, MemoryQueue
from backend.services.context import Context
from backend.services.edits import NewEdit
from pipeline.label_diff import labels_checksum
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob, paint_edits


@pytest.fixture
def ann(job: OpenJob, launch: Callable[[int, str], Caller]) -> Caller:
    return launch(job.job_id, "ann")


@pytest.fixture
def held(ann: Caller, job: OpenJob) -> dict[str, Any]:
    """The assignment that `ann` holds."""
    claimed: dict[str, Any] = ann.post(f"/jobs/{job.job_id}/claims").get_json()
    return claimed


def npy(answer: TestResponse) -> npt.NDArray[Any]:
    assert answer.status_code == 200, answer.get_json()
    return np.load(io.BytesIO(answer.data), allow_pickle=False)


def wire(edit: NewEdit) -> dict[str, Any]:
    return {
        "seq": edit.seq,
        "tool": edit.tool,
        "client_at": edit.client_at.isoformat(),
        "active_s": edit.active_s,
        "diff": base64.b64encode(edit.diff).decode(),
        "checksum": edit.checksum,
    }


def send(ann: Caller, held: dict[str, Any], edits: list[NewEdit]) -> TestResponse:
    body = {"edits": [wire(edit) for edit in edits]}
    return ann.post(f"/assignments/{held['id']}/edits", body)


def draw(ann: Caller, held: dict[str, Any], *, n: int, first: int = 1) -> tuple[list[NewEdit], Any]:
    labels = npy(ann.get(f"/assignments/{held['id']}/labels.npy"))
    edits, plane = paint_edits(labels[0, 0], n=n, first=first)
    labels[0, 0] = plane
    return edits, labels


def checksums(held: dict[str, Any], labels: npt.NDArray[Any]) -> dict[str, int]:
    return {name: labels_checksum(labels[i]) for i, name in enumerate(held["compartments"])}


def test_a_claim_gives_what_the_page_needs(held: dict[str, Any], job: OpenJob) -> None:
    assert held["state"] == "open"
    assert (held["job_id"], held["fov_id"]) == (job.job_id, job.fov_id)
    assert held["compartments"] == ["whole_cell", "nuclear"]
    assert held["channels"] == [
        {"index": 0, "name": "DAPI", "role": "nuclear", "dtype": "uint16", "min": 3.0, "max": 900.0}
    ]
    assert (held["window"]["height"], held["window"]["width"]) == (40, 40)
    assert (held["n_frames"], held["last_seq"], held["pixel_size_um"]) == (1, 0, 0.5)
    assert held["lease_expires_at"] == "2024-01-01T12:30:00+00:00"


def test_the_assignment_already_held_comes_again(ann: Caller, held: dict[str, Any], job: OpenJob) -> None:
    again = ann.post(f"/jobs/{job.job_id}/claims")
    assert (again.status_code, again.get_json()) == (200, held)
    assert ann.get(f"/assignments/{held['id']}").get_json() == held


def test_no_task_is_left(make: Maker, launch: Callable[[int, str], Caller]) -> None:
    job = make.open_job(crop_size_px=96)
    first, second = launch(job.job_id, "ann"), launch(job.job_id, "bob")
    assert first.post(f"/jobs/{job.job_id}/claims").status_code == 201
    answer = second.post(f"/jobs/{job.job_id}/claims")
    assert (answer.status_code, answer.data) == (204, b"")


def test_labels_come_with_their_seq(ann: Caller, held: dict[str, Any]) -> None:
    edits, labels = draw(ann, held, n=3)
    assert send(ann, held, edits).get_json() == {"last_seq": 3}
    answer = ann.get(f"/assignments/{held['id']}/labels.npy")
    np.testing.assert_array_equal(npy(answer), labels)
    assert npy(answer).dtype == np.uint32
    assert answer.headers["Cytoloop-Seq"] == "3"
    assert answer.headers["Cache-Control"] == "no-store"


def test_labels_are_compressed_when_the_client_takes_it(ann: Caller, held: dict[str, Any]) -> None:
    path = f"/assignments/{held['id']}/labels.npy"
    packed = ann.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == ann.get(path).data


def test_a_repeated_batch_is_acknowledged(ann: Caller, held: dict[str, Any]) -> None:
    edits, labels = draw(ann, held, n=4)
    for batch in (edits[:3], edits, edits[1:2]):
        assert send(ann, held, batch).status_code == 200
    np.testing.assert_array_equal(npy(ann.get(f"/assignments/{held['id']}/labels.npy")), labels)


def test_a_gap(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=3)
    send(ann, held, edits[:1])
    answer = send(ann, held, edits[2:])
    assert answer.status_code == 409
    assert (answer.get_json()["code"], answer.get_json()["last_seq"]) == ("edit_gap", 1)


def test_another_edit_under_a_held_seq(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=2)
    send(ann, held, edits[:1])
    other = NewEdit(1, "erase", edits[1].client_at, 1.0, edits[1].diff, edits[1].checksum)
    answer = send(ann, held, [other])
    assert answer.status_code == 409
    assert (answer.get_json()["code"], answer.get_json()["last_seq"]) == ("edit_mismatch", 1)


def test_old_values_that_differ(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=1)
    send(ann, held, edits)
    again = NewEdit(2, "brush", edits[0].client_at, 1.0, edits[0].diff, edits[0].checksum)
    answer = send(ann, held, [again])
    assert answer.status_code == 409
    assert (answer.get_json()["code"], answer.get_json()["last_seq"]) == ("edit_diverged", 1)


def test_malformed_bytes(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=1)
    broken = NewEdit(1, "brush", edits[0].client_at, 1.0, b"\x09", edits[0].checksum)
    answer = send(ann, held, [broken])
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "invalid_input"


def test_a_body_that_is_no_batch(ann: Caller, held: dict[str, Any]) -> None:
    answer = ann.post(f"/assignments/{held['id']}/edits", {"edits": "all"})
    assert answer.status_code == 422
    assert answer.get_json()["message"] == ("edits: expected a list of 1 to 500 edits. Send fewer at once.")


def test_the_log_comes_back_in_pages(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=3)
    send(ann, held, edits)
    answer = ann.get(f"/assignments/{held['id']}/edits?after=1").get_json()
    assert answer == {"items": [{**wire(edit), "marks": ""} for edit in edits[1:]], "next": None}


def test_the_log_of_more_than_a_page(ann: Caller, held: dict[str, Any]) -> None:
    edits, _ = draw(ann, held, n=501)
    send(ann, held, edits[:500])
    send(ann, held, edits[500:])
    path = f"/assignments/{held['id']}/edits"
    first = ann.get(path).get_json()
    rest = ann.get(f"{path}?after={first['next']}").get_json()
    assert (len(first["items"]), first["next"]) == (500, 500)
    assert ([item["seq"] for item in rest["items"]], rest["next"]) == ([501], None)


def test_submitting_twice_answers_the_same(ann: Caller, held: dict[str, Any]) -> None:
    edits, labels = draw(ann, held, n=2)
    send(ann, held, edits)
    body = {"last_seq": 2, "checksums": checksums(held, labels)}
    first, second = (ann.post(f"/assignments/{held['id']}/submit", body) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.get_json() == second.get_json()
    assert first.get_json() == {"id": held["id"], "state": "submitted", "last_seq": 2}


def test_a_submission_that_differs_changes_nothing(ann: Caller, held: dict[str, Any]) -> None:
    body = {"last_seq": 0, "checksums": {"whole_cell": 1, "nuclear": 2}}
    answer = ann.post(f"/assignments/{held['id']}/submit", body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "checksum_mismatch")
    assert ann.get(f"/assignments/{held['id']}").get_json()["state"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"last_seq": 0},
        {"last_seq": 0, "checksums": {}},
        {"last_seq": 0, "checksums": {"cytoplasm": 1}},
        {"last_seq": 0, "checksums": {"nuclear": 2**32}},
        {"last_seq": "0", "checksums": {"nuclear": 1}},
    ],
)
def test_a_malformed_submission(ann: Caller, held: dict[str, Any], body: dict[str, Any]) -> None:
    assert ann.post(f"/assignments/{held['id']}/submit", body).status_code == 422


@pytest.mark.parametrize("how", ["submit", "release", "skip"])
def test_a_closed_assignment_takes_no_more(ann: Caller, held: dict[str, Any], how: str) -> None:
    edits, _ = draw(ann, held, n=1)
    unchanged = npy(ann.get(f"/assignments/{held['id']}/labels.npy"))
    body = {"last_seq": 0, "checksums": checksums(held, unchanged)} if how == "submit" else {}
    assert ann.post(f"/assignments/{held['id']}/{how}", body).status_code == 200
    answer = send(ann, held, edits)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "assignment_closed")


def test_an_expired_assignment_takes_no_more(
    ann: Caller, held: dict[str, Any], clock: FixedClock, context: Context
) -> None:
    edits, _ = draw(ann, held, n=1)
    clock.advance(context.settings.lease_s + 1)
    answer = send(ann, held, edits)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "assignment_closed")


def test_the_last_submission_of_an_fov_asks_for_the_stitch(
    make: Maker, launch: Callable[[int, str], Caller], context: Context
) -> None:
    job = make.open_job(crop_size_px=96)
    ann = launch(job.job_id, "ann")
    held = ann.post(f"/jobs/{job.job_id}/claims").get_json()
    labels = npy(ann.get(f"/assignments/{held['id']}/labels.npy"))
    assert isinstance(context.queue, MemoryQueue)
    context.queue.take()
    body = {"last_seq": 0, "checksums": checksums(held, labels)}
    ann.post(f"/assignments/{held['id']}/submit", body)
    assert context.queue.take() == [("stitch_fov", {"job_id": job.job_id, "fov_id": job.fov_id})]


def test_released_work_goes_to_somebody_else(
    ann: Caller, held: dict[str, Any], job: OpenJob, launch: Callable[[int, str], Caller]
) -> None:
    ann.post(f"/assignments/{held['id']}/release")
    bob = launch(job.job_id, "bob").post(f"/jobs/{job.job_id}/claims").get_json()
    assert bob["task_id"] == held["task_id"]


def test_a_channel_that_is_not_there(ann: Caller, held: dict[str, Any]) -> None:
    answer = ann.get(f"/assignments/{held['id']}/channels/5.npy")
    assert answer.status_code == 404
    assert "There is no channel 5 in this crop" in answer.get_json()["message"]
