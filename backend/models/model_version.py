from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, MomentAt, reference


class ModelVersion(Base):
    """A frozen artefact: the model folder below `storage_prefix`, and what it was trained on."""

    __tablename__ = "model_versions"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    dataset_version_id: Mapped[int] = reference("dataset_versions")
    run_id: Mapped[int] = reference("runs")
    config: Mapped[JsonDict]
    metrics: Mapped[JsonDict]
    checksums: Mapped[JsonDict]
    storage_prefix: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[MomentAt]

    @property
    def name(self) -> str:
        """What people and reports call it, e.g. `unet-3`."""
        return f"{self.kind}-{self.number}"
