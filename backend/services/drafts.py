"""Drafts: the labels and marks of an assignment, which are its base revision and the edits after it."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import NotFound, StorageError
from backend.models import Assignment, Edit, Task
from backend.models.assignment import AssignmentState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.draft_cache import Draft
from backend.services.draft_changes import DraftChange
from backend.services.marks import read_marks
from backend.services.revisions import (
    Origin,
    get_revision,
    load_crop_labels,
    store_crop_labels,
    store_crop_revision,
)
from pipeline.label_diff import decode_diff
from pipeline.marks import parse_marks

_log = logging.getLogger(__name__)


def committed_draft(context: Context, *, assignment_id: int, annotator_id: int) -> Draft:
    """The newest committed draft of an assignment, read in a transaction of its own and kept in the cache.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator.
    """
    with reading(context.sessions) as session:
        assignment = session.scalar(
            select(Assignment).where(Assignment.id == assignment_id, Assignment.annotator_id == annotator_id)
        )
        if assignment is None:
            raise NotFound(f"There is no assignment {assignment_id} of yours.")
        draft = catch_up(session, context, assignment, known=context.drafts.find(assignment_id))
    if assignment.state is AssignmentState.OPEN:
        context.drafts.put(assignment_id, draft)
    return draft


def catch_up(session: Session, context: Context, assignment: Assignment, *, known: Draft | None) -> Draft:
    """The draft at `assignment.last_seq`: a known one, else the base revision, and the edits after it."""
    draft = known
    if draft is None or draft.seq < assignment.base_seq:
        base = get_revision(session, revision_id=assignment.base_revision_id)
        draft = Draft.from_labels(
            load_crop_labels(context, base),
            compartments=tuple(base.compartments),
            seq=assignment.base_seq,
            marks=read_marks(session, revision_id=base.id),
        )
    if draft.seq >= assignment.last_seq:
        return draft
    rows = session.execute(
        select(Edit.diff, Edit.marks)
        .where(Edit.assignment_id == assignment.id, Edit.seq > draft.seq, Edit.seq <= assignment.last_seq)
        .order_by(Edit.seq)
    )
    change = DraftChange(draft)
    for data, marks in rows:
        if data:
            change.apply_diff(decode_diff(data))
        if marks:
            change.apply_marks(parse_marks(marks))
    return change.finish(seq=assignment.last_seq)


def materialise_draft(context: Context, *, assignment_id: int, annotator_id: int) -> None:
    """Store the draft as a revision and let it be the base, so that nobody has to replay the log before it.

    Storage is written outside of the database's write lock. Storage that does not answer is logged only:
    the edits are safe in the log and the next append tries again.
    """
    draft = committed_draft(context, assignment_id=assignment_id, annotator_id=annotator_id)
    with reading(context.sessions) as session:
        task_id = session.scalars(select(Assignment.task_id).where(Assignment.id == assignment_id)).one()
    try:
        stored = store_crop_labels(
            context, task_id=task_id, labels=draft.labels, compartments=draft.compartments
        )
    except StorageError as fault:
        _log.warning("assignment %s was not materialised at edit %s: %s", assignment_id, draft.seq, fault)
        return
    with transaction(context.sessions) as session:
        assignment = session.get_one(Assignment, assignment_id, with_for_update=True)
        if assignment.state is not AssignmentState.OPEN or assignment.base_seq >= draft.seq:
            return
        origin = Origin(RevisionSource.ANNOTATOR, assignment.base_revision_id, author_id=annotator_id)
        task = session.get_one(Task, task_id)
        revision = store_crop_revision(
            session, context, task=task, stored=stored, origin=origin, marks=draft.marks
        )
        assignment.base_revision_id = revision.id
        assignment.base_seq = draft.seq
