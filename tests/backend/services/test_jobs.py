"""Jobs: which FOVs they may take, and the tasks they publish."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.adapters.memory import MemoryQueue
from backend.db import reading
from backend.errors import Conflict, CytoloopError, InvalidInput, NotFound, WrongState
from backend.models import Fov, Job, Task
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.services.context import Context
from backend.services.jobs import fail_job, get_job, job_progress, launch_job, publish_tasks
from pipeline.windows import Window, plan_windows
from tests.backend.conftest import Transaction
from tests.backend.factories import SHAPE, Maker


def _tasks(context: Context, job_id: int) -> list[Task]:
    with reading(context.sessions) as session:
        return list(session.scalars(select(Task).where(Task.job_id == job_id).order_by(Task.position)))


def test_a_launched_job_is_prepared_by_a_worker(context: Context, begin: Transaction, make: Maker) -> None:
    project_id = make.project()
    fov_ids = [make.fov(project_id), make.fov(project_id)]
    make.fov(project_id, state=FovState.ACCEPTED)
    with begin() as session:
        job = launch_job(session, context, project_id=project_id, name=" round 1 ", seed=3)
    assert (job.name, job.state, job.fov_ids, job.model_version_id) == (
        "round 1",
        JobState.PREPARING,
        fov_ids,
        None,
    )
    assert isinstance(context.queue, MemoryQueue)
    assert context.queue.take() == [("prepare_job", {"job_id": job.id})]


def test_an_fov_is_in_one_job_at_a_time(context: Context, begin: Transaction, make: Maker) -> None:
    project_id = make.project()
    fov_id = make.fov(project_id)

    def launch(number: int) -> object:
        try:
            with begin() as session:
                return launch_job(session, context, project_id=project_id, name=f"job {number}")
        except Conflict as fault:
            return fault.message

    with ThreadPoolExecutor(3) as pool:
        launched = list(pool.map(launch, range(3)))
    assert [type(each) for each in launched].count(Job) == 1
    assert "No FOV of this project waits for annotation" in str(launched)
    with begin() as session, pytest.raises(Conflict, match=f"FOV {fov_id} is in another job"):
        launch_job(session, context, project_id=project_id, name="again", fov_ids=[fov_id])


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (FovState.INGESTED, True),
        (FovState.PROPOSED, True),
        (FovState.ACCEPTED, True),
        (FovState.ANNOTATING, False),
        (FovState.STITCHED, False),
        (FovState.RETURNED, False),
    ],
)
def test_only_a_free_fov_can_be_named(
    context: Context, begin: Transaction, make: Maker, state: FovState, free: bool
) -> None:
    project_id = make.project()
    fov_id = make.fov(project_id, state=state)
    with begin() as session:
        ask = {"project_id": project_id, "name": "job", "fov_ids": [fov_id, fov_id]}
        if free:
            assert launch_job(session, context, **ask).fov_ids == [fov_id]
            return
        with pytest.raises(Conflict, match="is in another job; wait until it is accepted") as caught:
            launch_job(session, context, **ask)
    assert caught.value.detail == {"fov_ids": [fov_id]}


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"project_id": 999}, NotFound, "There is no project 999."),
        ({"fov_ids": [998, 999]}, NotFound, "This project has no FOV 998, 999."),
        ({"fov_ids": []}, InvalidInput, "The list of FOVs is empty"),
        ({"crop_size_px": 8}, InvalidInput, "crop_size_px is 8"),
        ({"overlap": 1.0}, InvalidInput, "overlap is 1.0"),
        ({"redundancy": 0}, InvalidInput, "redundancy is 0; give 1 to 20."),
        ({"instructions": "x" * 50_001}, InvalidInput, "The instructions are too long"),
        ({"platform": "elsewhere"}, InvalidInput, "platform is 'elsewhere'; give 'link'."),
        ({"seed": -1}, InvalidInput, "seed is -1"),
        ({"name": ""}, InvalidInput, "cannot be the name of a job"),
    ],
)
def test_jobs_that_cannot_be_are_refused(
    context: Context,
    begin: Transaction,
    make: Maker,
    values: dict[str, Any],
    error: type[CytoloopError],
    message: str,
) -> None:
    project_id = make.project()
    make.fov(project_id)
    with begin() as session, pytest.raises(error) as caught:
        launch_job(session, context, **{"project_id": project_id, "name": "job", **values})
    assert message in caught.value.message


def test_tasks_cover_each_fov_in_a_random_order(context: Context, make: Maker) -> None:
    job = make.open_job(n_fovs=2)
    tasks = _tasks(context, job.job_id)
    windows = plan_windows(SHAPE[1:], size_px=40, overlap=0.2)
    assert [task.position for task in tasks] == list(range(2 * len(windows)))
    by_fov = [
        [Window(task.row, task.col, task.height, task.width) for task in tasks if task.fov_id == fov_id]
        for fov_id in job.fov_ids
    ]
    assert [task.fov_id for task in tasks] == [
        fov_id for fov_id in job.fov_ids for _ in range(len(windows))
    ], "one FOV after the other"
    assert [sorted(found) for found in by_fov] == [windows, windows]
    assert windows not in by_fov
    with reading(context.sessions) as session:
        assert {session.get_one(Fov, fov_id).state for fov_id in job.fov_ids} == {FovState.ANNOTATING}


def test_the_seed_fixes_the_order(context: Context, make: Maker) -> None:
    orders = [
        [(task.row, task.col) for task in _tasks(context, make.open_job(shape=(1, 90, 90)).job_id)]
        for _ in range(2)
    ]
    assert orders[0] == orders[1]


def test_publishing_again_changes_nothing(context: Context, begin: Transaction, make: Maker) -> None:
    job = make.open_job()
    with begin() as session:
        publish_tasks(session, context, job_id=job.job_id)
        assert job_progress(session, get_job(session, job_id=job.job_id)) == {
            "ready": 6,
            "assigned": 0,
            "submitted": 0,
            "returned": 0,
            "approved": 0,
            "skipped": 0,
        }


def test_an_fov_without_a_proposal_is_not_published(
    context: Context, begin: Transaction, make: Maker
) -> None:
    project_id = make.project()
    fov_id = make.fov(project_id)
    with begin() as session:
        job = launch_job(session, context, project_id=project_id, name="job")
    with pytest.raises(Conflict, match="has no proposal yet"), begin() as session:
        publish_tasks(session, context, job_id=job.id)
    with reading(context.sessions) as session:
        assert session.get_one(Job, job.id).state is JobState.PREPARING
        assert session.get_one(Fov, fov_id).state is FovState.INGESTED


def test_a_failed_job_says_why_and_frees_its_fovs(context: Context, begin: Transaction, make: Maker) -> None:
    project_id = make.project()
    make.fov(project_id)
    with begin() as session:
        job = launch_job(session, context, project_id=project_id, name="job")
        fail_job(session, job_id=job.id, reason="FOV 1: no nuclear channel")
    with begin() as session:
        assert get_job(session, job_id=job.id).failure == "FOV 1: no nuclear channel"
        with pytest.raises(WrongState, match="is failed and cannot become open"):
            publish_tasks(session, context, job_id=job.id)
        assert launch_job(session, context, project_id=project_id, name="again").fov_ids == job.fov_ids
        for act in (lambda: fail_job(session, job_id=999, reason=""), lambda: get_job(session, job_id=999)):
            with pytest.raises(NotFound, match="There is no job 999"):
                act()


def test_an_fov_that_another_job_took_is_refused_at_publishing(
    context: Context, begin: Transaction, make: Maker
) -> None:
    project_id = make.project()
    fov_id = make.fov(project_id)
    with begin() as session:
        job = launch_job(session, context, project_id=project_id, name="job")
    make.proposal(fov_id)
    with begin() as session:
        session.execute(update(Fov).where(Fov.id == fov_id).values(state=FovState.STITCHED))
    with pytest.raises(WrongState, match="is stitched and cannot become annotating"), begin() as session:
        publish_tasks(session, context, job_id=job.id)
    assert _tasks(context, job.id) == []
