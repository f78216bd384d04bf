"""Marks over HTTP, as the browser sends and reads them."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from backend.db import transaction
from backend.models import Fov, Revision
from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker, OpenJob

Held = dict[str, Any]


@pytest.fixture
def ann(job: OpenJob, launch: Callable[[int, str], Caller]) -> Caller:
    return launch(job.job_id, "ann")


@pytest.fixture
def path(ann: Caller, job: OpenJob) -> str:
    """The address of the assignment that `ann` holds."""
    return f"/assignments/{ann.post(f'/jobs/{job.job_id}/claims').get_json()['id']}"


def mark(seq: int, *changes: list[Any]) -> dict[str, Any]:
    text = json.dumps(changes, separators=(",", ":"))
    return {
        "seq": seq,
        "tool": "mark",
        "client_at": "2026-01-31T12:00:00Z",
        "active_s": 0.5,
        "diff": "",
        "marks": text,
        "checksum": zlib.crc32(text.encode()),
    }


TYPED = ["type/whole_cell/7", None, "t-cell"]


def test_marks_are_sent_read_and_listed(ann: Caller, path: str) -> None:
    assert ann.get(f"{path}/marks").get_json() == {"last_seq": 0, "marks": {}}
    edits = [mark(1, TYPED), mark(2, ["checked/whole_cell/7", None, True])]
    assert ann.post(f"{path}/edits", {"edits": edits}).get_json() == {"last_seq": 2}
    answer = ann.get(f"{path}/marks").get_json()
    assert answer == {"last_seq": 2, "marks": {"checked/whole_cell/7": True, "type/whole_cell/7": "t-cell"}}
    listed = ann.get(f"{path}/edits").get_json()["items"]
    assert [(edit["diff"], edit["marks"]) for edit in listed] == [("", edit["marks"]) for edit in edits]


def test_an_old_value_that_differs(ann: Caller, path: str) -> None:
    ann.post(f"{path}/edits", {"edits": [mark(1, TYPED)]})
    answer = ann.post(f"{path}/edits", {"edits": [mark(2, TYPED)]})
    body = answer.get_json()
    assert (answer.status_code, body["code"], body["last_seq"]) == (409, "edit_diverged", 1)
    assert body["message"] == (
        'Edit 2: The edit expects type/whole_cell/7 to be absent, but it is "t-cell"; load the crop again.'
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "Edit 1: The marks are no JSON: Expecting value: line 1 column 1 (char 0)."),
        ("[" * 200_000, "Edit 1: The marks are nested too deep; send [[key, old, new], ...]."),
        ("", "Edit 1: it changes neither pixels nor marks; leave it out."),
        (
            json.dumps([["type/membrane/7", None, "a"]]),
            'Edit 1: "type/membrane/7" is no key of a mark; see the table of keys in the protocol.',
        ),
    ],
)
def test_marks_that_cannot_be(ann: Caller, path: str, text: str, message: str) -> None:
    edit = {**mark(1, TYPED), "marks": text, "checksum": zlib.crc32(text.encode())}
    answer = ann.post(f"{path}/edits", {"edits": [edit]})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_input")
    assert answer.get_json()["message"] == message


def test_marks_of_others_are_not_there(path: str, job: OpenJob, launch: Callable[[int, str], Caller]) -> None:
    answer = launch(job.job_id, "bob").get(f"{path}/marks")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.fixture
def labelled(job: OpenJob, context: Context) -> int:
    """An FOV whose current revision has marks."""
    with transaction(context.sessions) as session:
        revision = session.get_one(Revision, session.get_one(Fov, job.fov_id).current_revision_id or 1)
        session.get_one(Fov, job.fov_id).current_revision_id = revision.id
        revision.marks = {"type/nuclear/2": "t-cell", "checked/nuclear/2": True}
    return job.fov_id


def test_a_reviewer_sees_the_marks_of_an_fov(reviewer: Caller, labelled: int) -> None:
    answer = reviewer.get(f"/fovs/{labelled}/marks")
    assert answer.get_json() == {
        "revision_id": 1,
        "marks": {"checked/nuclear/2": True, "type/nuclear/2": "t-cell"},
    }
    assert reviewer.get("/fovs/99/marks").get_json()["message"] == "There is no FOV 99."


def test_an_fov_without_labels_has_no_marks(reviewer: Caller, make: Maker) -> None:
    fov_id = make.fov(make.project())
    assert reviewer.get(f"/fovs/{fov_id}/marks").get_json() == {"revision_id": None, "marks": {}}
    answer = reviewer.get(f"/fovs/{fov_id}/cells.csv")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    assert "has no labels yet; launch a job on it first." in answer.get_json()["message"]


def test_the_cells_of_an_fov_as_a_download(reviewer: Caller, labelled: int) -> None:
    answer = reviewer.get(f"/fovs/{labelled}/cells.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="fov-{labelled}-cells.csv"'
    lines = answer.text.split("\r\n")
    assert lines[0] == "compartment,frame,label,row,column,area_px,type,uncertain,checked,note"
    assert lines[1] == "whole_cell,0,1,6.0,6.0,169,,,,"
    assert "nuclear,0,2,6.0,22.0,169,t-cell,,true," in lines
    assert len(lines) == 1 + 2 * 24 + 1


def test_annotators_see_no_fov(ann: Caller, labelled: int) -> None:
    for what in ("marks", "cells.csv"):
        assert ann.get(f"/fovs/{labelled}/{what}").status_code == 403
