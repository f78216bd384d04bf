import enum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db import Base
from backend.models.columns import Id, JsonDict, JsonList, MomentAt, enum_column, reference


class FovState(enum.StrEnum):
    INGESTED = "ingested"
    PROPOSED = "proposed"
    ANNOTATING = "annotating"
    STITCHED = "stitched"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Fov(Base):
    """One acquired image: an OME-Zarr below `storage_prefix`, axes (frame, channel, row, column).

    `channels` is a list of `{name, role}`. `compartments` names what can be labelled here: both, or the
    nuclear one alone when there is only a nuclear channel. `group` keeps FOVs together in a split (pieces
    of one slide, or all that was read of one file); `split` is set once, when a dataset version first holds
    the FOV, and stays.
    `stitch_failure` says why the FOV could not be stitched, see `backend/services/stitch_failures.py`.
    """

    __tablename__ = "fovs"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[Id]
    project_id: Mapped[int] = reference("projects")
    name: Mapped[str] = mapped_column(String(300))
    state: Mapped[FovState] = enum_column(FovState)
    n_frames: Mapped[int]
    n_rows: Mapped[int]
    n_columns: Mapped[int]
    dtype: Mapped[str] = mapped_column(String(16))
    channels: Mapped[JsonList]
    compartments: Mapped[JsonList]
    pixel_size_um: Mapped[float | None]
    source: Mapped[JsonDict]
    checksum: Mapped[str] = mapped_column(String(64))
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    storage_prefix: Mapped[str] = mapped_column(String(200))
    group: Mapped[str | None] = mapped_column("fov_group", String(200))
    split: Mapped[str | None] = mapped_column(String(8))
    current_revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("revisions.id", ondelete="RESTRICT", use_alter=True)
    )
    stitch_failure: Mapped[JsonDict | None]
    created_at: Mapped[MomentAt]
    accepted_at: Mapped[MomentAt | None]
