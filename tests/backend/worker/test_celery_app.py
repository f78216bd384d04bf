"""One real worker process on a real Redis: from a launched job to stitched labels."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import structlog

from backend.bootstrap import build_context
from backend.config import Settings
from backend.db import reading, transaction
from backend.migrate import migrate
from backend.models import BoxPrediction
from backend.models.box_prediction import BoxState
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.user import Role
from backend.services.assignments import claim_assignment
from backend.services.box_predictions import labels_key, request_box
from pipeline.windows import Window
from tests.backend.services.loop import Loop

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 120.0


@pytest.fixture
def placed(tmp_path: Path, redis_url: str) -> Settings:
    """SQLite and files in a folder, and a database of the Redis server for this test alone."""
    settings = Settings(data_dir=tmp_path / "data", redis_url=f"{redis_url}?db=9", log_style="json")
    filled = settings.with_data_dir()
    migrate(filled.database_url)
    return filled


@contextmanager
def running_worker(settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`celery worker` as `cytoloop serve` starts it, stopped at the end."""
    program = [sys.executable, "-m", "celery", "--app", "backend.worker.celery_app:celery", "--quiet"]
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [*program, "worker", "--hostname", "tests@%h"],
            env={**os.environ, **settings.environment()},
            cwd=ROOT,
            stderr=output,
            stdout=output,
            start_new_session=True,
        )
        try:
            yield worker
        finally:
            worker.send_signal(signal.SIGQUIT)
            try:
                worker.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait(timeout=20)


def _wait(until: Callable[[], bool], worker: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not until():
        assert worker.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def _ask_about_a_box(loop: Loop, job_id: int) -> int:
    annotator_id = loop.users[Role.ANNOTATOR]
    with transaction(loop.context.sessions, loop.context.queue.send) as session:
        held = claim_assignment(session, loop.context, job_id=job_id, annotator_id=annotator_id)
        assert held is not None
        box = request_box(
            session,
            loop.context,
            assignment_id=held.id,
            annotator_id=annotator_id,
            compartment="nuclear",
            frame=0,
            window=Window(0, 0, 40, 40),
        )
    return box.id


def _box(loop: Loop, box_id: int) -> BoxPrediction:
    with reading(loop.context.sessions) as session:
        return session.get_one(BoxPrediction, box_id)


def test_a_worker_takes_an_fov_from_launch_to_stitched(placed: Settings, tmp_path: Path) -> None:
    context = build_context(placed, role="cli")
    loop = Loop(context, tmp_path)
    fov_id = loop.ingest("one")
    log = tmp_path / "worker.log"
    with running_worker(placed, log) as worker:
        with structlog.contextvars.bound_contextvars(request_id="launch-1"):
            job_id = loop.launch(prepare=False)
        _wait(lambda: loop.job(job_id).state is not JobState.PREPARING, worker, log)
        assert loop.job(job_id).state is JobState.OPEN, loop.job(job_id).failure
        first, second = (_ask_about_a_box(loop, job_id) for _ in range(2))
        _wait(lambda: _box(loop, second).state is not BoxState.QUEUED, worker, log)
        _wait(lambda: _box(loop, second).state is not BoxState.RUNNING, worker, log)
        assert loop.annotate(job_id) > 1
        _wait(lambda: loop.fov(fov_id).state is FovState.STITCHED, worker, log)
        context.queue.send("sweep")
        _wait(lambda: '"work": "sweep"' in log.read_text(), worker, log)
    revision = loop.revision(loop.fov(fov_id).current_revision_id)
    assert revision.report["job_id"] == job_id
    assert revision.counts["nuclear"] > 5
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    begun = {line["work"]: line for line in lines if line.get("event") == "work_begun"}
    assert set(begun) == {"prepare_job", "predict_box", "stitch_fov", "sweep"}
    answered = [_box(loop, box_id) for box_id in (first, second)]
    assert [(box.state, box.message) for box in answered] == [(BoxState.DONE, None)] * 2
    labels = np.load(io.BytesIO(context.storage.get(labels_key(answered[1].storage_prefix or ""))))
    assert (labels.dtype, labels.shape) == (np.uint32, (40, 40))
    assert labels.any()
    assert begun["prepare_job"]["job_id"] == job_id
    assert begun["prepare_job"]["request_id"] == "launch-1"
    assert begun["stitch_fov"]["fov_id"] == fov_id
    assert len(begun["stitch_fov"]["work_id"]) == 36
    assert worker.returncode is not None


def test_a_worker_without_a_queue_ends_with_the_reason(placed: Settings, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with running_worker(replace(placed, redis_url=""), log) as worker:
        assert worker.wait(timeout=PATIENCE_S) != 0
    assert "A worker needs a queue: set REDIS_URL" in log.read_text()
