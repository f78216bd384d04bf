from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import JsonList, MomentAt


class ViewPresets(Base):
    """The view presets that an annotator keeps in a project: a list of `{name, channels}`."""

    __tablename__ = "view_presets"

    project_id: Mapped[int] = mapped_column(
        ForeignKey("projects.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    annotator_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    items: Mapped[JsonList]
    updated_at: Mapped[MomentAt]
