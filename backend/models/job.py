import enum

from sqlalchemy import String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonList, MomentAt, enum_column, reference


class JobState(enum.StrEnum):
    PREPARING = "preparing"
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """Tasks published together. `model_version_id` None means that the project's first
    predictor made the proposals. `start_from` says where the work on an accepted FOV begins: `accepted`, its
    labels as a reviewer accepted them, or `proposal`, as on every other FOV."""

    __tablename__ = "jobs"

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[JobState] = enum_column(JobState)
    instructions: Mapped[str] = mapped_column(Text)
    fov_ids: Mapped[JsonList]
    model_version_id: Mapped[int | None] = reference("model_versions")
    crop_size_px: Mapped[int]
    overlap: Mapped[float]
    redundancy: Mapped[int]
    start_from: Mapped[str] = mapped_column(String(10), server_default=text("'proposal'"))
    platform: Mapped[str] = mapped_column(String(40))
    seed: Mapped[int]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[MomentAt]
