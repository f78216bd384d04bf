"""Handing out tasks: never the same twice, in the job's order, under a lease."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.adapters.memory import FixedClock, MemoryQueue
from backend.db import reading, transaction
from backend.errors import AssignmentClosed, NotFound, WrongState
from backend.models import Assignment, Fov, Job, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.services.assignments import (
    claim_assignment,
    expire_leases,
    get_assignment,
    release_assignment,
    skip_assignment,
)
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.jobs import launch_job
from backend.services.submissions import submit_assignment
from pipeline.label_diff import labels_checksum
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker, OpenJob, paint_edits

Close = Callable[[Assignment], Assignment]
N_TASKS = 6


@pytest.fixture
def job(make: Maker) -> OpenJob:
    return make.open_job()


def _ids(assignment: Assignment) -> dict[str, int]:
    return {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}


@pytest.fixture
def submit(context: Context, begin: Transaction) -> Close:
    """Submits an assignment as it stands."""

    def act(assignment: Assignment) -> Assignment:
        draft = committed_draft(context, **_ids(assignment))
        checksums = {
            name: labels_checksum(draft.labels[index]) for index, name in enumerate(draft.compartments)
        }
        with begin() as session:
            ids = _ids(assignment)
            return submit_assignment(session, context, last_seq=draft.seq, checksums=checksums, **ids)

    return act


@pytest.fixture
def release(context: Context, begin: Transaction) -> Close:
    def act(assignment: Assignment) -> Assignment:
        with begin() as session:
            return release_assignment(session, context, **_ids(assignment))

    return act


@pytest.fixture
def skip(context: Context, begin: Transaction) -> Close:
    def act(assignment: Assignment) -> Assignment:
        with begin() as session:
            return skip_assignment(session, context, **_ids(assignment))

    return act


def _task(context: Context, assignment: Assignment) -> Task:
    with reading(context.sessions) as session:
        return session.get_one(Task, assignment.task_id)


def _claim(context: Context, job: OpenJob, annotator_id: int) -> Assignment | None:
    with transaction(context.sessions) as session:
        return claim_assignment(session, context, job_id=job.job_id, annotator_id=annotator_id)


def _return_task(context: Context, task_id: int) -> None:
    """What a reviewer does to a submitted task."""
    with transaction(context.sessions) as session:
        session.execute(update(Task).where(Task.id == task_id).values(state=TaskState.RETURNED))
        fov_id = session.get_one(Task, task_id).fov_id
        session.execute(update(Fov).where(Fov.id == fov_id).values(state=FovState.RETURNED))


def test_tasks_are_handed_out_in_the_jobs_order(context: Context, make: Maker, job: OpenJob) -> None:
    claimed = [make.claim(job, make.user()) for _ in range(N_TASKS)]
    assert [_task(context, assignment).position for assignment in claimed] == list(range(N_TASKS))
    assert _task(context, claimed[0]).state is TaskState.ASSIGNED
    assert _claim(context, job, make.user()) is None


def test_the_assignment_already_held_comes_first_with_a_new_lease(
    context: Context, make: Maker, job: OpenJob, clock: FixedClock
) -> None:
    annotator = make.user()
    first = make.claim(job, annotator)
    clock.advance(60)
    again = make.claim(job, annotator)
    assert again.id == first.id
    assert (again.lease_expires_at - first.lease_expires_at).total_seconds() == 60


def test_an_annotator_who_comes_back_late_keeps_what_nobody_took(
    context: Context, make: Maker, job: OpenJob, clock: FixedClock
) -> None:
    annotator = make.user()
    first = make.claim(job, annotator)
    clock.advance(context.settings.lease_s + 1)
    assert make.claim(job, annotator).id == first.id


def test_claiming_at_once_never_yields_the_same_task_twice(
    context: Context, make: Maker, job: OpenJob
) -> None:
    annotators = [make.user() for _ in range(N_TASKS + 2)]
    with ThreadPoolExecutor(len(annotators)) as pool:
        claimed = list(pool.map(lambda annotator: _claim(context, job, annotator), annotators))
    tasks = [assignment.task_id for assignment in claimed if assignment is not None]
    assert len(tasks) == len(set(tasks)) == N_TASKS


def test_one_annotator_claiming_at_once_gets_one_task(context: Context, make: Maker, job: OpenJob) -> None:
    annotator = make.user()
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda _: make.claim(job, annotator).id, range(4)))
    assert len(set(claimed)) == 1


def test_the_crop_of_the_proposal_is_stored_at_the_first_claim(
    context: Context, make: Maker, job: OpenJob, release: Close
) -> None:
    first = make.claim(job, make.user())
    with reading(context.sessions) as session:
        task = session.get_one(Task, first.task_id)
        base = session.get_one(Revision, first.base_revision_id)
    assert (base.source, base.task_id, base.parent_id) == (
        RevisionSource.PREDICTOR,
        task.id,
        task.proposal_id,
    )
    assert base.predictor == "baseline"
    release(first)
    assert make.claim(job, make.user()).base_revision_id == base.id


def test_a_released_task_goes_to_others_and_last_to_who_released_it(
    context: Context, make: Maker, job: OpenJob, release: Close
) -> None:
    annotator = make.user()
    first = make.claim(job, annotator)
    assert release(first).state is AssignmentState.RELEASED
    assert release(first).state is AssignmentState.RELEASED, "twice is no error"
    assert _task(context, first).state is TaskState.READY
    assert make.claim(job, annotator).task_id != first.task_id
    assert make.claim(job, make.user()).task_id == first.task_id


def test_expired_leases_make_their_tasks_ready(
    context: Context, begin: Transaction, make: Maker, job: OpenJob, clock: FixedClock, release: Close
) -> None:
    late, kept = make.claim(job, make.user()), None
    clock.advance(context.settings.lease_s / 2)
    kept = make.claim(job, make.user())
    clock.advance(context.settings.lease_s / 2)
    with begin() as session:
        assert expire_leases(session, context) == 1
    with begin() as session:
        assert expire_leases(session, context) == 0
        assert session.get_one(Assignment, late.id).state is AssignmentState.EXPIRED
        assert session.get_one(Assignment, kept.id).state is AssignmentState.OPEN
    assert _task(context, late).state is TaskState.READY
    with pytest.raises(AssignmentClosed, match=f"Assignment {late.id} is expired"):
        release(late)


def test_a_claim_takes_over_what_expired_when_nothing_else_is_left(
    context: Context, make: Maker, job: OpenJob, clock: FixedClock
) -> None:
    claimed = [make.claim(job, make.user()) for _ in range(N_TASKS)]
    clock.advance(context.settings.lease_s)
    assert make.claim(job, make.user()).task_id == claimed[0].task_id


def test_a_skipped_task_is_done_for_everybody(
    context: Context, make: Maker, job: OpenJob, skip: Close
) -> None:
    annotator = make.user()
    for _ in range(N_TASKS):
        assert skip(make.claim(job, annotator)).state is AssignmentState.SKIPPED
    assert _claim(context, job, make.user()) is None
    assert _sent(context) == [("stitch_fov", {"job_id": job.job_id, "fov_id": job.fov_id})]


def _sent(context: Context) -> list[tuple[str, dict[str, int]]]:
    assert isinstance(context.queue, MemoryQueue)
    return [work for work in context.queue.take() if work[0] == "stitch_fov"]


def test_skipping_throws_nobodys_work_away(context: Context, make: Maker, submit: Close, skip: Close) -> None:
    job = make.open_job(redundancy=2)
    first = make.claim(job, make.user())
    submit(first)
    second = make.claim(job, make.user())
    assert second.task_id == first.task_id
    assert skip(skip(second)).state is AssignmentState.SKIPPED
    assert _task(context, first).state is TaskState.SUBMITTED


def test_redundancy_asks_different_annotators(context: Context, make: Maker, submit: Close) -> None:
    job = make.open_job(redundancy=2, crop_size_px=96)
    one, two, three = make.user(), make.user(), make.user()
    first = make.claim(job, one)
    assert _claim(context, job, two) is None, "one task, one annotator at a time"
    submit(first)
    assert _task(context, first).state is TaskState.READY
    assert _claim(context, job, one) is None, "who submitted it does not get it again"
    second = make.claim(job, two)
    assert second.base_revision_id == first.base_revision_id, "each starts from the proposal"
    submit(second)
    assert _task(context, first).state is TaskState.SUBMITTED
    assert _claim(context, job, three) is None


def test_a_returned_task_starts_from_what_was_submitted_last(
    context: Context, make: Maker, submit: Close, release: Close
) -> None:
    job = make.open_job(crop_size_px=96)
    annotator = make.user()
    first = make.claim(job, annotator)
    plane = committed_draft(context, **_ids(first)).labels[0, 0]
    edits, after = paint_edits(plane, n=3)
    make.append(first, edits)
    submitted = submit(first)
    _return_task(context, first.task_id)
    again = make.claim(job, annotator)
    assert again.base_revision_id == submitted.submitted_revision_id
    assert (again.last_seq, again.base_seq) == (0, 0)
    assert committed_draft(context, **_ids(again)).labels[0, 0].tolist() == after.tolist()
    with reading(context.sessions) as session:
        assert session.get_one(Fov, job.fov_id).state is FovState.ANNOTATING
    release(again)
    # Given back, it still waits for one more submission, also from the only annotator there is.
    submit(make.claim(job, annotator))
    assert _task(context, first).state is TaskState.SUBMITTED


def test_a_claim_on_a_returned_task_opens_a_job_that_was_done(
    context: Context, make: Maker, submit: Close
) -> None:
    job = make.open_job(crop_size_px=96)
    submit(make.claim(job, make.user()))
    with transaction(context.sessions) as session:
        session.execute(update(Job).where(Job.id == job.job_id).values(state=JobState.DONE))
        task_id = session.scalars(select(Task.id)).one()
    assert _claim(context, job, make.user()) is None
    _return_task(context, task_id)
    make.claim(job, make.user())
    with reading(context.sessions) as session:
        assert session.get_one(Job, job.job_id).state is JobState.OPEN


def test_a_job_in_preparation_hands_out_nothing(context: Context, begin: Transaction, make: Maker) -> None:
    project_id = make.project()
    make.fov(project_id)
    annotator = make.user()
    with begin() as session:
        job = launch_job(session, context, project_id=project_id, name="early")
    with pytest.raises(WrongState, match=f"Job {job.id} is preparing"):
        _claim(context, OpenJob(project_id, (), job.id), annotator)
    with pytest.raises(NotFound, match="There is no job 999"):
        _claim(context, OpenJob(project_id, (), 999), annotator)
    with pytest.raises(NotFound, match="There is no annotator 999"):
        _claim(context, OpenJob(project_id, (), job.id), 999)


def test_assignments_of_others_and_of_other_jobs_are_not_found(
    context: Context, begin: Transaction, make: Maker, job: OpenJob
) -> None:
    mine, stranger = make.claim(job, make.user()), make.user()
    with begin() as session:
        ask = {"assignment_id": mine.id}
        found = get_assignment(session, context, annotator_id=mine.annotator_id, job_id=job.job_id, **ask)
        assert found.id == mine.id
        for annotator_id, job_id in ((stranger, None), (mine.annotator_id, job.job_id + 1)):
            with pytest.raises(NotFound, match=f"There is no assignment {mine.id} of yours"):
                get_assignment(session, context, annotator_id=annotator_id, job_id=job_id, **ask)
        for act in (release_assignment, skip_assignment):
            with pytest.raises(NotFound, match="of yours"):
                act(session, context, annotator_id=stranger, **ask)


def test_edits_appended_while_a_lease_is_swept_are_kept_or_refused_whole(
    context: Context, make: Maker, job: OpenJob, clock: FixedClock
) -> None:
    assignment = make.claim(job, make.user())
    plane = committed_draft(context, **_ids(assignment)).labels[0, 0]
    edits, _ = paint_edits(plane, n=4)
    clock.advance(context.settings.lease_s - 1)

    def sweep() -> int:
        with transaction(context.sessions) as session:
            return expire_leases(session, context)

    with ThreadPoolExecutor(2) as pool:
        appended, swept = pool.submit(make.append, assignment, edits), pool.submit(sweep)
        assert (appended.result(), swept.result()) == (4, 0)
