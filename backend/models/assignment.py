import enum

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from backend.db import Base
from backend.models.columns import Id, MomentAt, enum_column, reference


class AssignmentState(enum.StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    RELEASED = "released"
    EXPIRED = "expired"
    SKIPPED = "skipped"


class Assignment(Base):
    """One task held by one annotator under a lease.

    The label image of an open assignment is `base_revision` plus the edits after `base_seq`;
    `last_seq` is the last edit held. At most one assignment of a task is open: the index says so, so that
    no race can hand a task out twice.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        Index(
            "uq_assignments_open",
            "task_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_assignments_lease", "state", "lease_expires_at"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = reference("tasks")
    annotator_id: Mapped[int] = reference("users")
    state: Mapped[AssignmentState] = enum_column(AssignmentState)
    base_revision_id: Mapped[int] = reference("revisions")
    base_seq: Mapped[int]
    last_seq: Mapped[int]
    submitted_revision_id: Mapped[int | None] = reference("revisions")
    lease_expires_at: Mapped[MomentAt]
    created_at: Mapped[MomentAt]
    closed_at: Mapped[MomentAt | None]
