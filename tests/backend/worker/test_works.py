from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from backend.adapters.memory import MemoryQueue
from backend.db import reading, transaction
from backend.errors import StorageError
from backend.models import BoxPrediction, Project, Run
from backend.models.box_prediction import BoxState
from backend.models.run import RunKind, RunState
from backend.models.user import Role
from backend.ports import MissingObject
from backend.services.assignments import claim_assignment
from backend.services.box_predictions import request_box
from backend.services.context import Context
from backend.worker.works import WORKS, run_work
from pipeline.errors import InvalidImage
from pipeline.windows import Window
from tests.backend.services.loop import Loop


def test_the_names_that_services_send_are_works() -> None:
    sent = {"prepare_job", "stitch_fov", "train", "consider_retraining", "decide_promotion", "predict_box"}
    assert sent | {"sweep", "sweep_storage", "retrain_check"} == set(WORKS)


def test_a_work_is_carried_out_and_its_begin_and_end_are_logged(sqlite_context: Context) -> None:
    with capture_logs() as lines:
        run_work(sqlite_context, "sweep", work_id="w1", request_id="r1")
    assert [line["event"] for line in lines] == ["work_begun", "work_done"]
    assert lines[-1]["duration_s"] >= 0
    assert isinstance(sqlite_context.queue, MemoryQueue)


def test_a_work_that_fails_is_logged_and_raises(sqlite_context: Context) -> None:
    with capture_logs() as lines, pytest.raises(Exception, match="no job 5"):
        run_work(sqlite_context, "prepare_job", work_id="w1", job_id=5)
    assert [line["event"] for line in lines] == ["work_begun", "work_failed"]


def test_a_training_that_ends_in_an_unforeseen_error_is_recorded_as_failed(
    sqlite_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = sqlite_context.clock.now()
    with transaction(sqlite_context.sessions) as session:
        project = Project(name="p", settings={}, created_at=now)
        session.add(project)
        session.flush()
        run = Run(
            project_id=project.id,
            kind=RunKind.TRAIN,
            state=RunState.QUEUED,
            inputs={},
            progress={},
            created_at=now,
        )
        session.add(run)

    def explode(*_args: object, **_values: object) -> int:
        raise MemoryError("no memory left")

    monkeypatch.setattr("backend.services.training_runs.freeze_dataset", explode)
    with pytest.raises(MemoryError):
        run_work(sqlite_context, "train", work_id="w1", run_id=run.id)
    with reading(sqlite_context.sessions) as session:
        held = session.get_one(Run, run.id)
    assert held.state is RunState.FAILED
    assert "an error nobody foresaw (MemoryError: no memory left)" in (held.failure or "")


@pytest.fixture
def loop(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _submitted(loop: Loop) -> dict[str, int]:
    """The ids of a stitching that waits."""
    fov_id = loop.ingest("one")
    job_id = loop.launch(crop_size_px=200)
    loop.annotate(job_id)
    return {"job_id": job_id, "fov_id": fov_id}


@pytest.mark.parametrize(
    ("fault", "message", "given_up"),
    [
        (MemoryError("no memory left"), "An error nobody foresaw (MemoryError: no memory left)", True),
        (MissingObject("There is no object 'a'."), "There is no object 'a'.", True),
        (InvalidImage("The crops differ."), "The crops differ.", True),
        (StorageError("The storage does not answer."), "The storage does not answer.", False),
    ],
)
def test_a_stitching_that_fails_is_told_on_the_fov(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, fault: Exception, message: str, given_up: bool
) -> None:
    ids = _submitted(loop)

    def fail(*_args: object, **_values: object) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr("backend.worker.works.stitch_fov", fail)
        for _ in range(3):
            with pytest.raises(type(fault)):
                run_work(loop.context, "stitch_fov", work_id="w1", **ids)
    held = loop.fov(ids["fov_id"]).stitch_failure
    assert held is not None
    assert message in held["message"]
    assert (held["attempts"], held["given_up"]) == (3, given_up)
    run_work(loop.context, "stitch_fov", work_id="w1", **ids)
    assert loop.fov(ids["fov_id"]).stitch_failure is None


def test_a_database_that_does_not_answer_is_no_failure_of_the_fov(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = _submitted(loop)

    def away(*_args: object, **_values: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("backend.worker.works.stitch_fov", away)
    with pytest.raises(OperationalError):
        run_work(loop.context, "stitch_fov", work_id="w1", **ids)
    assert loop.fov(ids["fov_id"]).stitch_failure is None


@pytest.mark.parametrize(
    ("fault", "state", "message"),
    [
        (MemoryError("no memory left"), BoxState.FAILED, "(MemoryError: no memory left). Draw by hand."),
        (StorageError("away"), BoxState.QUEUED, ""),
    ],
)
def test_a_box_that_fails_says_so_unless_it_is_tried_again(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, fault: Exception, state: BoxState, message: str
) -> None:
    loop.ingest("one")
    job_id = loop.launch(crop_size_px=200)
    annotator_id = loop.users[Role.ANNOTATOR]
    with transaction(loop.context.sessions) as session:
        held = claim_assignment(session, loop.context, job_id=job_id, annotator_id=annotator_id)
        assert held is not None
        box = request_box(
            session,
            loop.context,
            assignment_id=held.id,
            annotator_id=annotator_id,
            compartment="nuclear",
            frame=0,
            window=Window(0, 0, 16, 16),
        )

    def fail(*_args: object, **_values: object) -> None:
        raise fault

    monkeypatch.setattr("backend.worker.works.predict_box", fail)
    with pytest.raises(type(fault)):
        run_work(loop.context, "predict_box", work_id="w1", box_id=box.id)
    with reading(loop.context.sessions) as session:
        told = session.get_one(BoxPrediction, box.id)
    assert told.state is state
    assert message in (told.message or "")
