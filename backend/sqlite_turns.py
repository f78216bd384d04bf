"""Writers to one SQLite file take turns.

SQLite itself lets a writer that finds the file locked sleep and try again, for up to a tenth of a second each
time, in no order: with some fifty writers a second one of them may starve for seconds. Here they queue.
"""

import fcntl
import os
import sqlite3
import threading
from typing import Any

_NO_FILE = -1


class WriteTurns:
    """Lets one transaction at a time write to a file, of all threads and processes of this machine.

    Whoever waits stands at the door (one file lock) and holds it until the turn (another one) is free. So a
    process that has just given its turn back cannot take it again before the one that waits at the door.

    Parameters
    ----------
    path : str
        The database file; the locks lie beside it. Empty for a database in memory, which has one process.
    timeout_s : float
        How long a thread waits for the other threads of its process.
    """

    def __init__(self, path: str, *, timeout_s: float) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._thread = threading.Lock()
        self._turn = _NO_FILE

    def take(self) -> None:
        """Wait for the turn; raises `sqlite3.OperationalError` when another thread does not give it back."""
        if not self._thread.acquire(timeout=self._timeout_s):
            raise sqlite3.OperationalError(
                f"database is locked: another transaction of this process writes for {self._timeout_s:g} s"
            )
        try:
            self._turn = self._wait() if self._path else _NO_FILE
        except BaseException:
            self._thread.release()
            raise

    def _wait(self) -> int:
        door = _locked(f"{self._path}-door")
        try:
            return _locked(f"{self._path}-turn")
        finally:
            _unlock(door)

    def give_back(self) -> None:
        """Let the next one write."""
        try:
            if self._turn != _NO_FILE:
                _unlock(self._turn)
        finally:
            self._turn = _NO_FILE
            self._thread.release()


class TurnConnection(sqlite3.Connection):
    """A connection whose write transactions wait for their turn and give it back at their end."""

    turns: WriteTurns
    _holds_turn = False

    def begin_writing(self) -> None:
        """Start a transaction that holds the write lock from its first statement on."""
        self.turns.take()
        self._holds_turn = True
        try:
            self.execute("BEGIN IMMEDIATE").close()
        except sqlite3.Error:
            self._give_back()
            raise

    def commit(self) -> None:
        super().commit()
        self._give_back()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give_back()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give_back()

    def _give_back(self) -> None:
        if self._holds_turn:
            self._holds_turn = False
            self.turns.give_back()


def turn_connections(path: str, *, timeout_s: float) -> Any:
    """A connection class, for `sqlite3.connect(factory=...)`, whose connections to `path` take turns."""
    return type("TurnConnection", (TurnConnection,), {"turns": WriteTurns(path, timeout_s=timeout_s)})


def _locked(path: str) -> int:
    # Opened each time: a lock belongs to the open file, and a forked process would share an older one.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _unlock(descriptor: int) -> None:
    # Closing alone would not do: a process forked meanwhile holds the same open file.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
