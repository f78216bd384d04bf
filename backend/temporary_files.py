"""Temporary files of processes that may be killed: each has a folder of its own, locked while it lives.

What is unpacked, painted or uploaded takes gigabytes, and a process that is killed removes nothing of it. The
kernel takes its lock back then, by which the next process knows what to remove.
"""

import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OWN = "process-"
# Descriptors whose locks say that this process lives: never closed, so that they go with it.
_held: list[int] = []


def keep_temporary_files(parent: Path) -> Path:
    """Let everything that this process makes with `tempfile` from now on lie in a folder of its own.

    Parameters
    ----------
    parent : Path
        Where the folders of all processes lie; made when it is not there, for its owner only. The folders of
        processes that are gone are removed by a thread.

    Returns
    -------
    Path
        The folder.
    """
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = _own_folder(parent)
    tempfile.tempdir = str(folder)
    # What was left may be large, and a worker has seconds to start.
    threading.Thread(target=_drop_abandoned, args=(parent,), name="temporary-files", daemon=True).start()
    return folder


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Tell other processes that a folder is needed as long as the block runs; see `is_in_use`."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems know no locks; there `is_in_use` is always true.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_in_use(folder: Path) -> bool:
    """Whether a process that lives may need the folder."""
    try:
        os.close(_lock(folder))
    except OSError:
        return True
    return False


def _own_folder(parent: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=_OWN, dir=parent))
    try:
        descriptor = _lock(folder)
    except (BlockingIOError, FileNotFoundError):
        # Another process that starts found it before it was locked, and removes it.
        return _own_folder(parent)
    except OSError:
        return folder
    if not folder.is_dir():
        os.close(descriptor)
        return _own_folder(parent)
    _held.append(descriptor)
    return folder


def _drop_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_OWN}*"):
        with suppress(OSError):
            descriptor = _lock(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)


def _lock(folder: Path) -> int:
    """A descriptor that holds the lock of a folder; raises `BlockingIOError` when another one holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
