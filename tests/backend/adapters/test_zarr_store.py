"""zarr on every storage: arrays come back, ranges are read as ranges, groups list their members."""

import asyncio

import numpy as np
import pytest
import zarr
from zarr.abc.store import OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype

from backend.adapters.zarr_store import StorageStore
from backend.ports import Storage


def test_an_array_comes_back_and_only_its_chunks_are_objects(storage: Storage) -> None:
    image = np.random.default_rng(0).integers(0, 60_000, (2, 100, 90), dtype=np.uint16)
    group = zarr.create_group(storage.zarr_store("fovs/1"))
    array = group.create_array("0", shape=image.shape, chunks=(1, 64, 64), dtype=image.dtype)
    array[:] = image
    again = zarr.open_group(storage.zarr_store("fovs/1"), mode="r")
    np.testing.assert_array_equal(again["0"][1, 30:80, 10:70], image[1, 30:80, 10:70])
    assert sorted(again.keys()) == ["0"]
    assert "fovs/1/0/c/1/1/1" in set(storage.list("fovs/1"))


def test_sharded_arrays_read_ranges(storage: Storage) -> None:
    labels = np.arange(128 * 128, dtype=np.uint32).reshape(128, 128)
    array = zarr.create_array(
        storage.zarr_store("r"), shape=labels.shape, shards=(128, 128), chunks=(32, 32), dtype=labels.dtype
    )
    array[:] = labels
    again = zarr.open_array(storage.zarr_store("r"), mode="r")
    np.testing.assert_array_equal(again[40:50, 90:100], labels[40:50, 90:100])


def test_ranges_and_listings_are_those_of_zarr(storage: Storage) -> None:
    storage.put("p/a/one", b"0123456789")
    storage.put("p/ab", b"x")
    storage.put("q/other", b"y")
    store = StorageStore(storage, "p")
    make = default_buffer_prototype()

    async def read() -> list[object]:
        wanted = [None, RangeByteRequest(2, 5), OffsetByteRequest(7), SuffixByteRequest(3)]
        buffers = await store.get_partial_values(make, [("a/one", want) for want in wanted])
        return [
            [None if buffer is None else buffer.to_bytes() for buffer in buffers],
            await store.get("a/two", make),
            sorted([key async for key in store.list_prefix("a")]),
            sorted([key async for key in store.list()]),
            sorted([name async for name in store.list_dir("")]),
            await store.exists("ab"),
            await store.getsize("a/one"),
        ]

    assert asyncio.run(read()) == [
        [b"0123456789", b"234", b"789", b"789"],
        None,
        ["a/one", "ab"],
        ["a/one", "ab"],
        ["a", "ab"],
        True,
        10,
    ]


def test_deleting_an_array_leaves_its_neighbours(storage: Storage) -> None:
    group = zarr.create_group(storage.zarr_store("g"))
    for name in ("1", "12"):
        group.create_array(name, shape=(4,), dtype="u1")[:] = 1
    del group["1"]
    assert sorted(group.keys()) == ["12"]


def test_a_read_only_store_refuses_writes(storage: Storage) -> None:
    store = StorageStore(storage, "g", read_only=True)
    with pytest.raises(ValueError, match="read-only"):
        zarr.create_group(store)
    assert store.with_read_only(False) == StorageStore(storage, "g")
    assert store != StorageStore(storage, "g")
    assert list(storage.list("")) == []
