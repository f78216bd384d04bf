"""The channels of a crop: those of the FOV, in its dtype, in the crop's window, for its annotator."""

from pathlib import Path

import numpy as np
import pytest

from backend.adapters.memory import MemoryStorage
from backend.db import reading, transaction
from backend.errors import NotFound
from backend.models import Assignment, Fov, Task
from backend.services.context import Context
from backend.services.crop_bases import window_of
from backend.services.crops import CropChannel, crop_channels, read_crop_channel
from pipeline.io.ome_zarr import write_image
from pipeline.io.open import open_image
from tests.backend.factories import SHAPE, Maker

IMAGE = np.random.default_rng(0).integers(0, 60_000, (1, 1, *SHAPE[1:]), dtype=np.uint16)


@pytest.fixture
def assignment(sqlite_context: Context, tmp_path: Path) -> Assignment:
    make = Maker(sqlite_context)
    job = make.open_job()
    path = tmp_path / "image.npy"
    np.save(path, IMAGE[0, 0])
    with reading(sqlite_context.sessions) as session:
        prefix = session.get_one(Fov, job.fov_id).storage_prefix
    assert isinstance(sqlite_context.storage, MemoryStorage)
    with open_image(path, axes="YX", nuclear=0) as source:
        write_image(sqlite_context.storage.zarr_store(prefix), source)
    return make.claim(job, make.user())


def test_a_channel_is_its_window_of_the_fov(sqlite_context: Context, assignment: Assignment) -> None:
    ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
    with reading(sqlite_context.sessions) as session:
        pixels = read_crop_channel(session, sqlite_context, index=0, **ids)
        window = window_of(session.get_one(Task, assignment.task_id))
    assert pixels.dtype == np.uint16
    np.testing.assert_array_equal(pixels, IMAGE[(slice(None), 0, *window.slices)])


def test_channels_are_described_alike_in_every_crop(sqlite_context: Context, assignment: Assignment) -> None:
    with transaction(sqlite_context.sessions) as session:
        described = crop_channels(session, sqlite_context, assignment=assignment)
        assert described == [CropChannel(0, "DAPI", "nuclear", "uint16", 3.0, 900.0)]
        fov = session.query(Fov).one()
        fov.channels = [{"name": "A", "role": "other"}, {"name": "B", "role": "other", "min": None}]
        described = crop_channels(session, sqlite_context, assignment=assignment)
    assert [(each.index, each.min, each.max) for each in described] == [(0, 0.0, 65535.0), (1, 0.0, 65535.0)]


def test_only_its_annotator_sees_it_and_only_what_is_there(
    sqlite_context: Context, assignment: Assignment
) -> None:
    ask = {"assignment_id": assignment.id}
    with reading(sqlite_context.sessions) as session:
        for index in (-1, 1):
            with pytest.raises(NotFound, match=f"There is no channel {index} in this crop; it has 1"):
                read_crop_channel(
                    session, sqlite_context, annotator_id=assignment.annotator_id, index=index, **ask
                )
        with pytest.raises(NotFound, match="of yours"):
            read_crop_channel(
                session, sqlite_context, annotator_id=assignment.annotator_id + 1, index=0, **ask
            )
