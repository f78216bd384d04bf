"""Decisions that were asked for: noted on the run that made the model version until they are made.

The message to a worker may be lost; the note lets the sweep send it again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import StorageError
from backend.models import ModelVersion, Run
from backend.models.run import RunKind
from backend.ports import MissingObject
from backend.services.context import Context
from backend.services.model_versions import get_model_version

# After so many comparisons that came to no end the sweep sends no more; asking again begins anew.
MOST_DECISION_TRIES = 3
_NOTE = "promotion_request"


class PromotionRequest(NamedTuple):
    """A decision that was asked for and is not made."""

    model_version_id: int
    asked_at: datetime


def note_request(session: Session, context: Context, version: ModelVersion) -> None:
    """Note that a decision about the model version was asked for now."""
    note = {"model_version_id": version.id, "asked_at": context.clock.now().isoformat(), "tries": 0}
    _put(session, version.run_id, note)


def when_asked(session: Session, *, run_id: int) -> str | None:
    """When a decision about the run's model version was asked for, as it was noted; None when it was not."""
    run = session.get_one(Run, run_id, populate_existing=True)
    note = run.inputs.get(_NOTE)
    return str(note["asked_at"]) if note else None


def forget_request(session: Session, *, run_id: int, asked_at: str | None) -> None:
    """Take the note away, unless it was asked for once more since `asked_at`."""
    if asked_at is not None and when_asked(session, run_id=run_id) == asked_at:
        _put(session, run_id, None)


def find_requests(session: Session) -> list[PromotionRequest]:
    """What was asked for and not decided, but for what was tried too often."""
    noted = select(Run.inputs).where(Run.kind == RunKind.TRAIN, Run.inputs[_NOTE].as_string().is_not(None))
    notes = [inputs[_NOTE] for inputs in session.scalars(noted)]
    return [
        PromotionRequest(note["model_version_id"], datetime.fromisoformat(note["asked_at"]))
        for note in notes
        if note["tries"] < MOST_DECISION_TRIES
    ]


@contextmanager
def counted_try(context: Context, *, model_version_id: int) -> Iterator[None]:
    """Count the block as a try at what was asked for, unless storage was away: that passes by itself."""
    _count(context, model_version_id, 1)
    try:
        yield
    except StorageError as fault:
        if not isinstance(fault, MissingObject):
            _count(context, model_version_id, -1)
        raise


def _count(context: Context, model_version_id: int, by: int) -> None:
    with reading(context.sessions) as session:
        run_id = get_model_version(session, model_version_id=model_version_id).run_id
        if when_asked(session, run_id=run_id) is None:
            return
    with transaction(context.sessions) as session:
        note = _lock(session, run_id).inputs.get(_NOTE)
        if note:
            _put(session, run_id, {**note, "tries": max(0, note["tries"] + by)})


def _put(session: Session, run_id: int, note: Mapping[str, Any] | None) -> None:
    run = _lock(session, run_id)
    others = {name: value for name, value in run.inputs.items() if name != _NOTE}
    run.inputs = {**others, _NOTE: dict(note)} if note else others
    session.flush()


def _lock(session: Session, run_id: int) -> Run:
    return session.get_one(Run, run_id, with_for_update=True, populate_existing=True)
