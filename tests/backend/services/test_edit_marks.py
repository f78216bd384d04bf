"""Marks in the edit log: checked against what is held, in order, once, and the same in every process."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from backend.db import reading
from backend.errors import CytoloopError, EditDiverged, EditMismatch, InvalidInput
from backend.models import Assignment
from backend.services.context import Context
from backend.services.drafts import committed_draft, materialise_draft
from backend.services.edit_pages import list_edits
from backend.services.edits import NewEdit
from backend.services.marks import read_marks
from pipeline.label_diff import edit_checksum
from pipeline.marks import MarkChange, encode_marks
from tests.backend.factories import Maker, paint_edits

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
KEY = "type/whole_cell/7"


@pytest.fixture
def assignment(make: Maker) -> Assignment:
    return make.claim(make.open_job(), make.user())


def _ids(assignment: Assignment) -> dict[str, int]:
    return {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}


def _marks(context: Context, assignment: Assignment) -> dict[str, Any]:
    return dict(committed_draft(context, **_ids(assignment)).marks)


def _edit(seq: int, *changes: Any, diff: bytes = b"", tool: str = "mark") -> NewEdit:
    text = encode_marks([MarkChange(*change) for change in changes])
    return NewEdit(seq, tool, MOMENT, 1.0, diff, edit_checksum(diff, text), text)


def test_marks_are_held_alone_and_with_pixels(context: Context, make: Maker, assignment: Assignment) -> None:
    plane = committed_draft(context, **_ids(assignment)).labels[0, 0]
    (paint,), after = paint_edits(plane, n=1)
    assert make.append(assignment, [_edit(1, (KEY, None, "t-cell")), _edit(2, (KEY, "t-cell", "b"))]) == 2
    assert make.append(assignment, [_edit(3, ("checked/whole_cell/7", None, True), diff=paint.diff)]) == 3
    for process in (context, replace(context)):
        draft = committed_draft(process, **_ids(assignment))
        assert dict(draft.marks) == {KEY: "b", "checked/whole_cell/7": True}
        np.testing.assert_array_equal(draft.labels[0, 0], after)
    with reading(context.sessions) as session:
        held = list_edits(session, **_ids(assignment)).edits
    assert [(edit.n_px, edit.diff, edit.marks) for edit in held] == [
        (0, b"", f'[["{KEY}",null,"t-cell"]]'),
        (0, b"", f'[["{KEY}","t-cell","b"]]'),
        (9, paint.diff, '[["checked/whole_cell/7",null,true]]'),
    ]


def test_a_repeated_edit_is_acknowledged(context: Context, make: Maker, assignment: Assignment) -> None:
    edits = [_edit(1, (KEY, None, "a")), _edit(2, (KEY, "a", None))]
    for batch in (edits[:1], edits, edits[:1], edits):
        make.append(assignment, batch)
    assert _marks(context, assignment) == {}
    with pytest.raises(EditMismatch, match="Another edit 2 was saved before"):
        make.append(assignment, [_edit(2, (KEY, "a", "b"))])


def test_another_process_appends_to_what_the_log_holds(
    context: Context, make: Maker, assignment: Assignment
) -> None:
    other = replace(context)
    assert _marks(other, assignment) == {}
    make.append(assignment, [_edit(1, (KEY, None, "a"))])
    Maker(other).append(assignment, [_edit(2, (KEY, "a", "b"))])
    assert _marks(context, assignment) == _marks(other, assignment) == {KEY: "b"}


def _refused(
    context: Context, assignment: Assignment, edits: list[NewEdit], error: type[CytoloopError]
) -> CytoloopError:
    before = committed_draft(context, **_ids(assignment))
    with pytest.raises(error) as caught:
        Maker(context).append(assignment, edits)
    after = committed_draft(context, **_ids(assignment))
    assert (after.seq, dict(after.marks)) == (before.seq, dict(before.marks))
    np.testing.assert_array_equal(after.labels, before.labels)
    return caught.value


def test_another_old_value_is_refused_with_all_of_its_edit(
    context: Context, make: Maker, assignment: Assignment
) -> None:
    (paint,), _ = paint_edits(committed_draft(context, **_ids(assignment)).labels[0, 0], n=1)
    make.append(assignment, [_edit(1, (KEY, None, "a"))])
    for process in (context, replace(context)):
        fault = _refused(process, assignment, [_edit(2, (KEY, "b", "c"), diff=paint.diff)], EditDiverged)
        assert fault.message == (
            f'Edit 2: The edit expects {KEY} to be "b", but it is "a"; load the crop again.'
        )
        assert fault.detail == {"seq": 2, "last_seq": 1}


def _raw(text: str) -> NewEdit:
    return NewEdit(1, "mark", MOMENT, 1.0, b"", edit_checksum(b"", text), text)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (_raw(""), "Edit 1: it changes neither pixels nor marks; leave it out."),
        (_raw("[1"), "Edit 1: The marks are no JSON: Expecting ',' delimiter: line 1 column 3 (char 2)."),
        (_raw("[" * 900_000), "Edit 1: The marks are nested too deep; send [[key, old, new], ...]."),
        (_raw('[["type/whole_cell/0",null,"a"]]'), 'Edit 1: "type/whole_cell/0" is no key of a mark; see'),
        (
            _raw('[["type/whole_cell/1",null,"T cell"]]'),
            'Edit 1: type/whole_cell/1: "T cell" is no value of it; send the id of a cell type,',
        ),
        (
            _raw('[["division/whole_cell/1/1",null,{"daughters":[2]}]]'),
            "Edit 1: division/whole_cell/1/1: this crop has no frame 1; it has frames 0 to 0.",
        ),
        (
            _raw('[["ignore/a",null,{"frame":0,"points":[[0,0],[0,40],[41,0]]}]]'),
            "Edit 1: ignore/a: a point is outside of the crop of 40 x 40 px.",
        ),
        (
            replace(_raw('[["type/whole_cell/1",null,"a"]]'), checksum=5),
            "Edit 1: its bytes do not have the checksum 5; send it again.",
        ),
    ],
)
def test_marks_that_cannot_be_are_named(sqlite_context: Context, edit: NewEdit, message: str) -> None:
    make = Maker(sqlite_context)
    assignment = make.claim(make.open_job(), make.user())
    fault = _refused(sqlite_context, assignment, [edit], InvalidInput)
    assert fault.message.startswith(message)
    assert fault.detail == {"seq": 1}


def test_marks_of_a_compartment_that_the_crop_lacks(context: Context, make: Maker) -> None:
    assignment = make.claim(make.open_job(compartments=("nuclear",)), make.user())
    fault = _refused(context, assignment, [_edit(1, (KEY, None, "a"))], InvalidInput)
    assert fault.message == f"Edit 1: {KEY}: this crop has no whole_cell; it has nuclear."


def test_the_largest_edit_is_taken(context: Context, make: Maker, assignment: Assignment) -> None:
    changes = [(f"checked/whole_cell/{label}", None, True) for label in range(1, 10_001)]
    assert make.append(assignment, [_edit(1, *changes)]) == 1
    assert len(_marks(replace(context), assignment)) == 10_000


_STATES = st.dictionaries(st.sampled_from([f"type/nuclear/{n}" for n in range(1, 5)]), st.sampled_from("abc"))


@profile(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(_STATES, min_size=1, max_size=12), every=st.integers(1, 9), cut=st.integers(1, 4))
def test_the_log_gives_the_same_marks_however_it_is_cut(
    sqlite_context: Context, states: list[dict[str, str]], every: int, cut: int
) -> None:
    settings = replace(sqlite_context.settings, materialise_every=every)
    processes = [replace(sqlite_context, settings=settings) for _ in range(2)]
    make = Maker(sqlite_context, prefix=uuid.uuid4().hex)
    assignment = make.claim(make.open_job(), make.user())
    held: dict[str, str] = {}
    edits: list[NewEdit] = []
    for state in states:
        keys = [key for key in sorted({*held, *state}) if held.get(key) != state.get(key)]
        if keys:
            edits.append(_edit(len(edits) + 1, *((key, held.get(key), state.get(key)) for key in keys)))
            held = state
    for turn, start in enumerate(range(0, len(edits), cut)):
        Maker(processes[turn % 2]).append(assignment, edits[start : start + cut])
    for process in (*processes, replace(sqlite_context)):
        assert _marks(process, assignment) == held


def test_a_stored_draft_holds_its_marks(context: Context, make: Maker, assignment: Assignment) -> None:
    place = {"compartment": "nuclear", "label": 0, "frame": 0, "row": 3.5, "column": 4}
    text = json.dumps([["note/n1", None, {**place, "text": "β → γ\n😀"}]])
    make.append(assignment, [_raw(text)])
    materialise_draft(context, **_ids(assignment))
    with reading(context.sessions) as session:
        now = session.get_one(Assignment, assignment.id)
        stored = read_marks(session, revision_id=now.base_revision_id)
    assert (now.base_seq, stored) == (1, {"note/n1": json.loads(text)[0][2]})
    assert _marks(replace(context), assignment) == stored
