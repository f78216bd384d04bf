import base64
from collections.abc import Callable, Sequence
from typing import Any

from apiflask import APIBlueprint, FileSchema
from apiflask.fields import Integer
from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.api.auth import ANNOTATORS, allow, bound_to_assignment, bound_to_job
from backend.api.binary import npy_response
from backend.api.current import context, looking, writing
from backend.api.edit_batches import read_edit_batch
from backend.api.schemas.assignments import (
    AssignmentOut,
    ClosedOut,
    EditBatchIn,
    EditPageIn,
    EditPageOut,
    LastSeqOut,
    MarksOut,
    SubmitIn,
)
from backend.models.assignment import Assignment, AssignmentState
from backend.models.edit import Edit
from backend.models.fov import Fov
from backend.models.task import Task
from backend.services import assignments as rules
from backend.services import crops, drafts, edit_pages, edits, submissions
from backend.services.confidences import crop_confidences

assignments = APIBlueprint("assignments", __name__, tag="Annotation")
HELD = {
    "description": "The assignment already held",
    "content": {"application/json": {"schema": AssignmentOut}},
}
CLOSED = {409: "The assignment is closed: submitted, released, skipped or expired"}


@assignments.post("/jobs/<int:job_id>/claims")
@allow(assignments, ANNOTATORS)
@assignments.output(AssignmentOut, status_code=201)
@assignments.doc(responses={200: HELD, 204: "Nothing is left to annotate"})
def claim(job_id: int) -> Any:
    """Take the next task of the job; the assignment already held comes first."""
    claims = bound_to_job(job_id)
    with looking() as session:
        held = _held(session, job_id, claims.user_id)
    with writing() as session:
        claimed = rules.claim_assignment(session, context(), job_id=job_id, annotator_id=claims.user_id)
    if claimed is None:
        return Response(status=204)
    with looking() as session:
        return _shown(session, claimed), 200 if claimed.id in held else 201


@assignments.get("/assignments/<int:assignment_id>")
@allow(assignments, ANNOTATORS)
@assignments.output(AssignmentOut)
def get_assignment(assignment_id: int) -> dict[str, Any]:
    """The assignment, with the channels and compartments of its crop."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        assignment = rules.get_assignment(
            session, context(), assignment_id=assignment_id, annotator_id=claims.user_id
        )
        return _shown(session, assignment)


@assignments.get("/assignments/<int:assignment_id>/channels/<int:index>.npy")
@allow(assignments, ANNOTATORS)
@assignments.output(FileSchema(), content_type="application/octet-stream")
def get_channel(assignment_id: int, index: int) -> Response:
    """One channel of the crop: `.npy`, stored dtype, (frame, row, column)."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        pixels = crops.read_crop_channel(
            session,
            context(),
            assignment_id=assignment_id,
            annotator_id=claims.user_id,
            index=index,
        )
    return npy_response(pixels)


@assignments.get("/assignments/<int:assignment_id>/labels.npy")
@allow(assignments, ANNOTATORS)
@assignments.output(
    FileSchema(),
    content_type="application/octet-stream",
    headers={"Cytoloop-Seq": Integer(metadata={"description": "the last edit these labels hold"})},
)
def get_labels(assignment_id: int) -> Response:
    """The labels of the crop after the last edit: `.npy`, uint32, (compartment, frame, row, column)."""
    claims = bound_to_assignment(assignment_id)
    draft = drafts.committed_draft(context(), assignment_id=assignment_id, annotator_id=claims.user_id)
    response = npy_response(draft.labels, cache="no-store")
    response.headers["Cytoloop-Seq"] = str(draft.seq)
    return response


@assignments.get("/assignments/<int:assignment_id>/marks")
@allow(assignments, ANNOTATORS)
@assignments.output(MarksOut)
def get_marks(assignment_id: int) -> dict[str, Any]:
    """The marks of the crop after the last edit, those inherited with its labels among them."""
    claims = bound_to_assignment(assignment_id)
    draft = drafts.committed_draft(context(), assignment_id=assignment_id, annotator_id=claims.user_id)
    return {"last_seq": draft.seq, "marks": dict(sorted(draft.marks.items()))}


@assignments.post("/assignments/<int:assignment_id>/edits")
@allow(assignments, ANNOTATORS)
@assignments.input(EditBatchIn, validation=False)
@assignments.output(LastSeqOut)
@assignments.doc(
    responses={
        409: "`edit_gap`, `edit_mismatch`, `edit_diverged` (with `last_seq`) or `assignment_closed`",
        422: "An edit is malformed or out of bounds",
    }
)
def append_edits(assignment_id: int, json_data: Any) -> dict[str, int]:
    """Append a batch of edits; a repeated edit is acknowledged, not applied twice."""
    claims = bound_to_assignment(assignment_id)
    batch = read_edit_batch(json_data)
    with writing() as session:
        last_seq = edits.append_edits(
            session,
            context(),
            assignment_id=assignment_id,
            annotator_id=claims.user_id,
            edits=batch,
        )
    return {"last_seq": last_seq}


@assignments.get("/assignments/<int:assignment_id>/edits")
@allow(assignments, ANNOTATORS)
@assignments.input(EditPageIn, location="query")
@assignments.output(EditPageOut)
def list_edits(assignment_id: int, query_data: dict[str, int]) -> dict[str, Any]:
    """The log of the assignment, oldest first."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        page = edit_pages.list_edits(
            session, assignment_id=assignment_id, annotator_id=claims.user_id, after=query_data["after"]
        )
    return {
        "items": [{**_columns(edit), "diff": base64.b64encode(edit.diff).decode()} for edit in page.edits],
        "next": page.next,
    }


@assignments.post("/assignments/<int:assignment_id>/submit")
@allow(assignments, ANNOTATORS)
@assignments.input(SubmitIn)
@assignments.output(ClosedOut)
@assignments.doc(responses={409: "`checksum_mismatch`, `edit_gap` or `assignment_closed`"})
def submit(assignment_id: int, json_data: dict[str, Any]) -> Assignment:
    """Hand the crop in; submitting the same content again answers the same."""
    claims = bound_to_assignment(assignment_id)
    with writing() as session:
        return submissions.submit_assignment(
            session,
            context(),
            assignment_id=assignment_id,
            annotator_id=claims.user_id,
            **json_data,
        )


@assignments.post("/assignments/<int:assignment_id>/release")
@allow(assignments, ANNOTATORS)
@assignments.output(ClosedOut)
@assignments.doc(responses=CLOSED)
def release(assignment_id: int) -> Assignment:
    """Give the task back unfinished; somebody else may take it."""
    return _close(rules.release_assignment, assignment_id)


@assignments.post("/assignments/<int:assignment_id>/skip")
@allow(assignments, ANNOTATORS)
@assignments.output(ClosedOut)
@assignments.doc(responses=CLOSED)
def skip(assignment_id: int) -> Assignment:
    """Set the task aside for good: its proposal is used as it is."""
    return _close(rules.skip_assignment, assignment_id)


def _held(session: Session, job_id: int, annotator_id: int) -> Sequence[int]:
    return session.scalars(
        select(Assignment.id)
        .join(Task)
        .where(
            Task.job_id == job_id,
            Assignment.annotator_id == annotator_id,
            Assignment.state == AssignmentState.OPEN,
        )
    ).all()


def _close(rule: Callable[..., Assignment], assignment_id: int) -> Assignment:
    claims = bound_to_assignment(assignment_id)
    with writing() as session:
        return rule(session, context(), assignment_id=assignment_id, annotator_id=claims.user_id)


def _shown(session: Session, assignment: Assignment) -> dict[str, Any]:
    task = session.get_one(Task, assignment.task_id)
    fov = session.get_one(Fov, task.fov_id)
    return {
        "id": assignment.id,
        "task_id": task.id,
        "job_id": task.job_id,
        "fov_id": fov.id,
        "state": assignment.state,
        "window": task,
        "n_frames": fov.n_frames,
        "channels": crops.crop_channels(session, context(), assignment=assignment),
        "compartments": fov.compartments,
        "pixel_size_um": fov.pixel_size_um,
        "last_seq": assignment.last_seq,
        "lease_expires_at": assignment.lease_expires_at,
        **crops.editor_settings(session, task=task),
        "confidences": crop_confidences(session, context(), task),
    }


def _columns(edit: Edit) -> dict[str, Any]:
    names = ("seq", "tool", "client_at", "active_s", "marks", "checksum")
    return {name: getattr(edit, name) for name in names}
