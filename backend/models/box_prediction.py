import enum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, MomentAt, enum_column, reference


class BoxState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BoxPrediction(Base):
    """What an annotator asked the job's predictor about a window of their crop; the sweep removes it.

    `row`, `col`, `height` and `width` are in pixels of the crop. `storage_prefix` holds one object
    `labels.npy`, uint32 (height, width), once the state is `done`; `message` says why it is `failed`.
    """

    __tablename__ = "box_predictions"
    __table_args__ = (Index("ix_box_predictions_asked", "annotator_id", "created_at"),)

    id: Mapped[Id]
    assignment_id: Mapped[int] = reference("assignments")
    annotator_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    state: Mapped[BoxState] = enum_column(BoxState)
    compartment: Mapped[str] = mapped_column(String(20))
    frame: Mapped[int]
    row: Mapped[int]
    col: Mapped[int]
    height: Mapped[int]
    width: Mapped[int]
    storage_prefix: Mapped[str | None] = mapped_column(String(200))
    message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[MomentAt]
