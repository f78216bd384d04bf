"""Label images of whole FOVs: stored as revisions, opened for reading in windows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Conflict, NotFound
from backend.models import Fov, Revision
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.label_canvas import LabelCanvas
from pipeline.io.ome_zarr import LabelReader, open_labels, write_labels
from pipeline.types import Labels
from pipeline.windows import Window


@dataclass(frozen=True)
class RevisionOrigin:
    """Where labels come from: their source, what they were made of and by whom, what there is to say of
    them, and the marks that go with them.
    """

    source: RevisionSource
    parent_id: int | None = None
    author_id: int | None = None
    predictor: str | None = None
    model_version_id: int | None = None
    report: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredFovLabels:
    """Label images of an FOV that are in the storage and wait for their revision."""

    prefix: str
    compartments: tuple[str, ...]
    checksums: Mapping[str, str]
    counts: Mapping[str, int]


def store_fov_labels(context: Context, canvas: LabelCanvas, *, prefix: str, fov: Fov) -> StoredFovLabels:
    """Store the label images of a canvas below a fresh prefix; `add_fov_revision` then makes the row."""
    store = context.storage.zarr_store(prefix)
    for name in canvas.compartments:
        write_labels(store, name, canvas.blocks(name), shape=canvas.shape, pixel_size_um=fov.pixel_size_um)
    return StoredFovLabels(
        prefix=prefix,
        compartments=canvas.compartments,
        checksums={name: canvas.checksum(name) for name in canvas.compartments},
        counts={name: canvas.count(name) for name in canvas.compartments},
    )


def add_fov_revision(
    session: Session,
    context: Context,
    stored: StoredFovLabels,
    *,
    fov: Fov,
    origin: RevisionOrigin,
    make_current: bool = True,
) -> Revision:
    """Add the row of stored label images, and make them the FOV's present ones."""
    revision = Revision(
        fov_id=fov.id,
        task_id=None,
        parent_id=origin.parent_id,
        source=origin.source,
        author_id=origin.author_id,
        predictor=origin.predictor,
        model_version_id=origin.model_version_id,
        compartments=list(stored.compartments),
        storage_prefix=stored.prefix,
        checksums=dict(stored.checksums),
        counts=dict(stored.counts),
        report=dict(origin.report),
        marks=dict(origin.marks),
        created_at=context.clock.now(),
    )
    session.add(revision)
    session.flush()
    if make_current:
        fov.current_revision_id = revision.id
        session.flush()
    return revision


@dataclass(frozen=True)
class StoredPlane:
    """One frame of a stored label image, to be read in parts; see `pipeline.label_planes.LabelPlane`."""

    reader: LabelReader
    frame: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.reader.level_shape(0)

    def read(self, window: Window) -> Labels:
        """Labels of a window, (row, col) int32."""
        return self.reader.read(self.frame, window)


class FovLabels:
    """The stored label images of an FOV revision, read in windows."""

    def __init__(self, readers: Mapping[str, LabelReader]) -> None:
        self.readers = dict(readers)

    @property
    def compartments(self) -> tuple[str, ...]:
        """What there are label images of, in the fixed order."""
        return tuple(self.readers)

    def read(self, compartment: str, frame: int, window: Window) -> Labels:
        """Labels of a window, (row, col) int32."""
        return self.readers[compartment].read(frame, window)

    def plane(self, compartment: str, frame: int) -> StoredPlane:
        """One frame of a compartment, to be read in parts."""
        return StoredPlane(self.readers[compartment], frame)


def open_fov_labels(context: Context, revision: Revision) -> FovLabels:
    """Open the label images of an FOV revision.

    Raises
    ------
    Conflict
        For the revision of a crop.
    StorageError, pipeline.errors.UnreadableImage
        When the storage lacks them.
    """
    if revision.task_id is not None:
        raise Conflict(f"Revision {revision.id} is of a crop, not of an FOV.")
    store = context.storage.zarr_store(revision.storage_prefix)
    return FovLabels({name: open_labels(store, name) for name in revision.compartments})


def get_fov_revision(session: Session, *, revision_id: int) -> Revision:
    """The revision of this id, or `NotFound`."""
    revision = session.get(Revision, revision_id)
    if revision is None or revision.task_id is not None:
        raise NotFound(f"There are no labels of an FOV under revision {revision_id}.")
    return revision


def find_proposal(session: Session, *, fov_id: int, model_version_id: int | None) -> Revision | None:
    """What a model version (None: baseline) has proposed for an FOV; the latest, if several times."""
    return session.scalars(
        select(Revision)
        .where(
            Revision.fov_id == fov_id,
            Revision.task_id.is_(None),
            Revision.source == RevisionSource.PREDICTOR,
            Revision.model_version_id == model_version_id,
        )
        .order_by(Revision.id.desc())
        .limit(1)
    ).first()


def find_current_revision(session: Session, fov: Fov) -> Revision | None:
    """The FOV's present labels."""
    return session.get(Revision, fov.current_revision_id) if fov.current_revision_id else None
