"""Revisions of crops: what is stored comes back, what was damaged says so."""

import numpy as np
import pytest

from backend.adapters.memory import MemoryStorage
from backend.db import reading
from backend.errors import NotFound, StorageError
from backend.models import Revision, Task
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.draft_cache import LabelImage
from backend.services.marks import read_marks
from backend.services.revisions import (
    Origin,
    get_revision,
    load_crop_labels,
    store_crop_labels,
    store_crop_revision,
)
from pipeline.label_diff import labels_checksum
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker

NAMES = ("whole_cell", "nuclear")


@pytest.fixture
def labels() -> LabelImage:
    labels = np.zeros((2, 2, 8, 9), dtype=np.uint32)
    labels[0, 0, :4, :4] = 70_000
    labels[0, 1, 2:5] = 3
    labels[1, :, 1:3, 1:3] = 3
    return labels


@pytest.fixture
def revision(context: Context, begin: Transaction, make: Maker, labels: LabelImage) -> Revision:
    assignment = make.claim(make.open_job(crop_size_px=96), make.user())
    stored = store_crop_labels(context, task_id=assignment.task_id, labels=labels, compartments=NAMES)
    with begin() as session:
        origin = Origin(RevisionSource.ANNOTATOR, assignment.base_revision_id, assignment.annotator_id)
        task = session.get_one(Task, assignment.task_id)
        return store_crop_revision(
            session, context, task=task, stored=stored, origin=origin, marks={"type/nuclear/3": "t-cell"}
        )


def test_what_was_stored_comes_back(context: Context, revision: Revision, labels: LabelImage) -> None:
    with reading(context.sessions) as session:
        held = get_revision(session, revision_id=revision.id)
        found = load_crop_labels(context, held)
        assert read_marks(session, revision_id=revision.id) == {"type/nuclear/3": "t-cell"}
        assert read_marks(session, revision_id=9999) == {}
        with pytest.raises(NotFound, match="There is no revision 9999"):
            get_revision(session, revision_id=9999)
    assert found.dtype == np.uint32
    np.testing.assert_array_equal(found, labels)
    assert held.compartments == list(NAMES)
    assert held.counts == {"whole_cell": 2, "nuclear": 1}
    assert held.checksums == {name: labels_checksum(labels[index]) for index, name in enumerate(NAMES)}
    assert (held.source, held.created_at) == (RevisionSource.ANNOTATOR, context.clock.now())


def test_equal_labels_share_one_object(context: Context, revision: Revision, labels: LabelImage) -> None:
    again = store_crop_labels(context, task_id=revision.task_id or 0, labels=labels, compartments=NAMES)
    other = store_crop_labels(context, task_id=revision.task_id or 0, labels=labels + 1, compartments=NAMES)
    assert again.prefix == revision.storage_prefix != other.prefix


@pytest.mark.parametrize("damage", ["other", "short", "none", "flat"])
def test_labels_that_were_damaged_are_not_handed_out(
    context: Context, revision: Revision, labels: LabelImage, damage: str
) -> None:
    key = f"{revision.storage_prefix}/labels.npy"
    assert isinstance(context.storage, MemoryStorage)
    data = context.storage.get(key)
    spoiled = {
        "other": data[:-1] + b"\x07",
        "short": data[:-4],
        "none": b"",
        "flat": data.replace(b"(2, 2, 8, 9)", b"(2, 144)    "),
    }
    context.storage.put(key, spoiled[damage])
    with pytest.raises(StorageError, match=rf"The labels of revision {revision.id} \(.*\) are damaged"):
        load_crop_labels(context, revision)


def test_labels_that_are_gone_say_so(context: Context, revision: Revision) -> None:
    context.storage.delete_prefix(revision.storage_prefix)
    with pytest.raises(StorageError, match="There is no object"):
        load_crop_labels(context, revision)
