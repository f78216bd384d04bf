from datetime import timedelta
from typing import Any

import pytest

from backend.db import reading, transaction
from backend.errors import AssignmentClosed, InvalidInput, NotFound, StorageError, TooManyAttempts
from backend.models import Assignment, BoxPrediction
from backend.models.box_prediction import BoxState
from backend.services.assignments import skip_assignment
from backend.services.box_predictions import (
    ANSWER_WITHIN,
    KEEP,
    MOST_PER_MINUTE,
    RESEND_AFTER,
    PredictionUnfinished,
    get_box,
    labels_key,
    load_box_labels,
    request_box,
)
from backend.services.context import Context
from backend.services.sweeps import sweep, sweep_storage
from backend.services.transitions import move_box
from pipeline.windows import Window
from tests.backend.factories import Maker


@pytest.fixture
def held(make: Maker) -> Assignment:
    """An assignment of a crop of 40 x 40 px and one frame."""
    return make.claim(make.open_job(), make.user())


def _ids(held: Assignment) -> dict[str, int]:
    return {"assignment_id": held.id, "annotator_id": held.annotator_id}


def _ask(context: Context, held: Assignment, **changes: Any) -> int:
    values = {"compartment": "nuclear", "frame": 0, "window": Window(2, 3, 20, 16), **_ids(held), **changes}
    with transaction(context.sessions, context.queue.send) as session:
        return request_box(session, context, **values).id


def _box(context: Context, box_id: int) -> BoxPrediction | None:
    with reading(context.sessions) as session:
        return session.get(BoxPrediction, box_id)


def _answer(context: Context, box_id: int, *, prefix: str = "predictions/a") -> None:
    context.storage.put(labels_key(prefix), b"the labels")
    with transaction(context.sessions) as session:
        box = session.get_one(BoxPrediction, box_id)
        move_box(session, box, BoxState.RUNNING)
        move_box(session, box, BoxState.DONE)
        box.storage_prefix = prefix


def test_a_question_is_noted_sent_and_keeps_the_lease(context: Context, held: Assignment) -> None:
    context.clock.advance(60)
    context.queue.take()
    box_id = _ask(context, held)
    assert context.queue.take() == [("predict_box", {"box_id": box_id})]
    with reading(context.sessions) as session:
        box = get_box(session, box_id=box_id, **_ids(held))
        lease = session.get_one(Assignment, held.id).lease_expires_at
    assert (box.state, box.message, box.created_at) == (BoxState.QUEUED, None, context.clock.now())
    assert lease == context.clock.now() + timedelta(seconds=context.settings.lease_s)


def test_labels_come_when_they_are_there(context: Context, held: Assignment, make: Maker) -> None:
    box_id = _ask(context, held)
    queued = rf"Prediction {box_id} is queued\. Ask for its state"
    with reading(context.sessions) as session, pytest.raises(PredictionUnfinished, match=queued):
        load_box_labels(session, context, box_id=box_id, **_ids(held))
    _answer(context, box_id)
    other = {"assignment_id": held.id, "annotator_id": make.user()}
    with reading(context.sessions) as session:
        assert load_box_labels(session, context, box_id=box_id, **_ids(held)) == b"the labels"
        with pytest.raises(NotFound, match="Draw the box again"):
            load_box_labels(session, context, box_id=box_id, **other)
        with pytest.raises(NotFound, match="There is no prediction 99 in this assignment"):
            get_box(session, box_id=99, **_ids(held))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"compartment": "membrane"}, "This crop has no 'membrane'; give whole_cell or nuclear."),
        ({"frame": 1}, "This crop has no frame 1; it has frames 0 to 0."),
        ({"window": Window(0, 0, 15, 30)}, "The box has 15 x 30 px; draw one of 16 to 2048 px a side."),
        ({"window": Window(0, 0, 16, 2049)}, "The box has 16 x 2049 px"),
        ({"window": Window(30, 4, 16, 16)}, "ends at row 46, column 20, outside of the crop of 40 x 40 px"),
        ({"window": Window(0, 25, 16, 16)}, "ends at row 16, column 41, outside"),
    ],
)
def test_a_box_that_cannot_be(sqlite_context: Context, changes: dict[str, Any], message: str) -> None:
    make = Maker(sqlite_context)
    held = make.claim(make.open_job(), make.user())
    sqlite_context.queue.take()
    with pytest.raises(InvalidInput) as caught:
        _ask(sqlite_context, held, **changes)
    assert message in caught.value.message
    assert sqlite_context.queue.take() == []


def test_a_closed_assignment_takes_no_boxes(context: Context, held: Assignment, make: Maker) -> None:
    with pytest.raises(NotFound, match="There is no assignment"):
        _ask(context, held, annotator_id=make.user())
    with transaction(context.sessions) as session:
        skip_assignment(session, context, **_ids(held))
    with pytest.raises(AssignmentClosed, match="is skipped and takes no more changes"):
        _ask(context, held)


def test_thirty_boxes_a_minute_are_the_most(context: Context, held: Assignment) -> None:
    for _ in range(MOST_PER_MINUTE):
        _ask(context, held)
    with pytest.raises(TooManyAttempts, match=r"30 boxes a minute are the most\. Wait a little"):
        _ask(context, held)
    context.clock.advance(60)
    assert _ask(context, held)


def test_the_sweep_sends_again_gives_up_and_forgets(context: Context, held: Assignment) -> None:
    answered, lost = _ask(context, held), _ask(context, held)
    _answer(context, answered)
    context.queue.take()
    assert sweep(context)["lost_boxes"] == 0
    context.clock.advance(RESEND_AFTER.total_seconds())
    assert sweep(context)["lost_boxes"] == 1
    assert context.queue.take() == [("predict_box", {"box_id": lost})]
    context.clock.advance((ANSWER_WITHIN - RESEND_AFTER).total_seconds())
    found = sweep(context)
    assert (found["lost_boxes"], found["late_boxes"], found["old_boxes"]) == (0, 1, 0)
    box = _box(context, lost)
    assert box is not None
    assert box.state is BoxState.FAILED
    assert box.message == "No worker answered within five minutes. Draw the box again, or by hand."
    with reading(context.sessions) as session, pytest.raises(PredictionUnfinished, match="by hand"):
        load_box_labels(session, context, box_id=lost, **_ids(held))
    context.clock.advance((KEEP - ANSWER_WITHIN).total_seconds())
    assert sweep(context)["old_boxes"] == 2
    assert (_box(context, answered), _box(context, lost)) == (None, None)
    assert not context.storage.exists(labels_key("predictions/a"))


def test_storage_that_is_away_leaves_the_old_labels_to_the_sweep_of_the_storage(
    context: Context, held: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    box_id = _ask(context, held)
    prefix = f"predictions/{context.clock.now():%Y%m%dT%H%M%SZ}-abc"
    _answer(context, box_id, prefix=prefix)
    context.clock.advance(KEEP.total_seconds())

    def away(*_args: object) -> None:
        raise StorageError("The storage does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(type(context.storage), "delete_prefix", away)
        assert sweep(context)["old_boxes"] == 1
    assert sweep_storage(context) == 0
    context.clock.advance(timedelta(days=1).total_seconds())
    assert sweep_storage(context) == 1
    assert not context.storage.exists(labels_key(prefix))
