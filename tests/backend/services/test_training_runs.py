from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.db import reading, transaction
from backend.errors import Conflict, InvalidInput, NotFound, StorageError, WrongState
from backend.models import DatasetVersion, ModelVersion, Project, Promotion, Run
from backend.models.promotion import PromotionOutcome
from backend.models.run import RunKind, RunState
from backend.services.context import Context
from backend.services.projects import update_settings
from backend.services.run_scratch import RunScratch, open_scratch
from backend.services.sweeps import MOST_ATTEMPTS, sweep
from backend.services.training_runs import (
    cancel_run,
    consider_every_project,
    consider_retraining,
    count_new_cells,
    get_run,
    list_runs,
    request_training,
    run_training,
)
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _request(loop: Loop) -> int:
    with transaction(loop.context.sessions, loop.context.queue.send) as session:
        return request_training(session, loop.context, project_id=loop.project_id).id


def _run(loop: Loop, run_id: int) -> Run:
    with reading(loop.context.sessions) as session:
        return get_run(session, run_id=run_id)


def _count(loop: Loop, model: type) -> int:
    with reading(loop.context.sessions) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _cancel(loop: Loop, run_id: int) -> None:
    with transaction(loop.context.sessions) as session:
        cancel_run(session, loop.context, run_id=run_id)


def test_a_run_makes_a_dataset_version_a_model_version_and_a_promotion(loop: Loop) -> None:
    loop.accept(3)
    run_id = _request(loop)
    assert ("train", {"run_id": run_id}) in loop.context.queue.take()
    assert _run(loop, run_id).state is RunState.QUEUED
    run_training(loop.context, run_id=run_id)
    run = _run(loop, run_id)
    assert run.state is RunState.SUCCEEDED
    assert run.finished_at is not None
    assert (run.progress["phase"], run.progress["fraction"]) == ("done", 1.0)
    with reading(loop.context.sessions) as session:
        version = session.scalars(select(ModelVersion)).one()
        promotion = session.scalars(select(Promotion)).one()
        assert session.get_one(Project, loop.project_id).current_model_id == version.id
    assert (version.name, version.run_id, version.metrics) == ("unet-1", run_id, {"test": {"mean_f1": 0.8}})
    assert version.checksums == {"model.json": "abc"}
    assert run.inputs["model_version_id"] == version.id
    assert run.inputs["dataset_version_id"] == version.dataset_version_id
    assert promotion.outcome is PromotionOutcome.PROMOTED
    assert loop.context.storage.exists(f"{version.storage_prefix}/model.json")


def test_a_second_message_for_the_same_run_does_nothing(lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)
    run_training(lite.context, run_id=run_id)
    run_training(lite.context, run_id=run_id)
    assert lite.trainer.n_trained == _count(lite, ModelVersion) == _count(lite, Promotion) == 1
    run_training(lite.context, run_id=999)


def test_one_training_run_is_alive_at_a_time(loop: Loop) -> None:
    run_id = _request(loop)
    with pytest.raises(Conflict, match=f"at work already .run {run_id} of project {loop.project_id}."):
        _request(loop)
    _cancel(loop, run_id)
    second_id = _request(loop)
    with reading(loop.context.sessions) as session:
        assert [run.id for run in list_runs(session, project_id=loop.project_id)] == [second_id, run_id]
    with pytest.raises(NotFound, match="no project 99"), transaction(loop.context.sessions) as session:
        request_training(session, loop.context, project_id=99)


def test_progress_is_stored_once_a_second_at_most_with_every_epoch_in_the_losses(lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)
    seen: list[dict[str, object]] = []

    def look() -> None:
        lite.context.clock.advance(0.4)
        seen.append(_run(lite, run_id).progress)

    lite.trainer.on_step, lite.trainer.n_steps = look, 8
    run_training(lite.context, run_id=run_id)
    epochs = [progress.get("epoch") for progress in seen]
    assert epochs == [None, None, None, 3, 3, 3, 6, 6]
    assert [step[0] for step in seen[-1]["losses"]] == [1, 2, 3, 4, 5, 6]  # type: ignore[index, attr-defined]
    assert seen[-1]["eta_s"] == 4.0
    assert 0.1 < float(str(seen[-1]["fraction"])) < 0.9


def test_a_cancelled_run_stops_and_leaves_nothing(lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)

    def cancel_at_once() -> None:
        if _run(lite, run_id).state is RunState.RUNNING:
            _cancel(lite, run_id)
        lite.context.clock.advance(2)

    lite.trainer.on_step = cancel_at_once
    run_training(lite.context, run_id=run_id)
    assert _run(lite, run_id).state is RunState.CANCELLED
    assert _count(lite, ModelVersion) == 0
    assert list(lite.context.storage.list("models")) == []
    with pytest.raises(WrongState, match="cancelled and cannot become cancelled"):
        _cancel(lite, run_id)
    with pytest.raises(NotFound, match="no run 99"):
        _cancel(lite, 99)


def test_a_run_cancelled_before_it_began_does_not_begin(lite: Loop) -> None:
    run_id = _request(lite)
    _cancel(lite, run_id)
    run_training(lite.context, run_id=run_id)
    assert lite.trainer.n_trained == _count(lite, DatasetVersion) == 0


def test_a_failure_is_recorded_and_the_current_predictor_stays(lite: Loop) -> None:
    lite.accept(3)
    lite.trainer.failure = "the loss became nan at step 7"
    run_id = _request(lite)
    run_training(lite.context, run_id=run_id)
    run = _run(lite, run_id)
    assert (run.state, run.failure) == (RunState.FAILED, "the loss became nan at step 7")
    with reading(lite.context.sessions) as session:
        assert session.get_one(Project, lite.project_id).current_model_id is None
    assert _count(lite, ModelVersion) == _count(lite, Promotion) == 0


def test_without_accepted_fovs_the_run_fails_with_that_reason(lite: Loop) -> None:
    run_id = _request(lite)
    run_training(lite.context, run_id=run_id)
    assert "no accepted FOV" in (_run(lite, run_id).failure or "")


def test_a_run_whose_worker_was_lost_is_taken_up_behind_its_last_step(lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)

    def killed() -> None:
        raise SystemExit

    lite.trainer.on_step = killed
    with pytest.raises(SystemExit):
        run_training(lite.context, run_id=run_id)
    assert _run(lite, run_id).state is RunState.RUNNING
    dataset_version_id = _run(lite, run_id).inputs["dataset_version_id"]
    lite.trainer.on_step = lambda: None
    run_training(lite.context, run_id=run_id)
    assert lite.trainer.n_trained == 0
    lite.context.clock.advance(121)
    run_training(lite.context, run_id=run_id)
    run = _run(lite, run_id)
    assert (run.state, run.inputs["attempts"]) == (RunState.SUCCEEDED, 2)
    assert run.inputs["dataset_version_id"] == dataset_version_id
    assert _count(lite, DatasetVersion) == 1


def test_a_model_that_an_earlier_attempt_left_is_not_trained_again(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite.accept(3)
    run_id = _request(lite)
    _run_killed_at("decide_promotion", lite, run_id, monkeypatch)
    lite.context.clock.advance(121)
    run_training(lite.context, run_id=run_id)
    assert _run(lite, run_id).state is RunState.SUCCEEDED
    assert lite.trainer.n_trained == _count(lite, ModelVersion) == _count(lite, Promotion) == 1


def test_retraining_begins_when_enough_cells_were_accepted_since_the_last_run(loop: Loop) -> None:
    loop.accept(1)
    with transaction(loop.context.sessions) as session:
        n_cells = count_new_cells(session, project_id=loop.project_id)
        project = session.get_one(Project, loop.project_id)
        project.settings = {**project.settings, "retrain_min_new_cells": n_cells + 1}
    assert n_cells > 5
    assert consider_retraining(loop.context, project_id=loop.project_id) is None
    loop.context.clock.advance(60)
    loop.accept(2, first=1)
    run_id = consider_retraining(loop.context, project_id=loop.project_id)
    assert run_id is not None
    assert consider_retraining(loop.context, project_id=loop.project_id) is None
    run_training(loop.context, run_id=run_id)
    assert _run(loop, run_id).state is RunState.SUCCEEDED
    assert consider_every_project(loop.context) == []
    with reading(loop.context.sessions) as session:
        assert count_new_cells(session, project_id=loop.project_id) == 0


def test_every_project_is_considered(lite: Loop) -> None:
    lite.accept(1)
    with transaction(lite.context.sessions) as session:
        project = session.get_one(Project, lite.project_id)
        project.settings = {**project.settings, "retrain_min_new_cells": 1}
    (run_id,) = consider_every_project(lite.context)
    assert _run(lite, run_id).kind is RunKind.TRAIN


def test_a_process_that_cannot_train_says_so(sqlite_context: Context, lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)
    run_training(sqlite_context, run_id=run_id)
    assert "belongs to a worker" in (_run(lite, run_id).failure or "")


def test_a_training_begins_with_what_the_project_says_unless_told(loop: Loop) -> None:
    loop.accept(3)
    run_training(loop.context, run_id=_request(loop))
    with transaction(loop.context.sessions) as session:
        promoted = session.get_one(Project, loop.project_id).current_model_id
        update_settings(session, project_id=loop.project_id, changes={"train_from": "fresh"})
    for start_from in (None, "current"):
        with transaction(loop.context.sessions, loop.context.queue.send) as session:
            run_id = request_training(
                session, loop.context, project_id=loop.project_id, start_from=start_from
            ).id
        run_training(loop.context, run_id=run_id)
    first, second, third = (limits.start for limits in loop.trainer.limits)
    assert (first, second) == ("default", "fresh")
    # The folder of the first model version, which was promoted; it was there as long as the training.
    assert isinstance(third, Path)
    assert _run(loop, run_id).inputs["base_model_version_id"] == promoted
    with (
        pytest.raises(InvalidInput, match="train_from is 'last'; give default, fresh, current"),
        transaction(loop.context.sessions) as session,
    ):
        request_training(session, loop.context, project_id=loop.project_id, start_from="last")


def _scratch(loop: Loop, run_id: int) -> RunScratch:
    return open_scratch(loop.context, run_id=run_id)


def test_what_a_kill_must_not_lose_is_kept_until_the_run_fails(lite: Loop) -> None:
    lite.accept(3)
    lite.trainer.failure = "the loss diverged"
    run_id = _request(lite)
    scratch = _scratch(lite, run_id)
    scratch.checkpoint.touch()
    run_training(lite.context, run_id=run_id)
    assert lite.trainer.limits[0].checkpoint == scratch.checkpoint
    assert _run(lite, run_id).state is RunState.FAILED
    assert not scratch.folder.exists()


def test_a_training_that_was_finished_before_the_kill_is_not_repeated(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite.accept(3)
    run_id = _request(lite)
    _run_killed_at("store_model_version", lite, run_id, monkeypatch)
    assert (lite.trainer.n_trained, _count(lite, ModelVersion)) == (1, 0)
    lite.context.clock.advance(121)
    run_training(lite.context, run_id=run_id)
    assert (lite.trainer.n_trained, _count(lite, ModelVersion)) == (1, 1)
    assert _run(lite, run_id).state is RunState.SUCCEEDED
    assert not (lite.context.settings.data_dir / "trainings" / f"run-{run_id}").exists()


def test_storage_that_is_away_for_a_moment_costs_no_training(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite.accept(3)
    run_id = _request(lite)

    def away(*_args: object, **_values: object) -> None:
        raise StorageError("the bucket did not answer")

    with monkeypatch.context() as patch:
        patch.setattr("backend.services.training_runs.store_model_version", away)
        for _ in range(MOST_ATTEMPTS + 1):
            with pytest.raises(StorageError, match="did not answer"):
                run_training(lite.context, run_id=run_id)
            assert (_run(lite, run_id).state, _run(lite, run_id).failure) == (RunState.QUEUED, None)
    # None of these attempts was a lost worker: one that is lost now is not the last one allowed.
    lite.trainer.on_step = lambda: None
    _run_killed_at("decide_promotion", lite, run_id, monkeypatch)
    lite.context.clock.advance(121)
    assert sweep(lite.context)["lost_runs"] == 1
    assert _run(lite, run_id).state is RunState.QUEUED
    run_training(lite.context, run_id=run_id)
    assert _run(lite, run_id).state is RunState.SUCCEEDED
    assert (lite.trainer.n_trained, _count(lite, ModelVersion)) == (1, 1)


def test_a_worker_that_was_taken_for_lost_leaves_the_run_and_what_is_kept_to_the_next(lite: Loop) -> None:
    lite.accept(3)
    run_id = _request(lite)
    scratch = _scratch(lite, run_id)
    scratch.checkpoint.touch()

    def stalls() -> None:
        lite.trainer.on_step = lambda: None
        lite.context.clock.advance(121)
        assert sweep(lite.context)["lost_runs"] == 1

    lite.trainer.on_step = stalls
    run_training(lite.context, run_id=run_id)
    assert (_run(lite, run_id).state, scratch.checkpoint.exists()) == (RunState.QUEUED, True)

    def is_overtaken() -> None:
        lite.trainer.on_step = lambda: None
        lite.context.clock.advance(121)
        lite.trainer.failure = ""
        run_training(lite.context, run_id=run_id)
        lite.trainer.failure = "the disk is full"

    lite.trainer.on_step = is_overtaken
    run_training(lite.context, run_id=run_id)
    # What the overtaken attempt ran into is not how the run ended.
    assert (_run(lite, run_id).state, _run(lite, run_id).failure) == (RunState.SUCCEEDED, None)
    assert _count(lite, ModelVersion) == 1


def _run_killed_at(step: str, loop: Loop, run_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out a run whose process is killed when it comes to a step."""

    def killed(*_args: object, **_values: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(f"backend.services.training_runs.{step}", killed)
        with pytest.raises(SystemExit):
            run_training(loop.context, run_id=run_id)
