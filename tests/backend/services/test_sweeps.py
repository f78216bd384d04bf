from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend.db import reading, transaction
from backend.models import Run, Task
from backend.models.job import JobState
from backend.models.run import RunKind, RunState
from backend.models.task import TaskState
from backend.models.user import Role
from backend.services.assignments import claim_assignment
from backend.services.context import Context
from backend.services.storage_prefixes import fresh_prefix
from backend.services.sweeps import sweep, sweep_storage
from backend.services.training_runs import request_training
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _sweep(loop: Loop, *, after_s: float = 0.0) -> dict[str, int]:
    """What a sweep finds after a while, less what it does not find."""
    loop.context.clock.advance(after_s)
    loop.context.queue.take()
    return {name: n for name, n in sweep(loop.context).items() if n}


def _add_run(loop: Loop, **values: Any) -> int:
    now = loop.context.clock.now()
    given = {"progress": {}, "inputs": {}, "state": RunState.RUNNING, "heartbeat_at": now, **values}
    with transaction(loop.context.sessions) as session:
        run = Run(project_id=loop.project_id, created_at=now, **given)
        session.add(run)
    return run.id


def _run(loop: Loop, run_id: int) -> Run:
    with reading(loop.context.sessions) as session:
        return session.get_one(Run, run_id)


def test_where_nothing_is_lost_nothing_is_sent(loop: Loop) -> None:
    loop.accept(1)
    assert _sweep(loop, after_s=4000) == {}
    assert loop.context.queue.take() == []


def test_leases_that_ran_out_are_closed(loop: Loop) -> None:
    loop.ingest("one")
    job_id = loop.launch()
    with transaction(loop.context.sessions) as session:
        annotator_id = loop.users[Role.ANNOTATOR]
        held = claim_assignment(session, loop.context, job_id=job_id, annotator_id=annotator_id)
        assert held is not None
    assert _sweep(loop, after_s=loop.context.settings.lease_s + 1)["leases"] == 1
    with reading(loop.context.sessions) as session:
        assert session.get_one(Task, held.task_id).state is TaskState.READY


def test_a_job_that_waits_for_proposals_is_sent_again_once_per_period(loop: Loop) -> None:
    loop.ingest("one")
    job_id = loop.launch(prepare=False)
    assert _sweep(loop, after_s=120) == {}
    assert _sweep(loop, after_s=180) == {"preparing_jobs": 1}
    assert loop.context.queue.take() == [("prepare_job", {"job_id": job_id})]
    assert _sweep(loop, after_s=60) == {}
    assert _sweep(loop, after_s=240) == {"preparing_jobs": 1}


def test_a_job_at_which_a_worker_is_heard_of_is_not_sent(lite: Loop) -> None:
    lite.ingest("one")
    job_id = lite.launch(prepare=False)
    lite.context.clock.advance(300)
    _add_run(lite, kind=RunKind.PREDICT, inputs={"job_id": job_id})
    assert _sweep(lite) == {}


def test_a_lost_prediction_is_tried_three_times_then_the_job_fails(lite: Loop) -> None:
    lite.ingest("one")
    job_id = lite.launch(prepare=False)
    for attempt in range(1, 4):
        run_id = _add_run(lite, kind=RunKind.PREDICT, inputs={"job_id": job_id})
        assert _sweep(lite, after_s=121)["lost_runs"] == 1
        assert _run(lite, run_id).state is RunState.FAILED
        sent = ("prepare_job", {"job_id": job_id}) in lite.context.queue.take()
        assert sent == (attempt < 3)
    job = lite.job(job_id)
    assert job.state is JobState.FAILED
    assert "The worker was lost 3 times" in (job.failure or "")


def test_a_lost_training_is_queued_again_and_given_up_after_three_attempts(loop: Loop) -> None:
    run_id = _add_run(loop, kind=RunKind.TRAIN, inputs={"attempts": 2})
    assert _sweep(loop, after_s=60) == {}
    assert _sweep(loop, after_s=61) == {"lost_runs": 1}
    assert _run(loop, run_id).state is RunState.QUEUED
    assert loop.context.queue.take() == [("train", {"run_id": run_id})]
    with transaction(loop.context.sessions) as session:
        run = session.get_one(Run, run_id)
        run.state, run.inputs = RunState.RUNNING, {"attempts": 3}
    assert _sweep(loop)["lost_runs"] == 1
    run = _run(loop, run_id)
    assert (run.state, run.finished_at) == (RunState.FAILED, loop.context.clock.now())
    assert run.failure == (
        "The worker was lost 3 times, and last heard of at 2024-01-01 12:00:00 UTC. Look at its log and its"
        " memory, then start the work again."
    )


def test_a_queued_training_whose_message_was_lost_is_sent_again(lite: Loop) -> None:
    with transaction(lite.context.sessions) as session:
        run_id = request_training(session, lite.context, project_id=lite.project_id).id
    assert _sweep(lite, after_s=300) == {"queued_runs": 1}
    assert lite.context.queue.take() == [("train", {"run_id": run_id})]


def test_an_fov_whose_crops_are_all_in_but_that_is_not_stitched_is_sent_again(loop: Loop) -> None:
    fov_ids = [loop.ingest("one"), loop.ingest("two", seed=1)]
    job_id = loop.launch(crop_size_px=200)
    loop.annotate(job_id)
    loop.stitch(job_id, fov_ids[0])
    assert _sweep(loop, after_s=299) == {}
    assert _sweep(loop, after_s=1) == {"unstitched_fovs": 1}
    assert loop.context.queue.take() == [("stitch_fov", {"job_id": job_id, "fov_id": fov_ids[1]})]


def test_an_fov_with_a_task_left_is_not_stitched(lite: Loop) -> None:
    lite.ingest("one")
    lite.skip_one(lite.launch())
    assert _sweep(lite, after_s=300) == {}


def test_objects_without_a_row_go_after_a_day_and_nothing_else(loop: Loop) -> None:
    loop.accept(1)
    storage = loop.context.storage
    kept = set(storage.list(""))
    orphans = []
    for kind in ("fovs", "revisions", "datasets", "models"):
        with fresh_prefix(loop.context, kind) as prefix:
            storage.put(f"{prefix}/a", b"x")
            orphans.append(prefix)
    storage.put("revisions/by-hand/a", b"x")
    loop.context.clock.advance(24 * 3600)
    assert sweep_storage(loop.context) == 0
    loop.context.clock.advance(1)
    assert sweep_storage(loop.context) == 4
    assert set(storage.list("")) == kept | {"revisions/by-hand/a"}
    with reading(loop.context.sessions) as session:
        assert session.scalars(select(Task)).all()
