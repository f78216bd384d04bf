"""The view presets that an annotator keeps in a project, so that they follow the person across devices."""

from typing import Any

from sqlalchemy.orm import Session

from backend.models import Job, Task, User, ViewPresets
from backend.services.assignments import get_assignment
from backend.services.context import Context
from backend.services.view_presets import read_view_presets


def get_own_presets(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int
) -> list[dict[str, Any]]:
    """The annotator's own presets in the project of their assignment; `NotFound` for everybody else's."""
    project_id = _project_of(session, context, assignment_id=assignment_id, annotator_id=annotator_id)
    held = session.get(ViewPresets, (project_id, annotator_id))
    return [] if held is None else held.items


def put_own_presets(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int, items: object
) -> list[dict[str, Any]]:
    """Replace the annotator's own presets in the project; raises as `read_view_presets` and `NotFound`."""
    presets = read_view_presets(items, setting="items")
    project_id = _project_of(session, context, assignment_id=assignment_id, annotator_id=annotator_id)
    # Locked, or of two windows that save the first presets at once one would fail.
    session.get_one(User, annotator_id, with_for_update={"key_share": True})
    session.merge(
        ViewPresets(
            project_id=project_id, annotator_id=annotator_id, items=presets, updated_at=context.clock.now()
        )
    )
    session.flush()
    return presets


def _project_of(session: Session, context: Context, *, assignment_id: int, annotator_id: int) -> int:
    assignment = get_assignment(session, context, assignment_id=assignment_id, annotator_id=annotator_id)
    task = session.get_one(Task, assignment.task_id)
    return session.get_one(Job, task.job_id).project_id
