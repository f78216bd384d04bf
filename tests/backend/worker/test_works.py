import pytest
from structlog.testing import capture_logs

from backend.adapters.memory import MemoryQueue
from backend.db import reading, transaction
from backend.models import Project, Run
from backend.models.run import RunKind, RunState
from backend.services.context import Context
from backend.worker.works import WORKS, run_work


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
