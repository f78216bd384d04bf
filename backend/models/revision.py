import enum

from sqlalchemy import ForeignKey, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, JsonList, MomentAt, enum_column, reference


class RevisionSource(enum.StrEnum):
    INGEST = "ingest"
    PREDICTOR = "predictor"
    ANNOTATOR = "annotator"
    STITCH = "stitch"
    REVIEWER = "reviewer"


class Revision(Base):
    """An immutable stored label image, of a whole FOV (`task_id` None) or of one task's crop.

    Of an FOV: one OME-Zarr label image per compartment below `storage_prefix`. Of a crop: one object
    `labels.npy` there, uint32 (compartment, frame, row, column). `checksums` maps each compartment to
    the CRC-32 of its label image (crops) or the sha256 of the same bytes (FOVs); `counts` to its number of
    instances. A proposal records the model version that made it (None: the first); the part of accepted
    labels that work on a crop begins with has the source `reviewer`. `marks` are those of the
    crop or FOV in its pixels, key to value; they can be large, so they are read when asked for only: see
    `backend/services/marks.py`.
    """

    __tablename__ = "revisions"

    id: Mapped[Id]
    fov_id: Mapped[int] = reference("fovs")
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("tasks.id", ondelete="RESTRICT", use_alter=True), index=True
    )
    parent_id: Mapped[int | None] = reference("revisions")
    source: Mapped[RevisionSource] = enum_column(RevisionSource)
    author_id: Mapped[int | None] = reference("users")
    predictor: Mapped[str | None] = mapped_column(String(100))
    model_version_id: Mapped[int | None] = reference("model_versions")
    compartments: Mapped[JsonList]
    storage_prefix: Mapped[str] = mapped_column(String(200))
    checksums: Mapped[JsonDict]
    counts: Mapped[JsonDict]
    report: Mapped[JsonDict]
    marks: Mapped[JsonDict] = mapped_column(default=dict, server_default=text("'{}'"), deferred=True)
    created_at: Mapped[MomentAt]
