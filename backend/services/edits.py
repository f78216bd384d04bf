"""The edit log: appending edits to an assignment, exactly once and in order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from backend.db import run_after_commit
from backend.errors import EditDiverged, EditGap, EditMismatch, InvalidInput
from backend.models import Assignment, Edit
from backend.services.assignments import lock_open_assignment, renew_lease
from backend.services.context import Context
from backend.services.draft_cache import Draft
from backend.services.draft_changes import DraftChange
from backend.services.drafts import catch_up, committed_draft, materialise_draft
from pipeline.errors import DivergingDiff, DivergingMark, InvalidDiff, InvalidMarks
from pipeline.label_diff import decode_diff, edit_checksum
from pipeline.labels import MAX_LABEL
from pipeline.marks import check_extent, parse_marks

MOST_EDITS = 500
_LONGEST_TOOL = 40
_LONGEST_ACTIVE_S = 24 * 3600
# Of the table, not of the class: a batch of rows needs none of the mapper's work.
_INSERT = insert(cast(Table, Edit.__table__))


@dataclass(frozen=True)
class NewEdit:
    """An edit as the browser sends it.

    `diff` is a label diff and `marks` a marks text; either may be empty, not both. `checksum` is the CRC-32
    of the bytes of both, one after the other.
    """

    seq: int
    tool: str
    client_at: datetime
    active_s: float
    diff: bytes
    checksum: int
    marks: str = ""


@dataclass(frozen=True)
class _Applied:
    """Edits that follow edit `after`, the pixels each changes, and the draft with all of them applied."""

    after: int
    edits: list[NewEdit]
    n_px: list[int]
    draft: Draft


def append_edits(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int, edits: Sequence[NewEdit]
) -> int:
    """Append a batch of edits, all of them or none, renew the lease and give the last `seq` held.

    An edit that is held already, under the same checksum, is acknowledged and not applied again.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator.
    AssignmentClosed
        When the assignment was submitted, released, skipped or has lost its lease.
    EditMismatch, EditGap
        When another edit is held under a `seq`, or one is missing before it.
    InvalidInput
        When an edit's bytes, checksum, rectangle, compartment, frame, labels or marks cannot be.
    EditDiverged
        When the old labels or marks of an edit are not those of the server.
    """
    for edit in edits:
        _check_form(edit)
    if not 1 <= len(edits) <= MOST_EDITS:
        raise InvalidInput(f"A batch of {len(edits)} edits; send 1 to {MOST_EDITS} at a time.")
    # Storage is read and edits are decoded here, before the session's first statement takes the lock.
    known = context.drafts.find(assignment_id) or committed_draft(
        context, assignment_id=assignment_id, annotator_id=annotator_id
    )
    expected = _expect(known, edits)
    assignment = lock_open_assignment(
        session, context, assignment_id=assignment_id, annotator_id=annotator_id
    )
    renew_lease(context, assignment)
    fresh = _unseen(session, assignment, edits)
    if fresh:
        if expected is None or expected.after != assignment.last_seq or expected.edits != fresh:
            expected = _apply(catch_up(session, context, assignment, known=known), fresh)
        _append(session, context, assignment, expected)
    session.flush()
    return assignment.last_seq


def _expect(known: Draft, edits: Sequence[NewEdit]) -> _Applied | None:
    """The edits applied to what is known, which is right unless another process appended since.

    None when they do not fit; the checks under the lock then say why, in the order of the protocol.
    """
    try:
        return _apply(known, [edit for edit in edits if edit.seq > known.seq])
    except (InvalidInput, EditDiverged):
        return None


def _apply(draft: Draft, edits: Sequence[NewEdit]) -> _Applied:
    change = DraftChange(draft)
    n_px = [_change(change, edit) for edit in edits]
    return _Applied(draft.seq, list(edits), n_px, change.finish(seq=edits[-1].seq if edits else draft.seq))


def _append(session: Session, context: Context, assignment: Assignment, applied: _Applied) -> None:
    now = context.clock.now()
    rows = [
        _row(assignment, edit, n_px=n_px, received_at=now)
        for edit, n_px in zip(applied.edits, applied.n_px, strict=True)
    ]
    session.execute(_INSERT, rows)
    assignment.last_seq = applied.draft.seq
    run_after_commit(session, lambda: context.drafts.put(assignment.id, applied.draft))
    if assignment.last_seq - assignment.base_seq >= context.settings.materialise_every:
        ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
        run_after_commit(session, lambda: materialise_draft(context, **ids))


def _check_form(edit: NewEdit) -> None:
    fault = ""
    if edit.seq < 1:
        fault = "edits count from 1"
    elif not 0 < len(edit.tool) <= _LONGEST_TOOL or not edit.tool.isprintable():
        fault = f"name its tool in 1 to {_LONGEST_TOOL} characters"
    elif not math.isfinite(edit.active_s) or not 0 <= edit.active_s <= _LONGEST_ACTIVE_S:
        fault = f"active_s is {edit.active_s}; send seconds from 0 to {_LONGEST_ACTIVE_S}"
    elif edit.client_at.tzinfo is None or not 1 < edit.client_at.year < 9999:
        fault = f"client_at is {edit.client_at}; send a moment in UTC"
    elif not edit.diff and not edit.marks:
        fault = "it changes neither pixels nor marks; leave it out"
    if fault:
        raise InvalidInput(f"Edit {edit.seq}: {fault}.", seq=edit.seq)


def _unseen(session: Session, assignment: Assignment, edits: Sequence[NewEdit]) -> list[NewEdit]:
    """The edits that are not held yet; they follow the last one held without a gap."""
    held = _held_checksums(session, assignment, edits)
    fresh: list[NewEdit] = []
    next_seq = assignment.last_seq + 1
    for edit in edits:
        if edit.seq > next_seq:
            raise EditGap(
                f"Edit {edit.seq} came before edit {next_seq}; send the edits from {next_seq} on.",
                last_seq=assignment.last_seq,
            )
        if edit.seq == next_seq:
            fresh.append(edit)
            held[edit.seq] = edit.checksum
            next_seq += 1
        elif held.get(edit.seq) != edit.checksum:
            raise EditMismatch(
                f"Another edit {edit.seq} was saved before, as from a second window; load the crop again.",
                last_seq=assignment.last_seq,
                seq=edit.seq,
            )
    return fresh


def _held_checksums(session: Session, assignment: Assignment, edits: Sequence[NewEdit]) -> dict[int, int]:
    repeated = [edit.seq for edit in edits if edit.seq <= assignment.last_seq]
    if not repeated:
        return {}
    rows = session.execute(
        select(Edit.seq, Edit.checksum).where(Edit.assignment_id == assignment.id, Edit.seq.in_(repeated))
    )
    return {seq: checksum for seq, checksum in rows}


def _change(change: DraftChange, edit: NewEdit) -> int:
    """Apply an edit, or say what is wrong with it; how many pixels it changes."""
    try:
        _check_bytes(edit)
        changes = parse_marks(edit.marks) if edit.marks else []
        check_extent(changes, change.draft.extent)
        n_px = _change_labels(change, edit) if edit.diff else 0
        if changes:
            change.apply_marks(changes)
        return n_px
    except (InvalidDiff, InvalidMarks) as fault:
        raise InvalidInput(f"Edit {edit.seq}: {fault}", seq=edit.seq) from fault
    except (DivergingDiff, DivergingMark) as fault:
        raise EditDiverged(f"Edit {edit.seq}: {fault}", seq=edit.seq, last_seq=change.draft.seq) from fault


def _check_bytes(edit: NewEdit) -> None:
    if edit_checksum(edit.diff, edit.marks) != edit.checksum:
        raise InvalidInput(
            f"Edit {edit.seq}: its bytes do not have the checksum {edit.checksum}; send it again.",
            seq=edit.seq,
        )


def _change_labels(change: DraftChange, edit: NewEdit) -> int:
    diff, draft = decode_diff(edit.diff), change.draft
    highest = int(diff.news.max())
    if highest > MAX_LABEL:
        raise InvalidInput(f"Edit {edit.seq}: label {highest} is above {MAX_LABEL}.", seq=edit.seq)
    if (diff.compartment, diff.frame) not in draft.planes:
        raise InvalidInput(
            f"Edit {edit.seq}: this crop has no {diff.compartment} in frame {diff.frame}; it has"
            f" {', '.join(draft.compartments)} in frames 0 to {draft.n_frames - 1}.",
            seq=edit.seq,
        )
    change.apply_diff(diff)
    return diff.n_px


def _row(assignment: Assignment, edit: NewEdit, *, n_px: int, received_at: datetime) -> dict[str, Any]:
    return {
        "assignment_id": assignment.id,
        "seq": edit.seq,
        "tool": edit.tool,
        "diff": edit.diff,
        "marks": edit.marks,
        "checksum": edit.checksum,
        "n_px": n_px,
        "active_s": edit.active_s,
        "client_at": edit.client_at,
        "received_at": received_at,
    }
