"""Where the outside world is. Each port has a real and an in-memory implementation in `backend/adapters`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy.typing as npt
from pipeline.compartments import LabelSet


class Clock(Protocol):
    """The time, so that tests can turn it."""

    def now(self) -> datetime:
        """This moment, aware, UTC."""


class Storage(Protocol):
    """Objects under keys such as `fovs/12/image/0/c/0/0`. A write is seen whole or not at all."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str, *, start: int | None = None, stop: int | None = None) -> bytes:
        """The bytes, or the half-open range of them; raises `StorageError` when there is no such object."""

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int: ...

    def delete_prefix(self, prefix: str) -> None: ...

    def list(self, prefix: str) -> Iterator[str]: ...

    def put_file(self, key: str, path: Path) -> None: ...

    def local_copy(self, prefix: str) -> AbstractContextManager[Path]:
        """A folder with every object below `prefix`, for libraries that want files; gone afterwards."""

    def zarr_store(self, prefix: str) -> Any:
        """A `zarr.abc.store.Store` over the objects below `prefix`."""


class WorkQueue(Protocol):
    """Background work. Work takes ids, is idempotent and may be lost: the sweep sends it again."""

    def send(self, name: str, **ids: int) -> None:
        """Hand over work now; services call `enqueue_after_commit` of `backend.db` instead."""


class Predictor(Protocol):
    """Turns model input into label images; see `training.predictor`."""

    name: str

    def predict(self, image: npt.NDArray[Any]) -> LabelSet:
        """Label images (row, column) for an image (row, column, [nuclear, membrane]) float32."""


PredictorLoader = Callable[[str | Path], Predictor]
"""Loads `"baseline"` or a model folder; injected, because the web process may not import Keras."""
