from pathlib import Path

import pytest
from sqlalchemy import select

from backend.db import reading, transaction
from backend.errors import Conflict, NotAllowed, NotFound
from backend.models import DatasetVersion, Fov, Project, Promotion
from backend.models.promotion import PromotionOutcome
from backend.models.user import Role
from backend.services.context import Context
from backend.services.promotion_requests import find_requests
from backend.services.promotions import decide_promotion, list_promotions, request_promotion, roll_back
from backend.services.training_runs import request_training, run_training
from tests.backend.services.loop import Loop, QuickTrainer


def _loop(context: Context, folder: Path, f1s: list[float], n_fovs: int = 3) -> Loop:
    loop = Loop(context, folder, trainer=QuickTrainer(f1s))
    loop.accept(n_fovs)
    return loop


def _train(loop: Loop) -> Promotion:
    """Train once more; the decision about the new model version."""
    with transaction(loop.context.sessions) as session:
        run_id = request_training(session, loop.context, project_id=loop.project_id).id
    run_training(loop.context, run_id=run_id)
    return _promotions(loop)[0]


def _promotions(loop: Loop) -> list[Promotion]:
    with reading(loop.context.sessions) as session:
        return list(list_promotions(session, project_id=loop.project_id))


def _current(loop: Loop) -> int | None:
    with reading(loop.context.sessions) as session:
        return session.get_one(Project, loop.project_id).current_model_id


def _roll_back(loop: Loop, *, user_id: int | None = None, reason: str = "worse on slide 4") -> Promotion:
    with transaction(loop.context.sessions) as session:
        return roll_back(session, loop.context, project_id=loop.project_id, user_id=user_id, reason=reason)


def _request(loop: Loop, model_version_id: int) -> None:
    with transaction(loop.context.sessions, loop.context.queue.send) as session:
        request_promotion(session, loop.context, model_version_id=model_version_id)


def test_only_a_strictly_better_candidate_is_promoted_and_each_decision_says_why(
    context: Context, tmp_path: Path
) -> None:
    loop = _loop(context, tmp_path, [0.8, 0.8, 0.7, 0.9])
    first, equal, worse, better = (_train(loop) for _ in range(4))
    outcomes = [decision.outcome for decision in (first, equal, worse, better)]
    assert outcomes == [
        PromotionOutcome.PROMOTED,
        PromotionOutcome.REJECTED,
        PromotionOutcome.REJECTED,
        PromotionOutcome.PROMOTED,
    ]
    assert first.reason == (
        "unet-1 is better than baseline (mean F1 at IoU 0.5: 0.8000 against 0.5000 on 1 FOV that neither was"
        " trained on)."
    )
    assert equal.reason.startswith("unet-2 is only as good as unet-1 (mean F1 at IoU 0.5: 0.8000 against")
    assert worse.reason.endswith("unet-1 stays.")
    assert (better.from_model_id, better.to_model_id) == (first.to_model_id, _current(loop))
    with reading(context.sessions) as session:
        held_out = session.scalars(select(Fov.id).where(Fov.split == "test")).all()
    assert better.comparison["fov_ids"] == list(held_out)
    assert better.comparison["candidate"]["mean_f1"] == 0.9
    assert better.comparison["current"]["mean_f1"] == 0.8
    assert better.decided_by_id is None


def test_a_decision_that_stands_is_not_made_again(sqlite_context: Context, tmp_path: Path) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.8, 0.6])
    first, second = _train(loop), _train(loop)
    for decision in (first, second):
        assert decision.to_model_id is not None
        assert decide_promotion(loop.context, model_version_id=decision.to_model_id).id == decision.id
    assert len(_promotions(loop)) == 2


def test_fovs_that_the_current_model_has_seen_are_not_compared_on(
    sqlite_context: Context, tmp_path: Path
) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.8, 0.9])
    first = _train(loop)
    with transaction(loop.context.sessions) as session:
        held_out = session.scalars(select(Fov).where(Fov.split == "test")).one()
        dataset = session.scalars(select(DatasetVersion)).one()
        groups = {**dataset.manifest["groups"], held_out.group: "train"}
        dataset.manifest = {**dataset.manifest, "groups": groups, "inputs": {}}
    second = _train(loop)
    assert second.outcome is PromotionOutcome.REJECTED
    assert second.reason == (
        "unet-2 cannot be compared with unet-1: the test split holds no FOV on which neither was trained."
        " Accept more FOVs and train again."
    )
    assert second.comparison["candidate"] is None
    assert _current(loop) == first.to_model_id


def test_with_too_few_fovs_for_a_test_split_nothing_is_promoted(
    sqlite_context: Context, tmp_path: Path
) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.9], n_fovs=2)
    assert _train(loop).outcome is PromotionOutcome.REJECTED
    assert _current(loop) is None


def test_when_the_predictor_is_switched_meanwhile_the_comparison_is_made_anew(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.services import promotions

    loop = _loop(context, tmp_path, [0.8, 0.85])
    first = _train(loop)
    compare = promotions._compare
    rivals: list[str] = []

    def switched(*args: object) -> object:
        contest = args[1]
        rivals.append(contest.current)  # type: ignore[attr-defined]
        if len(rivals) == 1:
            _roll_back(loop)
        return compare(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(promotions, "_compare", switched)
    second = _train(loop)
    assert rivals == ["unet-1", "baseline"]
    assert (second.from_model_id, second.outcome) == (None, PromotionOutcome.PROMOTED)
    assert _current(loop) == second.to_model_id != first.to_model_id


def test_rolling_back_goes_back_step_by_step_and_is_recorded(context: Context, tmp_path: Path) -> None:
    loop = _loop(context, tmp_path, [0.7, 0.8])
    first, second = _train(loop), _train(loop)
    admin_id = loop.users[Role.ADMIN]
    back = _roll_back(loop, user_id=admin_id)
    assert (back.from_model_id, back.to_model_id) == (second.to_model_id, first.to_model_id)
    assert (back.outcome, back.reason) == (PromotionOutcome.ROLLED_BACK, "worse on slide 4")
    assert (back.decided_by_id, back.comparison) == (admin_id, {})
    assert _current(loop) == first.to_model_id
    assert _roll_back(loop, reason=" ").reason == "no reason given"
    assert _current(loop) is None
    with pytest.raises(Conflict, match="predicts with the baseline; there is nothing to go back to"):
        _roll_back(loop)


def test_a_candidate_that_was_rolled_back_may_come_again_and_go_again(
    sqlite_context: Context, tmp_path: Path
) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.7, 0.8])
    first, second = _train(loop), _train(loop)
    assert second.to_model_id is not None
    _roll_back(loop)
    _roll_back(loop)
    assert decide_promotion(loop.context, model_version_id=second.to_model_id).id == second.id
    assert _current(loop) is None
    _request(loop, second.to_model_id)
    again = decide_promotion(loop.context, model_version_id=second.to_model_id)
    assert (again.id != second.id, again.from_model_id) == (True, None)
    assert _current(loop) == second.to_model_id
    _roll_back(loop)
    assert _current(loop) is None
    assert first.to_model_id is not None


def test_only_admins_and_the_command_line_roll_back(sqlite_context: Context, tmp_path: Path) -> None:
    loop = Loop(sqlite_context, tmp_path)
    with pytest.raises(NotAllowed, match="Only an admin"):
        _roll_back(loop, user_id=loop.users[Role.REVIEWER])
    with pytest.raises(NotFound, match="no project 9"), transaction(sqlite_context.sessions) as session:
        roll_back(session, sqlite_context, project_id=9, user_id=None, reason="")


def test_a_decision_can_be_asked_for(sqlite_context: Context, tmp_path: Path) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.7])
    promoted = _train(loop).to_model_id
    assert promoted is not None
    loop.context.queue.take()
    _request(loop, promoted)
    assert loop.context.queue.take() == [("decide_promotion", {"model_version_id": promoted})]
    with pytest.raises(NotFound, match="no model version 44"):
        decide_promotion(loop.context, model_version_id=44)


def test_what_was_asked_for_is_forgotten_with_the_decision_and_comes_to_nothing_later(
    sqlite_context: Context, tmp_path: Path
) -> None:
    loop = _loop(sqlite_context, tmp_path, [0.7])
    promoted = _train(loop).to_model_id
    assert promoted is not None
    for _ in range(2):
        _roll_back(loop)
        _request(loop, promoted)
        assert _requests(loop) == [promoted]
        decide_promotion(loop.context, model_version_id=promoted)
        assert (_current(loop), _requests(loop)) == (promoted, [])
    _request(loop, promoted)
    decide_promotion(loop.context, model_version_id=promoted)
    assert _requests(loop) == []
    n_decisions = len(_promotions(loop))
    # A message that was sent twice takes no roll-back back.
    _roll_back(loop)
    decide_promotion(loop.context, model_version_id=promoted)
    assert (_current(loop), len(_promotions(loop))) == (None, n_decisions + 1)


def _requests(loop: Loop) -> list[int]:
    with reading(loop.context.sessions) as session:
        return [found.model_version_id for found in find_requests(session)]
