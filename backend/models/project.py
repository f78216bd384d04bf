from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, MomentAt


class Project(Base):
    """A body of FOVs with its settings and the predictor that pre-labels its next job.

    `settings` holds `qc` (thresholds by name), `crop_size_px`, `overlap`, `retrain_min_new_cells`.
    `current_model_id` is None while the one that `settings` name serves; only a promotion changes it.
    """

    __tablename__ = "projects"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    settings: Mapped[JsonDict]
    current_model_id: Mapped[int | None] = mapped_column(
        ForeignKey("model_versions.id", ondelete="RESTRICT", use_alter=True)
    )
    created_at: Mapped[MomentAt]
