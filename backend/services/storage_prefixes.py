"""Where new objects go: a fresh prefix each time, so that a row appears only after all its objects do."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from backend.errors import StorageError
from backend.ports import Storage
from backend.services.context import Context

_MOMENT = "%Y%m%dT%H%M%SZ"


@contextmanager
def fresh_prefix(context: Context, kind: str) -> Iterator[str]:
    """A prefix nobody uses, `kind/<moment>-<random>`; what is below it goes when the block fails.

    The moment in the name lets `sweeps.sweep_storage` find what a killed process left behind.
    """
    prefix = f"{kind}/{context.clock.now().astimezone(UTC):{_MOMENT}}-{uuid.uuid4().hex[:12]}"
    try:
        yield prefix
    except BaseException:
        # The error that counts is on its way; what cannot be removed now is left to the sweep.
        with suppress(StorageError):
            context.storage.delete_prefix(prefix)
        raise


def prefix_moment(prefix: str) -> datetime | None:
    """When a prefix of `fresh_prefix` was made; None for other names."""
    try:
        return datetime.strptime(prefix.rpartition("/")[2].partition("-")[0], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def store_folder(storage: Storage, prefix: str, folder: Path) -> None:
    """Store every file below a folder."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        storage.put_file(f"{prefix}/{path.relative_to(folder).as_posix()}", path)
