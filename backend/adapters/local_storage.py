"""Storage in a folder of this machine: atomic, durable writes and no way out of the folder."""

import errno
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from backend.adapters.keys import below, check_key, check_prefix, check_removable
from backend.adapters.zarr_store import StorageStore
from backend.errors import StorageError
from backend.ports import MissingObject
from backend.temporary_files import in_use, is_in_use

_PARTIAL = ".partial"
_COPY_BYTES = 1 << 20
_STALE_S = 24 * 3600
# What file systems without hard links, some containers among them, say when one is asked for.
_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS})


class LocalStorage:
    """Objects as files below `root`.

    A write goes to a temporary file in the same file system, is synced to the disk and renamed, so that a
    reader or a crash sees the old object or the new one. Links below `root` are never followed out of it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._partial = self._root / _PARTIAL
        self._partial.mkdir(parents=True, exist_ok=True)
        self._real_root = self._root.resolve()
        self._drop_stale()

    def _path(self, key: str) -> Path:
        path = self._root / check_key(key)
        if path.parts[len(self._root.parts)] == _PARTIAL or not path.resolve().is_relative_to(
            self._real_root
        ):
            raise StorageError(f"The storage key {key!r} leads out of the storage folder.", key=key)
        return path

    def _drop_stale(self) -> None:
        """Remove what writers that were killed left behind more than a day ago."""
        for path in self._partial.iterdir():
            # Others write and start at the same time: what was there a moment ago may be gone.
            with suppress(FileNotFoundError):
                if time.time() - path.lstat().st_mtime > _STALE_S:
                    _drop(path)

    def put(self, key: str, data: bytes) -> None:
        self._write(key, lambda file: file.write(data))

    def put_file(self, key: str, path: Path) -> None:
        with path.open("rb") as source:
            self._write(key, lambda file: shutil.copyfileobj(source, file, _COPY_BYTES))

    def _write(self, key: str, fill: Callable[[IO[bytes]], object]) -> None:
        target = self._path(key)
        partial = self._partial / uuid.uuid4().hex
        try:
            with partial.open("xb") as file:
                fill(file)
                file.flush()
                os.fsync(file.fileno())
            self._make_folder(target.parent)
            os.replace(partial, target)
            _sync_folder(target.parent)
        except OSError as fault:
            raise StorageError(
                f"The storage could not write {key!r}: {fault.strerror or fault}. Check free space and rights"
                f" of {self._root}.",
                key=key,
            ) from fault
        finally:
            partial.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        # A rename is durable only when every new folder above it is recorded in its own parent.
        missing = [folder, *folder.parents][: len(folder.relative_to(self._root).parts)]
        for path in reversed(missing):
            try:
                path.mkdir()
            except FileExistsError:
                continue
            _sync_folder(path.parent)

    def get(self, key: str, *, start: int | None = None, stop: int | None = None) -> bytes:
        """The bytes or a range of them; raises `MissingObject`."""
        begin = start or 0
        with self._open(key) as file:
            file.seek(begin)
            return file.read() if stop is None else file.read(max(0, stop - begin))

    @contextmanager
    def _open(self, key: str) -> Iterator[IO[bytes]]:
        try:
            with self._path(key).open("rb") as file:
                yield file
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as fault:
            raise MissingObject(f"There is no object {key!r} in the storage.", key=key) from fault
        except OSError as fault:
            raise StorageError(f"The storage could not read {key!r}: {fault.strerror}.", key=key) from fault

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def size(self, key: str) -> int:
        """Bytes of the object; raises `MissingObject`."""
        with self._open(key) as file:
            return os.fstat(file.fileno()).st_size

    def delete(self, key: str) -> None:
        try:
            self._path(key).unlink()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return
        except OSError as fault:
            raise StorageError(
                f"The storage could not delete {key!r}: {fault.strerror or fault}. Check rights of"
                f" {self._root}.",
                key=key,
            ) from fault

    def delete_prefix(self, prefix: str) -> None:
        folder = self._path(check_removable(prefix))
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)

    def list(self, prefix: str) -> Iterator[str]:
        root = self._folder(prefix)
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name != _PARTIAL)
            for name in sorted(names):
                yield (Path(folder) / name).relative_to(self._root).as_posix()

    def list_folder(self, prefix: str) -> Iterator[str]:
        folder = self._folder(prefix)
        if folder.is_dir():
            yield from sorted(name for name in os.listdir(folder) if name != _PARTIAL)

    def _folder(self, prefix: str) -> Path:
        checked = check_prefix(prefix)
        return self._path(checked) if checked else self._root

    @contextmanager
    def local_copy(self, prefix: str) -> Iterator[Path]:
        """A temporary folder of hard links, which costs no space; of copies where the disk knows no links."""
        keys = tuple(self.list(prefix))
        if not keys:
            raise MissingObject(f"There is nothing below {prefix!r} in the storage.", key=prefix)
        skip = len(below(check_prefix(prefix)))
        # A worker keeps predictors for days, and their files with them: the folder is marked as needed.
        with (
            tempfile.TemporaryDirectory(prefix="copy-", dir=self._partial) as folder,
            in_use(Path(folder)),
        ):
            for key in keys:
                target = Path(folder) / key[skip:]
                target.parent.mkdir(parents=True, exist_ok=True)
                self._link(key, target)
            yield Path(folder)

    def _link(self, key: str, target: Path) -> None:
        source = self._path(key)
        try:
            try:
                os.link(source, target)
            except OSError as fault:
                if fault.errno not in _NO_LINKS:
                    raise
                shutil.copyfile(source, target)
        except FileNotFoundError as fault:
            raise MissingObject(f"There is no object {key!r} in the storage.", key=key) from fault
        except OSError as fault:
            raise StorageError(
                f"The storage could not lay out {key!r}: {fault.strerror or fault}. Check free space and"
                f" rights of {self._root}.",
                key=key,
            ) from fault

    def zarr_store(self, prefix: str) -> Any:
        return StorageStore(self, check_prefix(prefix))


def _drop(path: Path) -> None:
    if not path.is_dir():
        path.unlink()
    elif not is_in_use(path):
        shutil.rmtree(path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
