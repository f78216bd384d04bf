"""Uploading, looking at and reviewing FOVs."""

import base64
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from apiflask import APIFlask
from PIL import Image
from sqlalchemy import select

from backend.adapters.memory import MemoryQueue
from backend.db import transaction
from backend.models import Finding, Fov, Revision, Task
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.services.context import Context
from backend.services.stitch_failures import note_stitch_failure
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob
from tests.pipeline.io.mcd_files import Recorded, write_mcd


@pytest.fixture
def project_id(make: Maker) -> int:
    return make.project()


def tiff(shape: tuple[int, ...] = (2, 40, 50), *, axes: str | None = "CYX", **metadata: Any) -> bytes:
    buffer = io.BytesIO()
    image = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    described = {} if axes is None else {"metadata": {"axes": axes, **metadata}, "ome": True}
    tifffile.imwrite(buffer, image, photometric="minisblack", **described)
    return buffer.getvalue()


TWO_CHANNELS = {"Channel": {"Name": ["DAPI", "membrane"]}}


def uploaded(name: str, data: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def test_an_upload_becomes_an_fov(admin: Caller, project_id: int) -> None:
    file = uploaded("a slide.ome.tif", tiff(**TWO_CHANNELS))
    made = admin.upload(f"/projects/{project_id}/fovs", file=file, nuclear="DAPI", pixel_size_um="0.5")
    assert made.status_code == 201, made.get_json()
    fov = made.get_json()
    assert (fov["state"], fov["n_rows"], fov["n_columns"], fov["dtype"]) == ("ingested", 40, 50, "uint16")
    assert [channel["role"] for channel in fov["channels"]] == ["nuclear", "membrane"]
    assert fov["pixel_size_um"] == 0.5
    assert fov["current_revision"] is None
    assert admin.get(f"/fovs/{fov['id']}").get_json() == fov
    assert admin.get(f"/projects/{project_id}/fovs").get_json() == {"items": [fov], "next": None}


def test_files_whose_names_differ_in_letters_beyond_ascii_alone(admin: Caller, project_id: int) -> None:
    path = f"/projects/{project_id}/fovs"
    made = [
        admin.upload(path, file=uploaded(name, tiff(**TWO_CHANNELS))).get_json()
        for name in ("肝臓.tif", "脾臓.tif", "a slide.tif")
    ]
    assert [fov["name"] for fov in made] == ["肝臓.tif", "脾臓.tif", "a slide.tif"]


def test_nothing_is_left_of_an_upload(
    admin: Caller, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    for data in (tiff(**TWO_CHANNELS), b"no image at all"):
        admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.tif", data))
    assert set(tmp_path.iterdir()) == before


def test_a_preview_keeps_nothing(admin: Caller, project_id: int) -> None:
    file = uploaded("a.ome.tif", tiff(**TWO_CHANNELS))
    answer = admin.upload(f"/projects/{project_id}/previews", file=file)
    assert answer.status_code == 200
    preview = answer.get_json()
    assert (preview["axes"], preview["shape"], preview["ambiguous"]) == ("CYX", [1, 2, 40, 50], False)
    assert base64.b64decode(preview["preview_png"]).startswith(b"\x89PNG")
    assert admin.get(f"/projects/{project_id}/fovs").get_json()["items"] == []


def test_ambiguous_axes_must_be_named(admin: Caller, project_id: int) -> None:
    data = tiff((3, 40, 50), axes=None)
    preview = admin.upload(f"/projects/{project_id}/previews", file=uploaded("a.tif", data)).get_json()
    assert preview["ambiguous"]
    assert preview["what"] == "axes"
    refused = admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.tif", data))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "ambiguous_axes")
    assert refused.get_json()["detail"]["choices"] == preview["choices"]
    form = {"axes": "CYX", "nuclear": "0"}
    made = admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.tif", data), **form)
    assert made.status_code == 201, made.get_json()


def test_one_acquisition_of_several_must_be_named(admin: Caller, project_id: int, tmp_path: Path) -> None:
    pixels = np.ones((20, 30, 2), np.float32)
    data = write_mcd(tmp_path / "a.mcd", Recorded(pixels), Recorded(pixels)).read_bytes()
    preview = admin.upload(f"/projects/{project_id}/previews", file=uploaded("a.mcd", data)).get_json()
    assert (preview["what"], preview["choices"]) == ("acquisition", ["1", "2"])
    refused = admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.mcd", data))
    assert (refused.status_code, "several acquisitions" in refused.get_json()["message"]) == (422, True)
    made = admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.mcd", data), acquisition="2")
    assert made.get_json()["name"] == "a.mcd acquisition 2"


def zip_with(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.tif", b"not an image"),
        ("a.tif", tiff()[:200]),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        ("a.npz", zip_with("X.npy", b"\x80\x04pickle")),
        ("a.zip", zip_with("../../evil.tif", tiff())),
        ("empty.tif", b""),
        ("../../../etc/passwd", b"root"),
    ],
)
def test_bad_files_get_a_clear_answer(
    admin: Caller, project_id: int, context: Context, name: str, data: bytes
) -> None:
    answer = admin.upload(f"/projects/{project_id}/fovs", file=uploaded(name, data), axes="YX")
    assert answer.status_code in (413, 422), answer.get_json()
    message = answer.get_json()["message"]
    assert "Traceback" not in message
    assert "/tmp" not in message
    assert admin.get(f"/projects/{project_id}/fovs").get_json()["items"] == []
    assert list(context.storage.list("fovs")) == []


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({}, "file: Missing data for required field."),
        ({"file": "a text"}, "file: Not a valid file."),
        ({"axes": "C;X"}, "axes: String does not match expected pattern."),
        ({"pixel_size_um": "-1"}, "pixel_size_um: Must be greater than 0"),
        ({"pixel_size_um": "nan"}, "pixel_size_um: "),
        ({"owner": "me"}, "owner: Unknown field."),
    ],
)
def test_a_malformed_form(admin: Caller, project_id: int, form: dict[str, str], message: str) -> None:
    if form and "file" not in form:
        form = {**form, "file": uploaded("a.tif", tiff())}  # type: ignore[dict-item]
    answer = admin.upload(f"/projects/{project_id}/fovs", **form)
    assert answer.status_code == 422
    assert message in answer.get_json()["message"]


def test_an_upload_that_is_too_large(app: APIFlask, admin: Caller, project_id: int, context: Context) -> None:
    limits = {"max_upload_bytes": 2000, "max_request_bytes": 2000}
    for name, value in limits.items():
        object.__setattr__(context.settings, name, value)
    answer = admin.upload(f"/projects/{project_id}/fovs", file=uploaded("a.tif", tiff()))
    assert answer.status_code == 413
    assert "MAX_UPLOAD_BYTES" in answer.get_json()["message"]


@pytest.mark.parametrize("call", ["previews", "fovs"])
def test_a_large_upload_of_any_bytes_comes_in_whole(admin: Caller, project_id: int, call: str) -> None:
    """Line ends in the bytes of a file are what a boundary might begin with: the parser keeps them back."""
    image = np.random.default_rng(0).integers(0, 2**16, (2, 300, 300)).astype(np.uint16)
    image[0, ::3] = 0x0D0A
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, image, photometric="minisblack", ome=True, metadata={"axes": "CYX"})
    file = uploaded("noise.ome.tif", buffer.getvalue())
    answer = admin.upload(f"/projects/{project_id}/{call}", file=file, nuclear="0", membrane="1")
    assert answer.status_code in (200, 201), answer.get_json()


def test_an_upload_may_be_larger_than_other_requests(admin: Caller, project_id: int, app: APIFlask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 2000
    file = uploaded("a.ome.tif", tiff(**TWO_CHANNELS))
    assert admin.upload(f"/projects/{project_id}/fovs", file=file).status_code == 201


def test_a_project_that_is_not_there(admin: Caller) -> None:
    for call in ("fovs", "previews"):
        assert admin.upload(f"/projects/9/{call}", file=uploaded("a.tif", tiff())).status_code == 404


def test_the_picture_of_an_fov(admin: Caller, project_id: int) -> None:
    file = uploaded("a.ome.tif", tiff(**TWO_CHANNELS))
    fov_id = admin.upload(f"/projects/{project_id}/fovs", file=file).get_json()["id"]
    answer = admin.get(f"/fovs/{fov_id}/preview.png?size=25&labels=1")
    assert answer.mimetype == "image/png"
    assert max(Image.open(io.BytesIO(answer.data)).size) == 25
    again = admin.get(
        f"/fovs/{fov_id}/preview.png?size=25&labels=1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("query", ["size=0", "size=100000", "labels=2", "size=x"])
def test_a_picture_that_cannot_be(reviewer: Caller, query: str) -> None:
    assert reviewer.get(f"/fovs/1/preview.png?{query}").status_code == 422


def test_fovs_by_state(reviewer: Caller, make: Maker, project_id: int) -> None:
    fov_id = make.fov(project_id, state=FovState.STITCHED)
    make.fov(project_id)
    items = reviewer.get(f"/projects/{project_id}/fovs?state=stitched").get_json()["items"]
    assert [fov["id"] for fov in items] == [fov_id]


def test_labels_that_are_not_there(reviewer: Caller, make: Maker, project_id: int) -> None:
    fov_id = make.fov(project_id)
    assert reviewer.get(f"/fovs/{fov_id}/labels.npz").status_code == 404
    assert reviewer.get("/fovs/999").get_json()["message"] == "There is no FOV 999."


@pytest.fixture
def stitched(make: Maker, context: Context) -> OpenJob:
    """An FOV as the stitcher leaves it, with two findings."""
    job = make.open_job()
    with transaction(context.sessions) as session:
        fov = session.get_one(Fov, job.fov_id)
        revision = session.scalars(select(Revision).where(Revision.fov_id == fov.id)).one()
        fov.current_revision_id = revision.id
        revision.source = RevisionSource.STITCH
        revision.report = {"job_id": job.job_id, "whole_cell": {"n_merges": 3}}
        fov.state = FovState.STITCHED
        for severity in ("info", "error"):
            session.add(
                Finding(
                    revision_id=revision.id,
                    rule="hole",
                    severity=severity,
                    compartment="nuclear",
                    label=4,
                    frame=0,
                    row=10,
                    col=20,
                    message="A hole of 4 px.",
                    value=4.0,
                )
            )
    return job


def test_labels_as_npz(reviewer: Caller, stitched: OpenJob) -> None:
    answer = reviewer.get(f"/fovs/{stitched.fov_id}/labels.npz")
    with np.load(io.BytesIO(answer.data), allow_pickle=False) as held:
        assert held["compartments"].tolist() == ["whole_cell", "nuclear"]
        assert held["y"].shape == (1, 64, 96, 2)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="fov-{stitched.fov_id}-labels.npz"'


def test_findings(reviewer: Caller, stitched: OpenJob) -> None:
    answer = reviewer.get(f"/fovs/{stitched.fov_id}/findings").get_json()
    assert [item["severity"] for item in answer["items"]] == ["info", "error"]
    assert answer["items"][0]["message"] == "A hole of 4 px."
    errors = reviewer.get(f"/fovs/{stitched.fov_id}/findings?severity=error").get_json()
    assert len(errors["items"]) == 1


def test_the_stitch_report(reviewer: Caller, stitched: OpenJob, make: Maker) -> None:
    answer = reviewer.get(f"/fovs/{stitched.fov_id}/stitch-report").get_json()
    assert answer["report"]["whole_cell"] == {"n_merges": 3}
    unstitched = make.fov(stitched.project_id)
    refused = reviewer.get(f"/fovs/{unstitched}/stitch-report")
    assert refused.status_code == 404
    assert "has not been stitched yet" in refused.get_json()["message"]


def test_accepting_and_its_repetition(reviewer: Caller, stitched: OpenJob) -> None:
    path = f"/fovs/{stitched.fov_id}/reviews"
    revision_id = reviewer.get(f"/fovs/{stitched.fov_id}").get_json()["current_revision"]["id"]
    body = {"decision": "accepted", "revision_id": revision_id, "notes": "good"}
    made = reviewer.post(path, body)
    assert made.status_code == 201
    assert made.get_json()["reviewer_id"] == reviewer.user_id
    assert reviewer.get(f"/fovs/{stitched.fov_id}").get_json()["state"] == "accepted"
    assert reviewer.get(path).get_json()["items"] == [made.get_json()]


def test_a_review_of_other_labels(reviewer: Caller, stitched: OpenJob) -> None:
    body = {"decision": "accepted", "revision_id": 999, "notes": ""}
    assert reviewer.post(f"/fovs/{stitched.fov_id}/reviews", body).status_code == 409
    assert reviewer.get(f"/fovs/{stitched.fov_id}").get_json()["state"] == "stitched"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"decision": "maybe", "revision_id": 1}, "decision"),
        ({"decision": "accepted"}, "revision_id"),
        ({"decision": "accepted", "revision_id": "1"}, "revision_id"),
        ({"decision": "accepted", "revision_id": 1, "reviewer_id": 3}, "reviewer_id"),
    ],
)
def test_a_malformed_review(reviewer: Caller, body: dict[str, Any], field: str) -> None:
    answer = reviewer.post("/fovs/1/reviews", body)
    assert answer.status_code == 422
    assert f"{field}: " in answer.get_json()["message"]


def test_why_an_fov_is_not_stitched_and_another_try(
    admin: Caller, reviewer: Caller, job: OpenJob, context: Context
) -> None:
    at = f"/fovs/{job.fov_id}"
    assert reviewer.get(at).get_json()["stitch_failure"] is None
    refused = admin.post(f"{at}/stitch")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")
    with transaction(context.sessions) as session:
        for task in session.scalars(select(Task)):
            task.state = TaskState.SUBMITTED
    note_stitch_failure(context, fov_id=job.fov_id, message="no space", may_pass=False)
    shown = reviewer.get(at).get_json()["stitch_failure"]
    assert shown == {
        "message": "no space",
        "at": context.clock.now().isoformat(),
        "attempts": 1,
        "given_up": False,
    }
    again = admin.post(f"{at}/stitch")
    assert (again.status_code, again.get_json()["stitch_failure"]) == (202, None)
    assert isinstance(context.queue, MemoryQueue)
    assert ("stitch_fov", {"job_id": job.job_id, "fov_id": job.fov_id}) in context.queue.sent
