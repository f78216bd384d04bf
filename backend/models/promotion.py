import enum

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, MomentAt, enum_column, reference


class PromotionOutcome(enum.StrEnum):
    PROMOTED = "promoted"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"


class Promotion(Base):
    """One recorded decision about which model version predicts new jobs (None: the first predictor).

    `from_model_id` was current before, `to_model_id` is the candidate or, in a roll-back, the version
    that came back. `comparison` holds both scores and the FOVs they were measured on.
    """

    __tablename__ = "promotions"

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    from_model_id: Mapped[int | None] = reference("model_versions")
    to_model_id: Mapped[int | None] = reference("model_versions")
    outcome: Mapped[PromotionOutcome] = enum_column(PromotionOutcome)
    reason: Mapped[str] = mapped_column(Text)
    comparison: Mapped[JsonDict]
    decided_by_id: Mapped[int | None] = reference("users")
    decided_at: Mapped[MomentAt]
