"""The editing protocol of docs/architecture.md: in order, exactly once, all of a batch or nothing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from sqlalchemy import select

from backend.adapters.memory import FixedClock
from backend.db import reading, transaction
from backend.errors import (
    AssignmentClosed,
    CytoloopError,
    EditDiverged,
    EditGap,
    EditMismatch,
    InvalidInput,
    NotFound,
)
from backend.models import Assignment, Edit
from backend.services.assignments import release_assignment
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.edit_pages import list_edits
from backend.services.edits import NewEdit, append_edits
from pipeline.label_diff import edit_checksum
from tests.backend.conftest import Transaction
from tests.backend.factories import LabelImage, Maker, make_edit, paint_edits


@pytest.fixture
def assignment(make: Maker) -> Assignment:
    return make.claim(make.open_job(), make.user())


@pytest.fixture
def plane(context: Context, assignment: Assignment) -> LabelImage:
    """The whole cells of the crop as they were claimed, (row, col)."""
    return _labels(context, assignment)[0, 0]


def _labels(context: Context, assignment: Assignment) -> LabelImage:
    return committed_draft(context, assignment_id=assignment.id, annotator_id=assignment.annotator_id).labels


def _held(context: Context, assignment: Assignment) -> list[int]:
    with reading(context.sessions) as session:
        return list(session.scalars(select(Edit.seq).where(Edit.assignment_id == assignment.id)))


def test_edits_change_the_labels_and_are_counted(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, after = paint_edits(plane, n=5)
    assert make.append(assignment, edits[:2]) == 2
    assert make.append(assignment, edits[2:]) == 5
    np.testing.assert_array_equal(_labels(context, assignment)[0, 0], after)
    with reading(context.sessions) as session:
        held = list_edits(
            session, assignment_id=assignment.id, annotator_id=assignment.annotator_id, after=3
        ).edits
    assert [(edit.seq, edit.tool, edit.n_px, edit.active_s) for edit in held] == [
        (4, "brush", 9, 1.5),
        (5, "brush", 9, 1.5),
    ]
    assert held[0].diff == edits[3].diff


def test_another_process_sees_the_same_labels(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, after = paint_edits(plane, n=3)
    other = replace(context)
    assert _labels(other, assignment)[0, 0].tolist() == plane.tolist()
    make.append(assignment, edits[:2])
    # The other process holds a draft that is behind, and appends to what the log holds.
    Maker(other).append(assignment, edits[2:])
    for each in (context, other):
        np.testing.assert_array_equal(_labels(each, assignment)[0, 0], after)


def test_a_repeated_edit_is_acknowledged_and_not_applied_twice(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, after = paint_edits(plane, n=4)
    make.append(assignment, edits[:3])
    assert make.append(assignment, edits[:3]) == 3
    assert make.append(assignment, [edits[2], edits[0], edits[3], edits[3]]) == 4
    assert _held(context, assignment) == [1, 2, 3, 4]
    np.testing.assert_array_equal(_labels(context, assignment)[0, 0], after)


def _refused(
    context: Context,
    make: Maker,
    assignment: Assignment,
    edits: Sequence[NewEdit],
    error: type[CytoloopError],
) -> CytoloopError:
    """The error of an append, after which nothing has changed."""
    before, held = _labels(context, assignment), _held(context, assignment)
    with pytest.raises(error) as caught:
        make.append(assignment, edits)
    assert _held(context, assignment) == held
    np.testing.assert_array_equal(_labels(context, assignment), before)
    return caught.value


def test_a_gap_is_refused_with_the_last_edit_held(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=4)
    make.append(assignment, edits[:1])
    fault = _refused(context, make, assignment, edits[2:], EditGap)
    assert fault.message == "Edit 3 came before edit 2; send the edits from 2 on."
    assert fault.detail == {"last_seq": 1}
    assert _refused(context, make, assignment, [edits[1], edits[3]], EditGap).detail == {"last_seq": 1}


def test_another_edit_under_a_held_seq_is_refused(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=2)
    make.append(assignment, edits[:1])
    other = replace(edits[1], seq=1)
    fault = _refused(context, make, assignment, [other, edits[1]], EditMismatch)
    assert fault.message.startswith("Another edit 1 was saved before")
    assert fault.detail["last_seq"] == 1


def test_old_values_that_differ_are_refused_and_the_whole_batch_with_them(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=2)
    stale = make_edit(plane + 1, plane, seq=2)
    fault = _refused(context, make, assignment, [edits[0], stale], EditDiverged)
    assert fault.message.startswith("Edit 2: The diff expects label")
    assert fault.detail == {"seq": 2, "last_seq": 0}
    assert make.append(assignment, edits) == 2


def test_bytes_that_are_not_what_was_sent_are_refused(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    (edit,), _ = paint_edits(plane, n=1)
    fault = _refused(context, make, assignment, [replace(edit, checksum=7)], InvalidInput)
    assert fault.message == "Edit 1: its bytes do not have the checksum 7; send it again."


@pytest.mark.parametrize(
    "data", [b"", b"\x01", b"\x02\x00\x00\x00\x00\x01\x01\x00\x01\x00\x01", b"\xff" * 40]
)
def test_bytes_that_are_no_diff_are_refused(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage, data: bytes
) -> None:
    (edit,), _ = paint_edits(plane, n=1)
    wrong = replace(edit, diff=data, checksum=edit_checksum(data))
    assert _refused(context, make, assignment, [wrong], InvalidInput).message.startswith("Edit 1: ")


def test_a_place_outside_of_the_crop_is_refused(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    wide = np.pad(plane, ((0, 0), (0, 4)))
    changed = wide.copy()
    changed[0, -1] = 5
    fault = _refused(context, make, assignment, [make_edit(wide, changed, seq=1)], InvalidInput)
    assert "but the label image has shape (40, 40)" in fault.message
    elsewhere = make_edit(plane, plane + 1, seq=1, frame=1)
    fault = _refused(context, make, assignment, [elsewhere], InvalidInput)
    assert fault.message == (
        "Edit 1: this crop has no whole_cell in frame 1; it has whole_cell, nuclear in frames 0 to 0."
    )


def test_a_label_that_the_numerics_cannot_hold_is_refused(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    high = plane.copy()
    high[0, 0] = 2**31
    fault = _refused(context, make, assignment, [make_edit(plane, high, seq=1)], InvalidInput)
    assert fault.message == "Edit 1: label 2147483648 is above 2147483647."


def test_a_compartment_that_the_crop_lacks_is_refused(context: Context, make: Maker) -> None:
    assignment = make.claim(make.open_job(compartments=["nuclear"]), make.user())
    labels = _labels(context, assignment)
    assert labels.shape == (1, 1, 40, 40)
    edit = make_edit(labels[0, 0], labels[0, 0] + 1, seq=1, compartment=0)
    fault = _refused(context, make, assignment, [edit], InvalidInput)
    assert "no whole_cell in frame 0; it has nuclear in frames 0 to 0" in fault.message
    assert make.append(assignment, [make_edit(labels[0, 0], labels[0, 0] + 1, seq=1, compartment=1)]) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seq": 0}, "Edit 0: edits count from 1."),
        ({"tool": ""}, "name its tool in 1 to 40 characters"),
        ({"tool": "x" * 41}, "name its tool in 1 to 40 characters"),
        ({"active_s": float("nan")}, "active_s is nan; send seconds"),
        ({"active_s": -1.0}, "active_s is -1.0; send seconds"),
        ({"client_at": datetime(2024, 1, 1)}, "send a moment in UTC"),
    ],
)
def test_values_that_cannot_be_are_refused(
    context: Context,
    make: Maker,
    assignment: Assignment,
    plane: LabelImage,
    change: dict[str, object],
    message: str,
) -> None:
    (edit,), _ = paint_edits(plane, n=1)
    fault = _refused(context, make, assignment, [replace(edit, **change)], InvalidInput)  # type: ignore[arg-type]
    assert message in fault.message


def test_a_batch_has_1_to_500_edits(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=1)
    for batch in ([], edits * 501):
        fault = _refused(context, make, assignment, batch, InvalidInput)
        assert fault.message == f"A batch of {len(batch)} edits; send 1 to 500 at a time."


def test_assignments_of_others_are_not_found(
    context: Context, begin: Transaction, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=1)
    stranger = make.user()
    for ask in (
        lambda session: append_edits(
            session, context, assignment_id=assignment.id, annotator_id=stranger, edits=edits
        ),
        lambda session: list_edits(session, assignment_id=assignment.id, annotator_id=stranger),
        lambda _: committed_draft(context, assignment_id=assignment.id, annotator_id=stranger),
    ):
        with (
            pytest.raises(NotFound, match=f"There is no assignment {assignment.id} of yours"),
            begin() as session,
        ):
            ask(session)


def test_a_lease_that_ran_out_takes_no_more_edits(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage, clock: FixedClock
) -> None:
    edits, _ = paint_edits(plane, n=3)
    lease_s = context.settings.lease_s
    clock.advance(lease_s - 1)
    make.append(assignment, edits[:1])
    clock.advance(lease_s - 1)
    assert make.append(assignment, edits[:2]) == 2, "the append before renewed the lease"
    clock.advance(lease_s)
    fault = _refused(context, make, assignment, edits, AssignmentClosed)
    assert "is expired and takes no more changes" in fault.message


def test_a_closed_assignment_takes_no_more_edits(
    context: Context, begin: Transaction, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=1)
    make.append(assignment, edits)
    with begin() as session:
        release_assignment(
            session, context, assignment_id=assignment.id, annotator_id=assignment.annotator_id
        )
    fault = _refused(context, make, assignment, edits, AssignmentClosed)
    assert "is released and takes no more changes" in fault.message


def test_a_transaction_that_is_rolled_back_leaves_no_trace_in_the_cache(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, _ = paint_edits(plane, n=2)

    def append_and_fail() -> None:
        with transaction(context.sessions) as session:
            ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
            append_edits(session, context, edits=edits, **ids)
            raise RuntimeError("the machine stops here")

    _labels(context, assignment)
    with pytest.raises(RuntimeError, match="stops here"):
        append_and_fail()
    assert context.drafts.find(assignment.id).seq == 0  # type: ignore[union-attr]
    np.testing.assert_array_equal(_labels(context, assignment)[0, 0], plane)
    assert make.append(assignment, [make_edit(plane, plane + 1, seq=1)]) == 1


def test_a_batch_sent_many_times_at_once_is_appended_once(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    edits, after = paint_edits(plane, n=20)

    def send(start: int) -> int:
        return make.append(assignment, edits[: start + 10])

    with ThreadPoolExecutor(6) as pool:
        assert max(pool.map(send, [0, 5, 10, 10, 5, 0])) == 20
    assert _held(context, assignment) == list(range(1, 21))
    np.testing.assert_array_equal(_labels(context, assignment)[0, 0], after)
    np.testing.assert_array_equal(_labels(replace(context), assignment)[0, 0], after)


def test_the_draft_is_stored_every_so_many_edits(
    context: Context, make: Maker, assignment: Assignment, plane: LabelImage
) -> None:
    sparing = replace(context, settings=replace(context.settings, materialise_every=4, draft_cache_bytes=0))
    maker = Maker(sparing)
    edits, after = paint_edits(plane, n=7)
    first = assignment.base_revision_id
    for batch, base_seq in ((edits[:3], 0), (edits[3:5], 5), (edits[5:], 5)):
        maker.append(assignment, batch)
        with reading(context.sessions) as session:
            now = session.get_one(Assignment, assignment.id)
            assert now.base_seq == base_seq
            assert (now.base_revision_id == first) == (base_seq == 0)
    np.testing.assert_array_equal(_labels(sparing, assignment)[0, 0], after)
    np.testing.assert_array_equal(_labels(context, assignment)[0, 0], after)
