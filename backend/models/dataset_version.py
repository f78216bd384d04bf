from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, MomentAt, reference


class DatasetVersion(Base):
    """A frozen list of accepted revisions, split by FOV; the folder's manifest is kept here too."""

    __tablename__ = "dataset_versions"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    number: Mapped[int]
    manifest: Mapped[JsonDict]
    storage_prefix: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[MomentAt]
