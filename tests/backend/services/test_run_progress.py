import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from backend.db import reading, transaction
from backend.errors import NotFound
from backend.models import Run
from backend.models.run import RunKind, RunState
from backend.ports import TrainingStep
from backend.services.context import Context
from backend.services.run_progress import (
    Heartbeat,
    RunCancelled,
    RunProgress,
    end_run,
    is_heard_of,
    recorded_prediction,
)
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


def _only_run(loop: Loop) -> Run:
    with reading(loop.context.sessions) as session:
        return session.scalars(select(Run)).one()


def test_a_heartbeat_beats_beside_the_work_and_stops_with_it(loop: Loop) -> None:
    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={"job_id": 4}):
        run = _only_run(loop)
        loop.context.clock.advance(1000)
        assert not is_heard_of(loop.context, run)
        with Heartbeat(loop.context, run.id, every_s=0.02):
            deadline = time.monotonic() + 20
            while not is_heard_of(loop.context, _only_run(loop)) and time.monotonic() < deadline:
                time.sleep(0.02)
        assert is_heard_of(loop.context, _only_run(loop))
    run = _only_run(loop)
    assert (run.kind, run.state, run.inputs) == (RunKind.PREDICT, RunState.SUCCEEDED, {"job_id": 4})
    assert run.progress["phase"] == "done"


def _fail(loop: Loop) -> None:
    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={}):
        raise ZeroDivisionError("by zero")


def test_a_prediction_that_raises_is_recorded_as_failed(loop: Loop) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail(loop)
    assert (_only_run(loop).state, _only_run(loop).failure) == (RunState.FAILED, "by zero")


def test_the_progress_of_a_run_that_has_ended_is_not_touched(loop: Loop) -> None:
    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={}) as progress:
        run_id = progress.run_id
    before = _only_run(loop).progress
    late = RunProgress(loop.context, run_id)
    with pytest.raises(RunCancelled, match="FOV 2 of 3 did not begin"):
        late.enter("predicting", "FOV 2 of 3", fraction=0.5)
    assert late.should_stop()
    end_run(loop.context, run_id=run_id, state=RunState.FAILED, failure="too late")
    assert (_only_run(loop).progress, _only_run(loop).state) == (before, RunState.SUCCEEDED)
    with pytest.raises(NotFound, match="no run 99"):
        end_run(loop.context, run_id=99, state=RunState.FAILED)


def test_the_database_is_asked_once_a_second_at_most_whether_to_stop(loop: Loop) -> None:
    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={}) as progress:
        assert not progress.should_stop()
        with transaction(loop.context.sessions) as session:
            session.get_one(Run, progress.run_id).state = RunState.CANCELLED
        assert not progress.should_stop()
        loop.context.clock.advance(1)
        assert progress.should_stop()
    assert _only_run(loop).state is RunState.CANCELLED


def test_a_database_that_is_away_for_a_moment_ends_neither_the_heartbeat_nor_the_work(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("UPDATE runs", {}, Exception("the server closed the connection"))
    n_refused = 0

    def refuse(*_args: object, **_values: object) -> None:
        nonlocal n_refused
        n_refused += 1
        raise away

    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={}) as progress:
        loop.context.clock.advance(1000)
        with Heartbeat(loop.context, progress.run_id, every_s=0.02):
            with monkeypatch.context() as patch:
                patch.setattr("backend.services.run_progress.transaction", refuse)
                patch.setattr("backend.services.run_progress.reading", refuse)
                progress.step(TrainingStep(1, 0.5, 1.0, None, None))
                assert not progress.should_stop()
                _wait_until(lambda: n_refused > 3)
            _wait_until(lambda: is_heard_of(loop.context, _only_run(loop)))
    assert _only_run(loop).state is RunState.SUCCEEDED


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_so()


def test_an_attempt_that_was_overtaken_is_to_stop_and_ends_nothing(loop: Loop) -> None:
    with recorded_prediction(loop.context, project_id=loop.project_id, inputs={"attempts": 2}) as progress:
        run_id = progress.run_id
        assert not RunProgress(loop.context, run_id, attempt=2).should_stop()
        assert RunProgress(loop.context, run_id, attempt=1).should_stop()
        assert not end_run(loop.context, run_id=run_id, state=RunState.FAILED, attempt=1)
        assert _only_run(loop).state is RunState.RUNNING
        assert end_run(loop.context, run_id=run_id, state=RunState.FAILED, attempt=2)
    assert _only_run(loop).state is RunState.FAILED
