from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, reference


class Finding(Base):
    """One result of an automatic QC rule on a revision, with its place in FOV pixels."""

    __tablename__ = "findings"

    id: Mapped[Id]
    revision_id: Mapped[int] = reference("revisions")
    rule: Mapped[str] = mapped_column(String(60))
    severity: Mapped[str] = mapped_column(String(10))
    compartment: Mapped[str | None] = mapped_column(String(20))
    label: Mapped[int | None]
    frame: Mapped[int]
    row: Mapped[int]
    col: Mapped[int]
    message: Mapped[str] = mapped_column(Text)
    value: Mapped[float | None]
