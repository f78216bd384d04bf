import errno
import os
import time
from pathlib import Path

import pytest

from backend.adapters.local_storage import LocalStorage
from backend.errors import StorageError
from backend.ports import MissingObject


def test_a_write_that_fails_leaves_the_old_object_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/b", b"old")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StorageError, match="No space left on device"):
        storage.put("a/b", b"new")
    assert storage.get("a/b") == b"old"
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["b"]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_bytes(b"secret")
    (tmp_path / "storage/link").symlink_to(tmp_path / "outside")
    for act in (storage.get, storage.delete, storage.delete_prefix, lambda key: storage.put(key, b"")):
        with pytest.raises(StorageError, match="leads out of the storage folder"):
            act("link/secret")
    assert (tmp_path / "outside/secret").read_bytes() == b"secret"


def test_unfinished_writes_are_no_objects_and_go_after_a_day(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    for name, age_s in (("young", 60), ("old", 2 * 24 * 3600)):
        (tmp_path / ".partial" / name).write_bytes(b"x")
        os.utime(tmp_path / ".partial" / name, (time.time() - age_s,) * 2)
    assert list(storage.list("")) == list(storage.list_folder("")) == []
    with pytest.raises(StorageError, match="leads out of the storage folder"):
        storage.get(".partial/young")
    LocalStorage(tmp_path)
    assert [path.name for path in (tmp_path / ".partial").iterdir()] == ["young"]


def test_a_folder_that_is_laid_out_for_days_stays_when_another_process_starts(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("models/1/weights", b"w")
    with storage.local_copy("models/1") as folder:
        left = tmp_path / ".partial" / "copy-left"
        left.mkdir()
        for path in (folder, left):
            os.utime(path, (time.time() - 2 * 24 * 3600,) * 2)
        LocalStorage(tmp_path)
        assert (folder / "weights").read_bytes() == b"w"
        assert not left.exists()


def test_a_folder_is_no_object_and_an_object_no_folder(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/b", b"x")
    with pytest.raises(StorageError, match="There is no object 'a'"):
        storage.get("a")
    with pytest.raises(StorageError, match="could not write 'a/b/c'"):
        storage.put("a/b/c", b"x")


def test_a_write_that_ends_while_another_process_starts_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    LocalStorage(tmp_path)
    gone = tmp_path / ".partial" / "renamed-meanwhile"
    monkeypatch.setattr(Path, "iterdir", lambda _self: iter([gone]))
    assert LocalStorage(tmp_path).exists("a") is False


def test_a_folder_is_laid_out_by_copies_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/b/c", b"1")

    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    with storage.local_copy("a") as folder:
        assert (folder / "b" / "c").read_bytes() == b"1"


def test_an_object_that_goes_while_a_folder_is_laid_out_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/b", b"1")
    monkeypatch.setattr(storage, "list", lambda _prefix: iter(["a/b", "a/gone"]))
    with pytest.raises(MissingObject, match="no object 'a/gone'"), storage.local_copy("a"):
        pass


def test_what_cannot_be_deleted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = LocalStorage(tmp_path)
    storage.put("a/b", b"1")

    def refuse(_path: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageError, match="could not delete 'a/b': Permission denied"):
        storage.delete("a/b")
