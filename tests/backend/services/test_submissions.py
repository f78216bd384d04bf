"""Submitting: what the browser and the server hold must be the same, and then it is kept for good."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from backend.adapters.memory import FixedClock, MemoryQueue
from backend.db import reading
from backend.errors import AssignmentClosed, ChecksumMismatch, EditGap, InvalidInput, NotFound
from backend.models import Assignment, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.revisions import load_crop_labels
from backend.services.submissions import submit_assignment
from pipeline.label_diff import labels_checksum
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker, OpenJob, paint_edits

Submit = Callable[..., Assignment]
Sums = dict[str, int]


@pytest.fixture
def job(make: Maker) -> OpenJob:
    return make.open_job(crop_size_px=60, n_fovs=2)


@pytest.fixture
def assignment(make: Maker, job: OpenJob) -> Assignment:
    return make.claim(job, make.user())


@pytest.fixture
def checksums(context: Context, make: Maker, assignment: Assignment) -> dict[str, int]:
    """Those of the crop after three edits, as the browser would compute them."""
    ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
    labels = committed_draft(context, **ids).labels
    edits, labels[0, 0] = paint_edits(labels[0, 0], n=3)
    make.append(assignment, edits)
    return {"whole_cell": labels_checksum(labels[0]), "nuclear": labels_checksum(labels[1])}


@pytest.fixture
def submit(context: Context, begin: Transaction, assignment: Assignment) -> Submit:
    def act(last_seq: int, checksums: Mapping[str, int], annotator_id: int = 0) -> Assignment:
        with begin() as session:
            return submit_assignment(
                session,
                context,
                assignment_id=assignment.id,
                annotator_id=annotator_id or assignment.annotator_id,
                last_seq=last_seq,
                checksums=checksums,
            )

    return act


def _now(context: Context, assignment: Assignment) -> Assignment:
    with reading(context.sessions) as session:
        return session.get_one(Assignment, assignment.id)


def test_a_submission_is_kept_as_a_revision(
    context: Context, assignment: Assignment, checksums: Sums, submit: Submit
) -> None:
    done = submit(3, checksums)
    assert done.state is AssignmentState.SUBMITTED
    assert done.closed_at == context.clock.now()
    with reading(context.sessions) as session:
        revision = session.get_one(Revision, done.submitted_revision_id)
        assert session.get_one(Task, assignment.task_id).state is TaskState.SUBMITTED
    assert (revision.source, revision.author_id) == (RevisionSource.ANNOTATOR, assignment.annotator_id)
    assert revision.parent_id == assignment.base_revision_id
    assert revision.checksums == checksums
    labels = load_crop_labels(context, revision)
    assert labels_checksum(labels[0]) == checksums["whole_cell"]
    assert revision.counts["nuclear"] == len(np.unique(labels[1])) - 1
    assert context.drafts.find(assignment.id) is None


def test_the_same_submission_again_answers_the_same(
    context: Context, checksums: Sums, submit: Submit
) -> None:
    first, again = submit(3, checksums), submit(3, dict(checksums))
    assert again.submitted_revision_id == first.submitted_revision_id
    with pytest.raises(AssignmentClosed, match="is submitted and takes no more changes"):
        submit(3, {**checksums, "nuclear": 1})


def test_many_submissions_at_once_are_one(
    context: Context, assignment: Assignment, checksums: Sums, submit: Submit
) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: submit(3, checksums), range(4)))
    assert len({each.submitted_revision_id for each in done}) == 1
    with reading(context.sessions) as session:
        by_annotator = select(func.count(Revision.id)).where(Revision.source == RevisionSource.ANNOTATOR)
        assert session.scalar(by_annotator) == 1


@pytest.mark.parametrize(("last_seq", "compartment"), [(3, "nuclear"), (3, "whole_cell"), (2, None)])
def test_other_labels_are_refused(
    context: Context,
    assignment: Assignment,
    checksums: Sums,
    submit: Submit,
    last_seq: int,
    compartment: str | None,
) -> None:
    sent = {**checksums, compartment: 1} if compartment else checksums
    with pytest.raises(ChecksumMismatch, match="holds other labels") as caught:
        submit(last_seq, sent)
    assert caught.value.detail["last_seq"] == 3
    assert caught.value.detail["compartments"] == ([compartment] if compartment else [])
    assert _now(context, assignment).state is AssignmentState.OPEN
    assert submit(3, checksums).state is AssignmentState.SUBMITTED


def test_edits_still_on_their_way_are_waited_for(
    context: Context, assignment: Assignment, checksums: Sums, submit: Submit
) -> None:
    with pytest.raises(
        EditGap, match="Edits 4 to 5 have not arrived; send them, then submit again"
    ) as caught:
        submit(5, checksums)
    assert caught.value.detail == {"last_seq": 3}
    assert _now(context, assignment).state is AssignmentState.OPEN


def test_checksums_name_every_compartment(checksums: Sums, submit: Submit) -> None:
    with pytest.raises(InvalidInput, match="checksums names nuclear; this crop has whole_cell, nuclear"):
        submit(3, {"nuclear": checksums["nuclear"]})


def test_others_find_nothing_and_late_comers_are_refused(
    context: Context, make: Maker, checksums: Sums, submit: Submit, clock: FixedClock
) -> None:
    with pytest.raises(NotFound, match="of yours"):
        submit(3, checksums, annotator_id=make.user())
    clock.advance(context.settings.lease_s)
    with pytest.raises(AssignmentClosed, match="is expired"):
        submit(3, checksums)


def test_an_fov_is_stitched_when_its_last_tasks_are_submitted_at_once(
    context: Context, begin: Transaction, make: Maker, job: OpenJob
) -> None:
    held = [make.claim(job, make.user()) for _ in range(8)]

    def hand_in(assignment: Assignment) -> None:
        ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
        draft = committed_draft(context, **ids)
        sums = {name: labels_checksum(draft.labels[i]) for i, name in enumerate(draft.compartments)}
        with begin() as session:
            submit_assignment(session, context, last_seq=0, checksums=sums, **ids)

    assert isinstance(context.queue, MemoryQueue)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hand_in, held[:3] + held[4:7]))
    assert context.queue.take() == []
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(hand_in, [held[3], held[7]]))
    work = [("stitch_fov", {"job_id": job.job_id, "fov_id": fov_id}) for fov_id in job.fov_ids]
    assert sorted(context.queue.take(), key=str) == sorted(work, key=str)


def test_another_process_may_have_taken_the_edits(
    context: Context, begin: Transaction, make: Maker, assignment: Assignment, checksums: Sums
) -> None:
    ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
    other = replace(context)
    labels = committed_draft(other, **ids).labels
    edits, labels[0, 0] = paint_edits(labels[0, 0], n=2, first=4)
    make.append(assignment, edits)
    sums = {**checksums, "whole_cell": labels_checksum(labels[0])}
    with begin() as session:
        done = submit_assignment(session, other, last_seq=5, checksums=sums, **ids)
    assert done.state is AssignmentState.SUBMITTED
