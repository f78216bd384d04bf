import pytest

from backend.db import reading, transaction
from backend.errors import QueueError, StorageError
from backend.models import ModelVersion, Run
from backend.ports import MissingObject
from backend.services.context import Context
from backend.services.promotion_requests import (
    MOST_DECISION_TRIES,
    PromotionRequest,
    counted_try,
    find_requests,
    forget_request,
    when_asked,
)
from backend.services.promotions import request_promotion
from backend.services.sweeps import RESEND_AFTER_S, sweep
from tests.backend.factories import Maker, add_model_version


@pytest.fixture
def version(context: Context, make: Maker) -> ModelVersion:
    """A model version of a run that has ended."""
    project_id, now = make.project(), context.clock.now()
    with transaction(context.sessions) as session:
        return add_model_version(session, project_id, now=now, inputs={"attempts": 1})


def _ask(context: Context, version: ModelVersion) -> None:
    with transaction(context.sessions, context.queue.send) as session:
        request_promotion(session, context, model_version_id=version.id)


def _found(context: Context) -> list[PromotionRequest]:
    with reading(context.sessions) as session:
        return find_requests(session)


def _fail(context: Context, version: ModelVersion, fault: Exception) -> None:
    with pytest.raises(type(fault)), counted_try(context, model_version_id=version.id):
        raise fault


def test_what_the_queue_did_not_take_is_sent_by_the_sweep_once_per_period(
    context: Context, version: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, **ids: int) -> None:
        raise QueueError("Redis is away.")

    with monkeypatch.context() as away:
        away.setattr(context.queue, "send", refuse)
        _ask(context, version)
    work = ("decide_promotion", {"model_version_id": version.id})
    for waited_s, sent in ((RESEND_AFTER_S - 1, []), (1, [work]), (60, []), (RESEND_AFTER_S - 60, [work])):
        context.clock.advance(waited_s)
        assert sweep(context)["undecided_promotions"] == len(sent)
        assert context.queue.take() == sent


def test_nothing_is_found_where_nothing_was_asked_for(context: Context, version: ModelVersion) -> None:
    assert _found(context) == []
    with counted_try(context, model_version_id=version.id):
        pass
    with reading(context.sessions) as session:
        assert session.get_one(Run, version.run_id).inputs == {"attempts": 1}


def test_a_request_is_forgotten_unless_it_was_made_again_since(
    context: Context, version: ModelVersion
) -> None:
    _ask(context, version)
    with reading(context.sessions) as session:
        first = when_asked(session, run_id=version.run_id)
    context.clock.advance(5)
    _ask(context, version)
    for asked_at in (None, first):
        with transaction(context.sessions) as session:
            forget_request(session, run_id=version.run_id, asked_at=asked_at)
        assert _found(context) == [PromotionRequest(version.id, context.clock.now())]
    with transaction(context.sessions) as session:
        last = context.clock.now().isoformat()
        forget_request(session, run_id=version.run_id, asked_at=last)
    assert _found(context) == []


def test_after_some_tries_that_came_to_no_end_it_is_given_up_until_asked_for_again(
    context: Context, version: ModelVersion
) -> None:
    _ask(context, version)
    for _ in range(MOST_DECISION_TRIES - 1):
        _fail(context, version, MissingObject("the model folder is gone"))
    for _ in range(MOST_DECISION_TRIES):
        _fail(context, version, StorageError("away"))
    assert len(_found(context)) == 1
    _fail(context, version, RuntimeError("nobody foresaw this"))
    assert _found(context) == []
    _ask(context, version)
    assert len(_found(context)) == 1
