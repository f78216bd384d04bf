import enum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, MomentAt, enum_column


class Role(enum.StrEnum):
    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class User(Base):
    """A person. An annotator comes through a launch token and has no password."""

    __tablename__ = "users"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[Role] = enum_column(Role)
    password_hash: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[MomentAt]
