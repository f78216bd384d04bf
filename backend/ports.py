"""Where the outside world is. Each port has a real and an in-memory implementation in `backend/adapters`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from backend.errors import CytoloopError, StorageError
from pipeline.types import LabelSet
from pipeline.windows import Window


class MissingObject(StorageError):
    """The storage answered: there is no such object."""


class ModelError(CytoloopError):
    """A model cannot be trained, loaded or used; the message says why and what to do."""

    code = "model"


class TrainingCancelled(ModelError):
    """A training stopped because it was asked to; it left nothing."""


class Clock(Protocol):
    """The time, so that tests can turn it."""

    def now(self) -> datetime:
        """This moment, aware, UTC."""


class Storage(Protocol):
    """Objects under keys such as `fovs/12/image/0/c/0/0`. A write is seen whole or not at all.

    A key is relative, its parts joined by `/`, none of them empty, `.` or `..`; anything else is a
    `StorageError`. A `prefix` is a folder of keys: `fovs/1` does not reach `fovs/12/...`; the empty prefix
    is everything.
    """

    def put(self, key: str, data: bytes) -> None: ...

    def put_file(self, key: str, path: Path) -> None:
        """Store a file without holding it in memory."""

    def get(self, key: str, *, start: int | None = None, stop: int | None = None) -> bytes:
        """The bytes, or the half-open range of them, cut at the object's end; raises `MissingObject`."""

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """Bytes of the object; raises `MissingObject`."""

    def delete(self, key: str) -> None:
        """Remove one object; removing what is not there is no error."""

    def delete_prefix(self, prefix: str) -> None:
        """Remove every object below a prefix, which may not be empty."""

    def list(self, prefix: str) -> Iterator[str]:
        """The keys below the prefix, in a stable order."""

    def list_folder(self, prefix: str) -> Iterator[str]:
        """The names directly below the prefix, objects and folders, sorted, without the prefix."""

    def local_copy(self, prefix: str) -> AbstractContextManager[Path]:
        """A folder with every object below `prefix`, to read only, for libraries that want files.

        Gone afterwards; raises `MissingObject` when there is nothing below the prefix.
        """

    def zarr_store(self, prefix: str) -> Any:
        """A `zarr.abc.store.Store` over the objects below `prefix`."""


class WorkQueue(Protocol):
    """Background work. Work takes ids, is idempotent and may be lost: the sweep sends it again."""

    def send(self, name: str, **ids: int) -> None:
        """Hand over work now, or raise `QueueError`; services call `enqueue_after_commit` instead."""


class Predictor(Protocol):
    """Turns model input into label images; see `training.predictor`."""

    @property
    def name(self) -> str: ...

    @property
    def compartments(self) -> tuple[str, ...]:
        """What `predict` gives, whole_cell before nuclear."""

    @property
    def input_channels(self) -> tuple[str, ...]:
        """Names of the channels that `predict` takes, in order."""

    def predict(self, image: npt.NDArray[Any]) -> LabelSet:
        """Label images (row, column) for an image (row, column, input channel) float32."""


PredictorLoader = Callable[[str | Path], Predictor]
"""Loads `"baseline"` or a model folder; injected, because the web process may not import Keras."""

ReadInput = Callable[[Window], npt.NDArray[Any]]
"""Reads the model input of a window: (rows, columns, input channel) float32."""


@dataclass(frozen=True)
class LabelBand:
    """Full-width rows of one compartment's label image, from `row` on, (rows, columns) int32."""

    compartment: str
    row: int
    labels: npt.NDArray[Any]


class LabelBands(Protocol):
    """The bands of a prediction, and what is known once all of them were taken."""

    def __iter__(self) -> Iterator[LabelBand]:
        """Every compartment's bands, from top to bottom; once only."""

    @property
    def confidences(self) -> Mapping[str, npt.NDArray[np.float32]]:
        """How sure the predictor is of each instance, 0 to 1, by compartment, indexed by label.

        Complete after the last band; a compartment of which nothing is known is absent.
        """


@dataclass(frozen=True)
class TrainingStep:
    """Where a training stands: epochs completed, share of the budget used, losses, seconds left if known.

    `val_loss` is that of the last completed epoch, None before the first. `curve` has (epoch, loss,
    validation loss) of every completed epoch, those before a restart included.
    """

    epoch: int
    done: float
    loss: float
    val_loss: float | None
    eta_s: float | None
    curve: tuple[tuple[int, float, float], ...] = ()


@dataclass(frozen=True)
class TrainingLimits:
    """How long to train, and from where.

    Epochs, minutes, or what the trainer thinks right when both are None. `start` is `"default"` for the model
    that comes with the project where there is one, `"fresh"` for weights that have seen nothing, or a model
    folder. `checkpoint` is a file from which the same training goes on after a kill; None keeps none.
    """

    epochs: int | None = None
    minutes: float | None = None
    seed: int = 0
    start: str | Path = "default"
    checkpoint: Path | None = None


@dataclass(frozen=True)
class TrainedModel:
    """What a finished training says of itself; the model folder holds the rest."""

    kind: str
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]


class Trainer(Protocol):
    """Predicting large images, training and evaluation; the worker's `backend/worker/trainer.py`."""

    def choose_shrink(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
    ) -> int | None:
        """Say how much images like this one are to be shrunk, so that the predictor knows their objects.

        Returns
        -------
        int | None
            1, 2, 4 or 8 stored pixels along the side of a pixel that the predictor sees; None when the sizes
            of the pixels decide.
        """

    def predict_bands(
        self,
        predictor: Predictor,
        read: ReadInput,
        *,
        shape: tuple[int, int],
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> LabelBands:
        """Label images of an image of any size, by tiles, as bands from top to bottom.

        An image whose pixel size is known is seen at that of the predictor, if it has one, unless `shrink` is
        given. `postprocessing` sets parameters of the watershed by compartment, for predictors that have
        them.
        """

    def predict_window(
        self,
        predictor: Predictor,
        image: npt.NDArray[Any],
        window: Window,
        *,
        pixel_size_um: float | None = None,
        shrink: int | None = None,
        postprocessing: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> LabelSet:
        """Label images of a window of an image, with the intensities of the whole image; else as bands.

        `image` (rows, columns, [nuclear, membrane]) float32; the answer (window rows, window columns) int32.
        """

    def train(
        self,
        dataset: Path,
        out: Path,
        *,
        limits: TrainingLimits,
        progress: Callable[[TrainingStep], None],
        should_stop: Callable[[], bool],
    ) -> TrainedModel:
        """Train on a dataset version's folder, leave a model folder at `out`, score it on the test split.

        A model that an attempt before left at `out`, killed between its training and its scores, is not
        trained again.

        Raises
        ------
        TrainingCancelled
            When `should_stop` said so.
        ModelError
            When there is nothing to train on, or training diverged.
        """

    def score(
        self,
        predictor: Predictor,
        images: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        *,
        pixel_sizes_um: Sequence[float | None],
    ) -> Mapping[str, Any]:
        """Scores at IoU 0.5 pooled over images: one mapping per compartment, and `mean_f1`.

        `images` (N, rows, columns, 2) float32; `labels` (N, rows, columns, [whole_cell, nuclear]) int32,
        -1 where there is no truth; `pixel_sizes_um` of each image, None where unknown.
        """
