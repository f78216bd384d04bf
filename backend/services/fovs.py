"""FOVs: what a file would be read as, ingest, and reading what is stored."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import AlreadyExists, NotFound
from backend.models import Fov
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.fov_labels import (
    RevisionOrigin,
    StoredFovLabels,
    add_fov_revision,
    find_current_revision,
    open_fov_labels,
    store_fov_labels,
)
from backend.services.label_canvas import label_canvas
from backend.services.names import clean_name, storable
from backend.services.projects import get_project
from backend.services.source_files import Checksums, checksums_of
from backend.services.storage_prefixes import fresh_prefix
from pipeline.compartments import COMPARTMENTS, NUCLEAR
from pipeline.io.describe import preview_image
from pipeline.io.lazy_image import ChannelInfo
from pipeline.io.ome_zarr import FovReader, WriteReport, label_blocks, open_fov, write_image
from pipeline.io.open import open_image
from pipeline.io.preview import overlay_png
from pipeline.io.source import ImageSource

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IngestOptions:
    """What the user says about a file that its metadata leave open; `name` is the FOV's, else the file's.

    `file_name` is the one that the user knows, where the file came here under another.

    FOVs of one `group` stay in one split of a dataset; where nobody names one, all that is read of a file is
    one group, such as the acquisitions of an IMC file.
    """

    axes: str | None = None
    acquisition: str | None = None
    nuclear: str | int | None = None
    membrane: str | int | None = None
    pixel_size_um: float | None = None
    name: str | None = None
    file_name: str | None = None
    group: str | None = None

    def reading(self) -> dict[str, Any]:
        """The arguments of `pipeline.io.open.open_image`; a channel given as digits is an index."""
        said: dict[str, Any] = {
            "axes": self.axes,
            "nuclear": _channel_key(self.nuclear),
            "membrane": _channel_key(self.membrane),
            "pixel_size_um": self.pixel_size_um,
        }
        # Left out where it says nothing: what is said is part of the checksum of an FOV.
        return said if self.acquisition is None else {**said, "acquisition": self.acquisition}


def _channel_key(given: str | int | None) -> str | int | None:
    return int(given) if isinstance(given, str) and given.isdecimal() else given


def describe_upload(path: Path, *, options: IngestOptions = IngestOptions()) -> dict[str, Any]:
    """What would be read of a file, with a picture (`preview_png`, base64); nothing is stored.

    `ambiguous` says that the user must choose: `what` (`axes`, `nuclear` ...) among `choices`; the rest
    of the answer is then that of the first choice.

    Raises
    ------
    pipeline.errors.PipelineError
        When the file cannot be used whatever the user says.
    """
    description, png = preview_image(path, **options.reading())
    question = description.ambiguous
    return {
        **description.to_json(),
        "ambiguous": question is not None,
        "what": question.what if question is not None else None,
        "choices": list(question.choices) if question is not None else [],
        "message": question.message if question is not None else None,
        "preview_png": base64.b64encode(png).decode(),
    }


def ingest_image(
    context: Context,
    *,
    project_id: int,
    path: Path,
    options: IngestOptions = IngestOptions(),
    progress: Progress | None = None,
) -> int:
    """Store an image as an FOV of the project, block by block, and its labels, if any, as a revision.

    The same file under the same name is ingested once: a second call gives the FOV that stands, also when
    both run at the same time.

    Parameters
    ----------
    path : Path
        File, folder of channels, zip or OME-Zarr folder.
    options : IngestOptions
        What the metadata leave open.
    progress : function, optional
        Called with (done, total) blocks.

    Returns
    -------
    int
        The FOV's id.

    Raises
    ------
    NotFound
        When there is no such project.
    AlreadyExists
        When another image has this name.
    pipeline.errors.PipelineError
        When the file cannot be used; nothing is stored then.
    """
    name = clean_name(options.name or _file_name(path, options), what="FOV", longest=300)
    checksums = checksums_of(path, reading=options.reading())
    with reading(context.sessions) as session:
        get_project(session, project_id=project_id)
        known = _find_same(session, project_id=project_id, name=name, checksum=checksums.as_read)
    if known is not None:
        return known
    new = _NewFov(project_id, name, checksums)
    try:
        return _store(context, path, options, new, progress=progress)
    except IntegrityError:
        # Somebody added an FOV of this name meanwhile; what was stored here is gone again.
        with reading(context.sessions) as session:
            known = _find_same(session, project_id=project_id, name=name, checksum=checksums.as_read)
        if known is None:
            raise
        return known


class _NewFov(NamedTuple):
    project_id: int
    name: str
    checksums: Checksums


def _store(
    context: Context, path: Path, options: IngestOptions, new: _NewFov, *, progress: Progress | None
) -> int:
    with (
        open_image(path, **options.reading()) as source,
        fresh_prefix(context, "fovs") as prefix,
        fresh_prefix(context, "revisions") as label_prefix,
    ):
        report = write_image(context.storage.zarr_store(prefix), source, progress=progress)
        fov = _describe(source, report, options, name=new.name, checksums=new.checksums)
        fov.project_id, fov.storage_prefix, fov.created_at = new.project_id, prefix, context.clock.now()
        if not source.labels:
            return _add_fov(context, fov)
        with label_canvas(source.labels, _label_shape(source)) as canvas:
            for compartment in canvas.compartments:
                for frame, window, labels in label_blocks(source, compartment):
                    canvas.planes[compartment][(frame, *window.slices)] = labels
            stored = store_fov_labels(context, canvas, prefix=label_prefix, fov=fov)
        return _add_fov(context, fov, stored)


def _file_name(path: Path, options: IngestOptions) -> str:
    part = "" if options.acquisition is None else f" acquisition {options.acquisition}"
    return f"{options.file_name or path.name}{part}"


def _find_same(session: Session, *, project_id: int, name: str, checksum: str) -> int | None:
    fov = session.scalars(select(Fov).where(Fov.project_id == project_id, Fov.name == name)).first()
    if fov is None:
        return None
    if fov.checksum != checksum:
        raise AlreadyExists(
            f"The project has another FOV named {name!r}, of another file or read in another way; give this"
            " one a name of its own.",
            fov_id=fov.id,
        )
    return fov.id


def _describe(
    source: ImageSource, report: WriteReport, options: IngestOptions, *, name: str, checksums: Checksums
) -> Fov:
    n_frames, _, rows, cols = source.shape
    n_values = source.shape[0] * source.shape[1] * rows * cols
    file_name = options.file_name or source.path.name
    group = options.group or source.group or checksums.group(file_name)
    about = {
        "file": file_name,
        "format": source.format,
        "axes": source.axes,
        "frame_axis": source.frame_axis,
        "options": options.reading(),
        "alternatives": list(source.alternatives),
        "warnings": [*source.warnings, *report.warnings],
    }
    return Fov(
        name=name,
        state=FovState.INGESTED,
        n_frames=n_frames,
        n_rows=rows,
        n_columns=cols,
        dtype=str(source.dtype),
        channels=[_channel(channel) for channel in report.channels],
        compartments=_compartments(source),
        pixel_size_um=source.pixel_size_um,
        # Names and texts come from the file: they may hold what no database takes.
        source=storable(about),
        checksum=checksums.as_read,
        n_bytes=n_values * source.dtype.itemsize,
        group=clean_name(group, what="group", longest=200),
        split=None,
    )


def _channel(channel: ChannelInfo) -> dict[str, Any]:
    name = storable(channel.name)
    return {"name": name, "role": channel.role, "min": channel.minimum, "max": channel.maximum}


def _compartments(source: ImageSource) -> list[str]:
    """What the JSON file beside the image says, else both with a membrane channel, else the nuclear one.

    What the file has labels of is always among them.
    """
    has_membrane = any(channel.role == "membrane" for channel in source.channels)
    wanted = {*source.labels, *(source.compartments or (COMPARTMENTS if has_membrane else (NUCLEAR,)))}
    return [name for name in COMPARTMENTS if name in wanted]


def _label_shape(source: ImageSource) -> tuple[int, int, int]:
    n_frames, _, rows, cols = source.shape
    return n_frames, rows, cols


def _add_fov(context: Context, fov: Fov, stored: StoredFovLabels | None = None) -> int:
    with transaction(context.sessions) as session:
        session.add(fov)
        session.flush()
        if stored is not None:
            origin = RevisionOrigin(RevisionSource.INGEST, report={"file": fov.source["file"]})
            add_fov_revision(session, context, stored, fov=fov, origin=origin)
        return fov.id


def get_fov(session: Session, *, fov_id: int) -> Fov:
    """The FOV of this id, or `NotFound`."""
    fov = session.get(Fov, fov_id)
    if fov is None:
        raise NotFound(f"There is no FOV {fov_id}.")
    return fov


def list_fovs(session: Session, *, project_id: int) -> Sequence[Fov]:
    """The project's FOVs in the order in which they came."""
    get_project(session, project_id=project_id)
    return session.scalars(select(Fov).where(Fov.project_id == project_id).order_by(Fov.id)).all()


def open_reader(context: Context, fov: Fov) -> FovReader:
    """The stored image of an FOV, to be read in windows."""
    return open_fov(context.storage.zarr_store(fov.storage_prefix))


def fov_preview_png(
    session: Session, context: Context, *, fov_id: int, with_labels: bool = False, size: int = 512
) -> bytes:
    """A picture of an FOV, with the outlines of its present labels if wanted; longest side `size` px."""
    fov = get_fov(session, fov_id=fov_id)
    revision = find_current_revision(session, fov) if with_labels else None
    labels = open_fov_labels(context, revision).readers if revision is not None else None
    return overlay_png(open_reader(context, fov), labels=labels, frame=fov.n_frames // 2, max_side_px=size)
