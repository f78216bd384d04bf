"""Marks of stored revisions, read when they are asked for."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Revision


def read_marks(session: Session, *, revision_id: int) -> dict[str, Any]:
    """The marks of a revision, key to value; empty when there is no such revision."""
    return dict(session.scalar(select(Revision.marks).where(Revision.id == revision_id)) or {})
