"""What every storage promises: the same behaviour in memory, on disk and on S3."""

from pathlib import Path

import pytest

from backend.errors import StorageError
from backend.ports import MissingObject, Storage


def test_what_was_put_is_got_and_a_second_put_replaces_it(storage: Storage) -> None:
    storage.put("fovs/1/zarr.json", b"one")
    storage.put("fovs/1/zarr.json", b"second")
    assert storage.get("fovs/1/zarr.json") == b"second"
    assert storage.size("fovs/1/zarr.json") == 6
    assert storage.exists("fovs/1/zarr.json")


def test_an_empty_object_is_an_object(storage: Storage) -> None:
    storage.put("a/empty", b"")
    assert storage.exists("a/empty")
    assert storage.get("a/empty") == b""
    assert storage.size("a/empty") == 0


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(2, 5, b"234"), (7, None, b"789"), (None, 3, b"012"), (8, 99, b"89"), (4, 4, b""), (50, 60, b"")],
)
def test_a_range_is_half_open_and_cut_at_the_end(
    storage: Storage, start: int | None, stop: int | None, expected: bytes
) -> None:
    storage.put("digits", b"0123456789")
    assert storage.get("digits", start=start, stop=stop) == expected


def test_a_missing_object_is_named(storage: Storage) -> None:
    for read in (storage.get, storage.size):
        with pytest.raises(MissingObject, match="There is no object 'fovs/9/c/0' in the storage"):
            read("fovs/9/c/0")
    with pytest.raises(MissingObject):
        storage.get("fovs/9/c/0", start=3, stop=3)
    assert not storage.exists("fovs/9/c/0")
    storage.delete("fovs/9/c/0")


def test_a_prefix_is_a_folder_and_not_the_start_of_a_name(storage: Storage) -> None:
    for key in ("fovs/1/a", "fovs/1/b/c", "fovs/12/a", "models/1"):
        storage.put(key, b"x")
    assert sorted(storage.list("fovs/1")) == ["fovs/1/a", "fovs/1/b/c"]
    assert sorted(storage.list("")) == ["fovs/1/a", "fovs/1/b/c", "fovs/12/a", "models/1"]
    assert list(storage.list_folder("fovs")) == ["1", "12"]
    assert list(storage.list_folder("fovs/1/")) == ["a", "b"]
    assert list(storage.list_folder("")) == ["fovs", "models"]
    assert list(storage.list("nothing")) == list(storage.list_folder("nothing")) == []

    storage.delete_prefix("fovs/1")
    assert sorted(storage.list("")) == ["fovs/12/a", "models/1"]
    storage.delete_prefix("fovs/1")
    storage.delete("fovs/12/a")
    assert list(storage.list("")) == ["models/1"]


def test_a_file_goes_in_and_a_folder_comes_out(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "weights.h5"
    source.write_bytes(bytes(range(256)) * 4096)
    storage.put_file("models/3/weights.h5", source)
    storage.put("models/3/sub/model.json", b"{}")
    with storage.local_copy("models/3") as folder:
        assert (folder / "weights.h5").read_bytes() == source.read_bytes()
        assert (folder / "sub/model.json").read_bytes() == b"{}"
    assert not folder.exists()
    assert storage.get("models/3/sub/model.json") == b"{}"


def test_a_copy_of_nothing_is_refused(storage: Storage) -> None:
    with pytest.raises(MissingObject, match="nothing below 'models/8'"), storage.local_copy("models/8"):
        pass


@pytest.mark.parametrize("key", ["", "/etc/passwd", "a//b", "../a", "a/../../b", "a/./b", "a\\b", "a\x00b"])
def test_a_key_that_is_no_relative_path_is_refused(storage: Storage, key: str) -> None:
    with pytest.raises(StorageError, match="not a relative path of plain names"):
        storage.put(key, b"x")
    with pytest.raises(StorageError, match="not a relative path of plain names"):
        storage.get(key)


def test_everything_at_once_is_never_deleted(storage: Storage) -> None:
    storage.put("a", b"x")
    with pytest.raises(StorageError, match="Deleting everything in the storage is refused"):
        storage.delete_prefix("")
    assert storage.exists("a")
