import enum

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from backend.db import Base
from backend.models.columns import Id, MomentAt, enum_column, reference


class TaskState(enum.StrEnum):
    READY = "ready"
    ASSIGNED = "assigned"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    SKIPPED = "skipped"


class Task(Base):
    """One crop to annotate. `position` is the random order in which a job hands its tasks out; `proposal_id`
    is the revision of the FOV that its work begins with: a predictor's, or the labels accepted before."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("job_id", "fov_id", "row", "col"),
        Index("ix_tasks_queue", "job_id", "state", "position"),
    )

    id: Mapped[Id]
    job_id: Mapped[int] = reference("jobs")
    fov_id: Mapped[int] = reference("fovs")
    state: Mapped[TaskState] = enum_column(TaskState)
    position: Mapped[int]
    row: Mapped[int]
    col: Mapped[int]
    height: Mapped[int]
    width: Mapped[int]
    proposal_id: Mapped[int] = reference("revisions")
    created_at: Mapped[MomentAt]
