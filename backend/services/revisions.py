"""Revisions of crops: immutable label images of one task, each an object `labels.npy` under its prefix."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from backend.errors import NotFound, StorageError
from backend.models import Revision, Task
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.draft_cache import LabelImage
from pipeline.label_diff import labels_checksum
from pipeline.labels import count_instances


@dataclass(frozen=True)
class StoredLabels:
    """A label image of a crop that is in the storage and waits for its revision."""

    prefix: str
    compartments: tuple[str, ...]
    checksums: dict[str, int]
    counts: dict[str, int]


@dataclass(frozen=True)
class Origin:
    """Where a revision comes from. `predictor` and `model_version_id` are those of the proposal."""

    source: RevisionSource
    parent_id: int | None
    author_id: int | None = None
    predictor: str | None = None
    model_version_id: int | None = None


def get_revision(session: Session, *, revision_id: int) -> Revision:
    """The revision of this id, or `NotFound`."""
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise NotFound(f"There is no revision {revision_id}.")
    return revision


def store_crop_labels(
    context: Context, *, task_id: int, labels: LabelImage, compartments: Sequence[str]
) -> StoredLabels:
    """Put a label image (compartment, frame, row, col) into the storage.

    The prefix names the content, so storing it twice is harmless, and an object whose transaction was rolled
    back serves the next one.
    """
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(labels, dtype="<u4"), allow_pickle=False)
    data = file.getvalue()
    prefix = f"crops/{task_id}/{hashlib.sha256(data).hexdigest()[:40]}"
    context.storage.put(_key(prefix), data)
    planes = dict(zip(compartments, labels, strict=True))
    return StoredLabels(
        prefix=prefix,
        compartments=tuple(compartments),
        checksums={name: labels_checksum(plane) for name, plane in planes.items()},
        counts={name: count_instances(plane.astype(np.int32)) for name, plane in planes.items()},
    )


def store_crop_revision(
    session: Session,
    context: Context,
    *,
    task: Task,
    stored: StoredLabels,
    origin: Origin,
    marks: Mapping[str, Any],
) -> Revision:
    """Record a stored label image and its marks as a revision of the task's crop."""
    revision = Revision(
        fov_id=task.fov_id,
        task_id=task.id,
        parent_id=origin.parent_id,
        source=origin.source,
        author_id=origin.author_id,
        predictor=origin.predictor,
        model_version_id=origin.model_version_id,
        compartments=list(stored.compartments),
        storage_prefix=stored.prefix,
        checksums=stored.checksums,
        counts=stored.counts,
        report={},
        marks=dict(marks),
        created_at=context.clock.now(),
    )
    session.add(revision)
    session.flush()
    return revision


def load_crop_labels(context: Context, revision: Revision) -> LabelImage:
    """The label image of a crop's revision, uint32 (compartment, frame, row, col).

    Raises
    ------
    StorageError
        When the object is absent, damaged or not what was stored.
    """
    data = context.storage.get(_key(revision.storage_prefix))
    try:
        labels = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError) as fault:
        raise _damaged(revision) from fault
    found = [labels_checksum(plane) for plane in labels] if labels.ndim == 4 else []
    if found != [revision.checksums[name] for name in revision.compartments]:
        raise _damaged(revision)
    return labels.astype(np.uint32, copy=False)


def _key(prefix: str) -> str:
    return f"{prefix}/labels.npy"


def _damaged(revision: Revision) -> StorageError:
    return StorageError(
        f"The labels of revision {revision.id} ({_key(revision.storage_prefix)}) are damaged in the storage;"
        " restore the object from a backup."
    )
