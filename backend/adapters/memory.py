"""In-memory storage and queue and a clock that stands still: for tests and for trying things out."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backend.adapters.keys import below, check_key, check_prefix, check_removable
from backend.adapters.zarr_store import StorageStore
from backend.ports import MissingObject


class MemoryStorage:
    """Objects in a dictionary of this process."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, key: str, data: bytes) -> None:
        with self._lock:
            self._objects[check_key(key)] = bytes(data)

    def put_file(self, key: str, path: Path) -> None:
        self.put(key, path.read_bytes())

    def get(self, key: str, *, start: int | None = None, stop: int | None = None) -> bytes:
        """The bytes or a range of them; raises `MissingObject`."""
        with self._lock:
            data = self._objects.get(check_key(key))
        if data is None:
            raise MissingObject(f"There is no object {key!r} in the storage.", key=key)
        return data[start:stop]

    def exists(self, key: str) -> bool:
        return check_key(key) in self._objects

    def size(self, key: str) -> int:
        return len(self.get(key))

    def delete(self, key: str) -> None:
        with self._lock:
            self._objects.pop(check_key(key), None)

    def delete_prefix(self, prefix: str) -> None:
        start = below(check_removable(prefix))
        with self._lock:
            self._objects = {key: data for key, data in self._objects.items() if not key.startswith(start)}

    def list(self, prefix: str) -> Iterator[str]:
        start = below(check_prefix(prefix))
        with self._lock:
            keys = sorted(key for key in self._objects if key.startswith(start))
        yield from keys

    def list_folder(self, prefix: str) -> Iterator[str]:
        skip = len(below(check_prefix(prefix)))
        yield from sorted({key[skip:].split("/")[0] for key in self.list(prefix)})

    @contextmanager
    def local_copy(self, prefix: str) -> Iterator[Path]:
        """A temporary folder with the objects below the prefix."""
        keys = tuple(self.list(prefix))
        if not keys:
            raise MissingObject(f"There is nothing below {prefix!r} in the storage.", key=prefix)
        skip = len(below(check_prefix(prefix)))
        with tempfile.TemporaryDirectory(prefix="cytoloop-") as folder:
            for key in keys:
                target = Path(folder) / key[skip:]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self.get(key))
            yield Path(folder)

    def zarr_store(self, prefix: str) -> Any:
        return StorageStore(self, check_prefix(prefix))


class MemoryQueue:
    """Keeps what was sent, in order; a test runs it when it likes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, int]]] = []

    def send(self, name: str, **ids: int) -> None:
        self.sent.append((name, ids))

    def take(self) -> list[tuple[str, dict[str, int]]]:
        """What was sent since the last call."""
        taken, self.sent = self.sent, []
        return taken


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime = datetime(2024, 1, 1, 12, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Turn the clock forward."""
        self._now += timedelta(seconds=seconds)
