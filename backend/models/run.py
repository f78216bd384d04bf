import enum

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, MomentAt, enum_column, reference


class RunKind(enum.StrEnum):
    TRAIN = "train"
    PREDICT = "predict"


class RunState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(Base):
    """One execution of training or prediction. The index lets one training run be alive at a time.

    `inputs` holds the ids it works on, `progress` what a page shows (fraction, message, losses);
    `heartbeat_at` lets the sweep tell a dead run from a slow one.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_training",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'train' AND state IN ('queued', 'running')"),
            postgresql_where=text("kind = 'train' AND state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    kind: Mapped[RunKind] = enum_column(RunKind)
    state: Mapped[RunState] = enum_column(RunState)
    inputs: Mapped[JsonDict]
    progress: Mapped[JsonDict]
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[MomentAt]
    started_at: Mapped[MomentAt | None]
    heartbeat_at: Mapped[MomentAt | None]
    finished_at: Mapped[MomentAt | None]
