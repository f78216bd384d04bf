"""Marks follow their crop: into its revision, to the next annotator, and to the stitched FOV."""

from typing import Any

from sqlalchemy import select, update

from backend.db import reading, transaction
from backend.models import Assignment, Fov, Revision, Task
from backend.models.review import Decision
from backend.models.user import Role
from backend.services.assignments import skip_assignment
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.edits import NewEdit
from backend.services.fov_labels import open_fov_labels
from backend.services.marks import read_marks
from backend.services.reviews import review_fov
from backend.services.rounds import job_figures
from backend.services.stitching import stitch_fov
from backend.services.submissions import submit_assignment
from pipeline.label_diff import edit_checksum, labels_checksum
from pipeline.marks import MarkChange, encode_marks
from tests.backend.factories import Maker, OpenJob, paint_edits
from tests.backend.services.loop import frame_of

Marks = dict[str, Any]


def note(row: float, column: float, **other: Any) -> Marks:
    return {
        "compartment": "nuclear",
        "label": 0,
        "frame": 0,
        "row": row,
        "column": column,
        "text": "a",
        **other,
    }


def _ids(assignment: Assignment) -> dict[str, int]:
    return {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}


def _say(context: Context, make: Maker, assignment: Assignment, marks: Marks, *, seq: int = 1) -> None:
    text = encode_marks([MarkChange(key, None, value) for key, value in marks.items()])
    moment = context.clock.now()
    make.append(assignment, [NewEdit(seq, "mark", moment, 1.0, b"", edit_checksum(b"", text), text)])


def _submit(context: Context, assignment: Assignment) -> int:
    draft = committed_draft(context, **_ids(assignment))
    sums = {name: labels_checksum(draft.labels[k]) for k, name in enumerate(draft.compartments)}
    with transaction(context.sessions, context.queue.send) as session:
        done = submit_assignment(session, context, **_ids(assignment), last_seq=draft.seq, checksums=sums)
        assert done.submitted_revision_id is not None
        return done.submitted_revision_id


def _held(context: Context, revision_id: int | None) -> Marks:
    with reading(context.sessions) as session:
        return read_marks(session, revision_id=revision_id or 0)


def _window(context: Context, assignment: Assignment) -> tuple[int, int]:
    with reading(context.sessions) as session:
        task = session.get_one(Task, assignment.task_id)
        return task.row, task.col


def _current(context: Context, job: OpenJob) -> int:
    with reading(context.sessions) as session:
        return session.get_one(Fov, job.fov_id).current_revision_id or 0


def _mark_proposals(context: Context, marks: Marks) -> None:
    with transaction(context.sessions) as session:
        session.execute(update(Revision).values(marks=marks))


def test_a_submission_keeps_the_marks_and_the_next_annotator_gets_them(context: Context, make: Maker) -> None:
    job = make.open_job(crop_size_px=96)
    first = make.claim(job, make.user())
    region = {"frame": 0, "points": [[0, 0], [0, 96], [64, 0]]}
    said = {"type/whole_cell/1": "t", "note/a": note(63.5, 95), "ignore/r": region}
    _say(context, make, first, said)
    revision_id = _submit(context, first)
    assert _held(context, revision_id) == said
    stitched = stitch_fov(context, job_id=job.job_id, fov_id=job.fov_id)
    assert _held(context, stitched) == said
    with transaction(context.sessions, context.queue.send) as session:
        review_fov(
            session,
            context,
            fov_id=job.fov_id,
            reviewer_id=make.user(role=Role.REVIEWER),
            decision=Decision.RETURNED,
            revision_id=stitched or 0,
        )
    again = make.claim(job, make.user())
    draft = committed_draft(context, **_ids(again))
    assert (draft.seq, dict(draft.marks)) == (0, said)


def test_marks_of_crops_reach_the_fov_in_its_labels_and_pixels(context: Context, make: Maker) -> None:
    job = make.open_job(crop_size_px=40)
    annotator = make.user()
    expected: dict[tuple[int, int], str] = {}
    for number in range(6):
        held = make.claim(job, annotator)
        labels = committed_draft(context, **_ids(held)).labels
        row, col = _window(context, held)
        at = (20, 20)
        label = int(labels[1, 0][at])
        assert label > 0
        _say(context, make, held, {f"type/nuclear/{label}": f"t{number}", "note/n": note(*at, label=label)})
        expected[(row + at[0], col + at[1])] = f"t{number}"
        edits, _ = paint_edits(labels[0, 0], n=1, first=2)
        make.append(held, edits)
        _submit(context, held)
    revision_id = stitch_fov(context, job_id=job.job_id, fov_id=job.fov_id)
    marks = _held(context, revision_id)
    with reading(context.sessions) as session:
        labels = frame_of(open_fov_labels(context, session.get_one(Revision, revision_id)))["nuclear"]
    assert len(expected) == 6
    for place, kind in expected.items():
        assert marks[f"type/nuclear/{labels[place]}"] == kind
    notes = {
        (value["row"], value["column"]): value for key, value in marks.items() if key.startswith("note/")
    }
    assert set(notes) == set(expected)
    assert all(value["label"] == labels[place] for place, value in notes.items())
    with reading(context.sessions) as session:
        figures = job_figures(session, context, job_id=job.job_id)
    assert figures["n_edits"] == 6, "one of pixels in each crop; marks are no corrections"
    assert figures["active_s_per_cell"] == (6 * 1.0 + 6 * 1.5) / figures["n_cells"]


INHERITED: Marks = {
    "type/whole_cell/1": "t",
    "checked/nuclear/24": True,
    "type/nuclear/9999": "no pixels",
    "note/a": note(5, 50, label=4),
    "ignore/r": {"frame": 0, "points": [[10, 10], [10, 90], [60, 50.5]]},
}


def test_crops_are_handed_the_marks_of_the_proposal_and_give_them_back(context: Context, make: Maker) -> None:
    job = make.open_job(crop_size_px=40)
    _mark_proposals(context, INHERITED)
    annotator = make.user()
    seen: set[str] = set()
    for number in range(6):
        held = make.claim(job, annotator)
        marks = dict(committed_draft(context, **_ids(held)).marks)
        row, col = _window(context, held)
        assert ("type/whole_cell/1" in marks) == ((row, col) == (0, 0))
        assert "type/nuclear/9999" not in marks
        seen |= set(marks)
        if number % 3 == 2:
            with transaction(context.sessions, context.queue.send) as session:
                skip_assignment(session, context, **_ids(held))
        else:
            _submit(context, held)
    assert seen == INHERITED.keys() - {"type/nuclear/9999"}
    marks = _held(context, stitch_fov(context, job_id=job.job_id, fov_id=job.fov_id))
    # The labels of a grid keep their numbers.
    assert marks == {key: value for key, value in INHERITED.items() if key != "type/nuclear/9999"}


def test_an_fov_without_marks_stays_without(context: Context, make: Maker) -> None:
    job = make.open_job(crop_size_px=96)
    _submit(context, make.claim(job, make.user()))
    stitch_fov(context, job_id=job.job_id, fov_id=job.fov_id)
    assert _held(context, _current(context, job)) == {}


def test_marks_are_not_read_with_every_revision(context: Context, make: Maker) -> None:
    make.open_job()
    with reading(context.sessions) as session:
        statement = str(select(Revision))
        (revision,) = session.scalars(select(Revision)).all()
        assert "marks" not in statement
        assert revision.marks == {}
