import enum

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, MomentAt, enum_column, reference


class Decision(enum.StrEnum):
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Review(Base):
    """An expert's decision on one revision of an FOV."""

    __tablename__ = "reviews"

    id: Mapped[Id]
    fov_id: Mapped[int] = reference("fovs")
    revision_id: Mapped[int] = reference("revisions")
    reviewer_id: Mapped[int] = reference("users")
    decision: Mapped[Decision] = enum_column(Decision)
    notes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[MomentAt]
