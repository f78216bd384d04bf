import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text

from backend.db import reading, transaction
from backend.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from backend.models import Review, Task
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.review import Decision
from backend.models.task import TaskState
from backend.models.user import Role
from backend.services.context import Context
from backend.services.reviews import get_stitch_report, list_findings, list_reviews, review_fov
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _stitched(loop: Loop, n_fovs: int = 1) -> tuple[int, list[int]]:
    """A job whose FOVs wait for review; nothing is left in the queue."""
    fov_ids = [loop.ingest(f"fov {k}", seed=k) for k in range(n_fovs)]
    job_id = loop.launch(crop_size_px=70)
    loop.annotate(job_id)
    for fov_id in fov_ids:
        loop.stitch(job_id, fov_id)
    loop.context.queue.take()
    return job_id, fov_ids


def _states(loop: Loop, job_id: int) -> set[TaskState]:
    with reading(loop.context.sessions) as session:
        return set(session.scalars(select(Task.state).where(Task.job_id == job_id)))


def _decide(loop: Loop, fov_id: int, **values: object) -> Review:
    given = {
        "reviewer_id": loop.users[Role.REVIEWER],
        "decision": Decision.ACCEPTED,
        "revision_id": loop.fov(fov_id).current_revision_id,
        "notes": "",
        **values,
    }
    with transaction(loop.context.sessions, loop.context.queue.send) as session:
        return review_fov(session, loop.context, fov_id=fov_id, **given)  # type: ignore[arg-type]


def test_accepting_approves_the_tasks_closes_the_job_and_looks_at_retraining(loop: Loop) -> None:
    job_id, (one, two) = _stitched(loop, n_fovs=2)
    review = _decide(loop, one, notes="good")
    assert (review.decision, review.notes) == (Decision.ACCEPTED, "good")
    assert (loop.fov(one).state, loop.fov(one).accepted_at) == (FovState.ACCEPTED, loop.context.clock.now())
    assert loop.context.queue.take() == [("consider_retraining", {"project_id": loop.project_id})]
    assert loop.job(job_id).state is JobState.OPEN
    _decide(loop, two)
    assert loop.job(job_id).state is JobState.DONE
    assert _states(loop, job_id) == {TaskState.APPROVED}


def test_the_last_two_acceptances_at_once_close_the_job(loop: Loop) -> None:
    job_id, (one, two) = _stitched(loop, n_fovs=2)
    revision_id = loop.fov(two).current_revision_id
    with ThreadPoolExecutor(1) as pool:
        with transaction(loop.context.sessions) as session:
            review_fov(
                session,
                loop.context,
                fov_id=one,
                reviewer_id=loop.users[Role.REVIEWER],
                decision=Decision.ACCEPTED,
                revision_id=loop.fov(one).current_revision_id or 0,
            )
            other = pool.submit(_decide, loop, two, revision_id=revision_id)
            _wait_until_held_up(loop, other)
        other.result(timeout=30)
    assert _states(loop, job_id) == {TaskState.APPROVED}
    assert loop.job(job_id).state is JobState.DONE


def _wait_until_held_up(loop: Loop, other: Future[Review]) -> None:
    """Until the other decision waits for this one; on SQLite it cannot even begin before its end."""
    if _dialect(loop) == "sqlite":
        return
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 20
    while not other.done() and time.monotonic() < deadline:
        with reading(loop.context.sessions) as session:
            if session.scalar(waiting):
                return
        time.sleep(0.01)


def _dialect(loop: Loop) -> str:
    with reading(loop.context.sessions) as session:
        return session.get_bind().dialect.name


def test_returning_makes_the_tasks_claimable_again(loop: Loop) -> None:
    job_id, (fov_id,) = _stitched(loop)
    _decide(loop, fov_id, decision=Decision.RETURNED, notes="outlines are too wide")
    assert loop.fov(fov_id).state is FovState.RETURNED
    assert _states(loop, job_id) == {TaskState.RETURNED}
    assert loop.context.queue.take() == []
    assert loop.annotate(job_id) > 0
    assert loop.fov(fov_id).state is FovState.ANNOTATING
    loop.stitch(job_id, fov_id)
    _decide(loop, fov_id)
    assert loop.fov(fov_id).state is FovState.ACCEPTED


def test_the_same_decision_once_more_answers_the_same(loop: Loop) -> None:
    _, (fov_id,) = _stitched(loop)
    first = _decide(loop, fov_id)
    assert _decide(loop, fov_id).id == first.id
    with reading(loop.context.sessions) as session:
        assert [review.id for review in list_reviews(session, fov_id=fov_id)] == [first.id]


def test_another_decision_after_the_first_is_a_wrong_state(lite: Loop) -> None:
    _, (fov_id,) = _stitched(lite)
    _decide(lite, fov_id)
    with pytest.raises(WrongState, match="accepted and cannot become returned"):
        _decide(lite, fov_id, decision=Decision.RETURNED)


def test_a_decision_on_labels_that_have_changed_is_refused(lite: Loop) -> None:
    _, (fov_id,) = _stitched(lite)
    with pytest.raises(Conflict, match="has other labels now"):
        _decide(lite, fov_id, revision_id=1)
    assert lite.fov(fov_id).state is FovState.STITCHED


def test_only_reviewers_and_admins_decide(lite: Loop) -> None:
    _, (fov_id,) = _stitched(lite)
    for user_id in (lite.users[Role.ANNOTATOR], 999):
        with pytest.raises(NotAllowed, match="Only a reviewer or an admin"):
            _decide(lite, fov_id, reviewer_id=user_id)
    assert _decide(lite, fov_id, reviewer_id=lite.users[Role.ADMIN]).id


def test_an_fov_that_is_not_stitched_is_not_reviewed(lite: Loop) -> None:
    fov_id = lite.ingest("one", compartments=("nuclear",))
    with pytest.raises(WrongState, match="ingested and cannot become accepted"):
        _decide(lite, fov_id)
    with pytest.raises(NotFound, match="no FOV 55"):
        _decide_absent(lite)


def _decide_absent(loop: Loop) -> None:
    with transaction(loop.context.sessions) as session:
        review_fov(
            session,
            loop.context,
            fov_id=55,
            reviewer_id=loop.users[Role.REVIEWER],
            decision=Decision.ACCEPTED,
            revision_id=1,
        )


def test_an_fov_of_skipped_crops_alone_can_be_accepted_but_not_returned(lite: Loop) -> None:
    fov_id = lite.ingest("one")
    job_id = lite.launch(crop_size_px=200)
    lite.skip_one(job_id)
    lite.stitch(job_id, fov_id)
    with pytest.raises(Conflict) as refused:
        _decide(lite, fov_id, decision=Decision.RETURNED)
    assert str(refused.value) == (
        "FOV 'one' has no submitted crops that could go back to annotators: all were skipped, and a skipped"
        " crop is not handed out again. To have it annotated, accept it, then launch a new job on it at once:"
        " trainings take it with these labels until that job is open."
    )
    with pytest.raises(Conflict, match="is in another job"):
        lite.launch(fov_ids=[fov_id])
    _decide(lite, fov_id)
    assert lite.job(job_id).state is JobState.DONE
    assert lite.annotate(lite.launch(fov_ids=[fov_id], crop_size_px=200)) == 1
    assert lite.fov(fov_id).state is FovState.ANNOTATING


def test_notes_have_an_end(lite: Loop) -> None:
    _, (fov_id,) = _stitched(lite)
    with pytest.raises(InvalidInput, match="The notes have 20001 characters"):
        _decide(lite, fov_id, notes="x" * 20_001)


def test_findings_come_with_the_gravest_first_and_the_report_with_its_revision(lite: Loop) -> None:
    _, (fov_id,) = _stitched(lite)
    with reading(lite.context.sessions) as session:
        report = get_stitch_report(session, fov_id=fov_id)
        findings = list_findings(session, fov_id=fov_id)
        with pytest.raises(NotFound, match="no FOV 55"):
            list_findings(session, fov_id=55)
        with pytest.raises(NotFound, match="FOV 55 has not been stitched yet"):
            get_stitch_report(session, fov_id=55)
    assert report["revision_id"] == lite.fov(fov_id).current_revision_id
    assert set(report["compartments"]) == {"whole_cell", "nuclear"}
    grades = ["error", "warning", "info"]
    assert [f.severity for f in findings] == sorted((f.severity for f in findings), key=grades.index)
