"""Which model version predicts new jobs: the gate, the switch, the way back, and the record of each."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit, reading, transaction
from backend.errors import Conflict, NotAllowed, NotFound
from backend.models import DatasetVersion, ModelVersion, Project, Promotion, User
from backend.models.promotion import PromotionOutcome
from backend.models.user import Role
from backend.services.context import Context
from backend.services.dataset_contents import TestImages, load_test_images, trained_groups
from backend.services.model_versions import (
    first_predictor,
    get_model_version,
    model_name,
    open_predictor,
)
from backend.services.projects import get_project
from backend.services.promotion_requests import counted_try, forget_request, note_request, when_asked

IOU = 0.5
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Contest:
    """A candidate, what it would replace (None: the first predictor), and what they are compared on."""

    candidate_id: int
    candidate: str
    run_id: int
    asked_at: str | None
    current_id: int | None
    current: str
    first: str
    project_id: int
    dataset: DatasetVersion
    known_groups: frozenset[str]


def decide_promotion(context: Context, *, model_version_id: int) -> Promotion:
    """Compare a candidate with the current predictor and make it current when it is better.

    Both predict the test images of the candidate's dataset version, of FOVs on which neither was trained;
    the score is F1 at IoU 0.5, pooled over images, averaged over compartments. The candidate must score
    strictly higher. Every decision is recorded; one that still stands is not made again. So the work may
    come late and more than once: it takes back no roll-back that came between.

    Raises
    ------
    NotFound
        When there is no such model version.
    """
    with counted_try(context, model_version_id=model_version_id):
        return _decide(context, model_version_id)


def _decide(context: Context, model_version_id: int) -> Promotion:
    while True:
        with reading(context.sessions) as session:
            contest = _set_up(session, model_version_id)
            decided = _find_decision(session, contest)
        if decided is not None:
            with transaction(context.sessions) as session:
                forget_request(session, run_id=contest.run_id, asked_at=contest.asked_at)
            return decided
        comparison = _compare(context, contest)
        promotion = _record(context, contest, comparison)
        if promotion is not None:
            return promotion
        log.info("promotion_repeated", model_version_id=model_version_id, reason="the predictor was switched")


def _find_decision(session: Session, contest: _Contest) -> Promotion | None:
    """The decision that stands: the last one about the candidate, until another is asked for.

    Then it is the one that made the candidate current, or its defeat by this very rival: a candidate that was
    rolled back, or whose rival has gone, is compared again.
    """
    query = select(Promotion).where(Promotion.to_model_id == contest.candidate_id)
    is_asked_for = when_asked(session, run_id=contest.run_id) is not None
    if is_asked_for and contest.current_id != contest.candidate_id:
        query = query.where(
            Promotion.from_model_id == contest.current_id, Promotion.outcome == PromotionOutcome.REJECTED
        )
    return session.scalars(query.order_by(Promotion.id.desc()).limit(1)).first()


def _set_up(session: Session, model_version_id: int) -> _Contest:
    version = get_model_version(session, model_version_id=model_version_id)
    project = get_project(session, project_id=version.project_id)
    dataset = session.get_one(DatasetVersion, version.dataset_version_id)
    known = trained_groups(dataset.manifest)
    first = first_predictor(session, project.id)
    if project.current_model_id is not None:
        current = get_model_version(session, model_version_id=project.current_model_id)
        known |= trained_groups(session.get_one(DatasetVersion, current.dataset_version_id).manifest)
    return _Contest(
        candidate_id=version.id,
        candidate=version.name,
        run_id=version.run_id,
        asked_at=when_asked(session, run_id=version.run_id),
        current_id=project.current_model_id,
        current=model_name(session, project.current_model_id, first=first),
        first=first,
        project_id=project.id,
        dataset=dataset,
        known_groups=frozenset(known),
    )


def _compare(context: Context, contest: _Contest) -> dict[str, Any]:
    with ExitStack() as stack:
        folder = stack.enter_context(context.storage.local_copy(contest.dataset.storage_prefix))
        images = load_test_images(folder, contest.dataset.manifest, without_groups=contest.known_groups)
        fov_ids = sorted(images.fov_ids)
        base = {
            "iou": IOU,
            "dataset_version_id": contest.dataset.id,
            "fov_ids": fov_ids,
            "n_images": len(images.X),
        }
        if not fov_ids:
            return {**base, "candidate": None, "current": None}
        return {
            **base,
            "candidate": _score(context, contest, contest.candidate_id, images=images),
            "current": _score(context, contest, contest.current_id, images=images),
        }


def _score(
    context: Context, contest: _Contest, model_version_id: int | None, *, images: TestImages
) -> dict[str, Any]:
    if context.trainer is None:
        raise Conflict("This process compares no predictors; that work belongs to a worker.")
    with open_predictor(context, model_version_id, first=contest.first) as predictor:
        return dict(
            context.trainer.score(predictor, images.X, images.y, pixel_sizes_um=images.pixel_sizes_um)
        )


def _record(context: Context, contest: _Contest, comparison: dict[str, Any]) -> Promotion | None:
    """Record the decision and switch, in one transaction; None when the predictor changed meanwhile."""
    with transaction(context.sessions) as session:
        project = session.get_one(Project, contest.project_id, with_for_update=True, populate_existing=True)
        decided = _find_decision(session, contest)
        if project.current_model_id != contest.current_id:
            return None
        forget_request(session, run_id=contest.run_id, asked_at=contest.asked_at)
        if decided is not None:
            return decided
        better, reason = _judge(contest, comparison)
        if better:
            project.current_model_id = contest.candidate_id
        promotion = Promotion(
            project_id=project.id,
            from_model_id=contest.current_id,
            to_model_id=contest.candidate_id,
            outcome=PromotionOutcome.PROMOTED if better else PromotionOutcome.REJECTED,
            reason=reason,
            comparison=comparison,
            decided_by_id=None,
            decided_at=context.clock.now(),
        )
        session.add(promotion)
    return promotion


def _judge(contest: _Contest, comparison: dict[str, Any]) -> tuple[bool, str]:
    if not comparison["fov_ids"]:
        return False, (
            f"{contest.candidate} cannot be compared with {contest.current}: the test split holds no FOV on"
            " which neither was trained. Accept more FOVs and train again."
        )
    new, old = (float(comparison[side]["mean_f1"]) for side in ("candidate", "current"))
    n_fovs = len(comparison["fov_ids"])
    where = f"on {n_fovs} FOV{'s' if n_fovs > 1 else ''} that neither was trained on"
    scores = f"mean F1 at IoU {IOU}: {new:.4f} against {old:.4f} {where}"
    if new > old:
        return True, f"{contest.candidate} is better than {contest.current} ({scores})."
    relation = "only as good as" if new == old else "worse than"
    return False, f"{contest.candidate} is {relation} {contest.current} ({scores}); {contest.current} stays."


def roll_back(
    session: Session, context: Context, *, project_id: int, user_id: int | None, reason: str
) -> Promotion:
    """Make the predictor current again that was so before the last promotion; in one atomic change.

    Rolling back twice goes back twice. `user_id` None is the command line.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such project, or the user is no admin.
    Conflict
        When no model version is current: there is nothing before the project's first predictor.
    """
    user = session.get(User, user_id) if user_id is not None else None
    if user_id is not None and (user is None or user.role is not Role.ADMIN):
        raise NotAllowed("Only an admin rolls a predictor back; sign in as one.")
    project = session.get(Project, project_id, with_for_update=True, populate_existing=True)
    if project is None:
        raise NotFound(f"There is no project {project_id}.")
    current_id = project.current_model_id
    if current_id is None:
        raise Conflict(
            f"Project {project.name!r} predicts with the {first_predictor(session, project_id)}; there is"
            " nothing to go back to."
        )
    before_id = _current_before(session, project_id)
    project.current_model_id = before_id
    promotion = Promotion(
        project_id=project_id,
        from_model_id=current_id,
        to_model_id=before_id,
        outcome=PromotionOutcome.ROLLED_BACK,
        reason=reason.strip() or "no reason given",
        comparison={},
        decided_by_id=user_id,
        decided_at=context.clock.now(),
    )
    session.add(promotion)
    session.flush()
    return promotion


def _current_before(session: Session, project_id: int) -> int | None:
    """What was current before: each promotion puts a model version on a pile, a roll-back takes one off."""
    pile: list[int | None] = [None]
    decisions = session.scalars(
        select(Promotion).where(Promotion.project_id == project_id).order_by(Promotion.id)
    )
    for decision in decisions:
        if decision.outcome is PromotionOutcome.PROMOTED:
            pile.append(decision.to_model_id)
        elif decision.outcome is PromotionOutcome.ROLLED_BACK:
            pile.pop()
    return pile[-2]


def request_promotion(session: Session, context: Context, *, model_version_id: int) -> ModelVersion:
    """Ask a worker for `decide_promotion`, by way of the sweep if need be; raises `NotFound`."""
    version = get_model_version(session, model_version_id=model_version_id)
    note_request(session, context, version)
    enqueue_after_commit(session, "decide_promotion", model_version_id=version.id)
    return version


def list_promotions(session: Session, *, project_id: int) -> Sequence[Promotion]:
    """Every decision of the project, the latest first."""
    return session.scalars(
        select(Promotion).where(Promotion.project_id == project_id).order_by(Promotion.id.desc())
    ).all()
