"""Handing in an assignment: what the browser holds is compared with what the server holds, then kept."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from backend.db import reading
from backend.errors import ChecksumMismatch, EditGap, InvalidInput
from backend.models import Assignment, Job, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.services.assignments import (
    check_open,
    close_assignment,
    count_submitted,
    lock_assignment,
)
from backend.services.context import Context
from backend.services.draft_cache import Draft, Marks
from backend.services.drafts import catch_up, committed_draft
from backend.services.jobs import enqueue_if_complete
from backend.services.revisions import (
    Origin,
    StoredLabels,
    get_revision,
    store_crop_labels,
    store_crop_revision,
)
from backend.services.transitions import move_task
from pipeline.label_diff import labels_checksum


def submit_assignment(
    session: Session,
    context: Context,
    *,
    assignment_id: int,
    annotator_id: int,
    last_seq: int,
    checksums: Mapping[str, int],
) -> Assignment:
    """Hand an assignment in; the same once more answers the same.

    Parameters
    ----------
    last_seq : int
        The last edit the browser has made.
    checksums : mapping
        CRC-32 of the label image of each compartment, as the browser holds it.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator.
    AssignmentClosed
        When it was released, skipped or expired, or submitted with other content.
    EditGap
        When edits are on their way still; `last_seq` in the detail is the last one held.
    ChecksumMismatch
        When browser and server hold other labels; nothing changes.
    InvalidInput
        When `checksums` does not name exactly the crop's compartments.
    """
    draft = committed_draft(context, assignment_id=assignment_id, annotator_id=annotator_id)
    prepared = _prepare(context, assignment_id, draft, last_seq=last_seq, checksums=checksums)
    assignment = lock_assignment(session, assignment_id=assignment_id, annotator_id=annotator_id)
    if _was_submitted_as(session, assignment, last_seq=last_seq, checksums=checksums):
        return assignment
    check_open(context, assignment)
    if last_seq > assignment.last_seq:
        raise EditGap(
            f"Edits {assignment.last_seq + 1} to {last_seq} have not arrived; send them, then submit again.",
            last_seq=assignment.last_seq,
        )
    draft = catch_up(session, context, assignment, known=draft)
    _compare(assignment, draft, last_seq=last_seq, checksums=checksums)
    stored = prepared or _store(context, assignment, draft)
    _finish(session, context, assignment, stored=stored, marks=draft.marks)
    return assignment


def _prepare(
    context: Context, assignment_id: int, draft: Draft, *, last_seq: int, checksums: Mapping[str, int]
) -> StoredLabels | None:
    """Write storage before the lock is taken, when the draft is what is being submitted."""
    if draft.seq != last_seq or _checksums_of(draft) != dict(checksums):
        return None
    with reading(context.sessions) as session:
        assignment = session.get_one(Assignment, assignment_id)
    return _store(context, assignment, draft) if assignment.state is AssignmentState.OPEN else None


def _store(context: Context, assignment: Assignment, draft: Draft) -> StoredLabels:
    return store_crop_labels(
        context, task_id=assignment.task_id, labels=draft.labels, compartments=draft.compartments
    )


def _checksums_of(draft: Draft) -> dict[str, int]:
    labels = draft.labels
    return {name: labels_checksum(labels[index]) for index, name in enumerate(draft.compartments)}


def _was_submitted_as(
    session: Session, assignment: Assignment, *, last_seq: int, checksums: Mapping[str, int]
) -> bool:
    if assignment.state is not AssignmentState.SUBMITTED or assignment.submitted_revision_id is None:
        return False
    revision: Revision = get_revision(session, revision_id=assignment.submitted_revision_id)
    return assignment.last_seq == last_seq and revision.checksums == dict(checksums)


def _compare(assignment: Assignment, draft: Draft, *, last_seq: int, checksums: Mapping[str, int]) -> None:
    if set(checksums) != set(draft.compartments):
        raise InvalidInput(
            f"checksums names {', '.join(sorted(checksums)) or 'nothing'}; this crop has"
            f" {', '.join(draft.compartments)}."
        )
    differing = [name for name, value in _checksums_of(draft).items() if checksums[name] != value]
    if last_seq != assignment.last_seq or differing:
        what = f" ({', '.join(differing)})" if differing else ""
        raise ChecksumMismatch(
            f"The server holds other labels{what} after edit {assignment.last_seq} than the editor after"
            f" edit {last_seq}; load the crop again, nothing is lost.",
            last_seq=assignment.last_seq,
            compartments=differing,
        )


def _finish(
    session: Session, context: Context, assignment: Assignment, *, stored: StoredLabels, marks: Marks
) -> None:
    task = session.get_one(Task, assignment.task_id)
    origin = Origin(RevisionSource.ANNOTATOR, assignment.base_revision_id, author_id=assignment.annotator_id)
    revision = store_crop_revision(session, context, task=task, stored=stored, origin=origin, marks=marks)
    assignment.submitted_revision_id = revision.id
    close_assignment(session, context, assignment, AssignmentState.SUBMITTED)
    job = session.get_one(Job, task.job_id)
    enough = count_submitted(session, task_id=task.id) >= job.redundancy
    move_task(session, task, TaskState.SUBMITTED if enough else TaskState.READY)
    enqueue_if_complete(session, job_id=task.job_id, fov_id=task.fov_id)
