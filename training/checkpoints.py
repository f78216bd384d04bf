"""Checkpoints: everything a run needs to go on as if it had never been killed.

A checkpoint is one file of arrays, replaced as a whole, so that a kill at any moment leaves the last one. It
holds no pickle.
"""

import json
import math
import os
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.errors import ForeignCheckpoint, OutputNotWritten

FORMAT_VERSION = 1
_STATE, _WEIGHTS, _OPTIMIZER, _BEST = "state", "weights", "optimizer", "best"

Array = npt.NDArray[Any]


@dataclass
class FitState:
    """How far a run has come; a mapping of these values and its arrays is what a checkpoint holds.

    step : steps completed
    elapsed_s : seconds of budget used when it was saved
    curve : one entry per completed epoch
    epoch_losses : losses of the steps of the current epoch
    best_done : share of the budget at which the least validation loss was found
    best_weights : weights with the least validation loss; empty before the first validation
    """

    step: int = 0
    elapsed_s: float = 0.0
    curve: list[dict[str, Any]] = field(default_factory=list)
    epoch_losses: list[float] = field(default_factory=list)
    best_epoch: int = 0
    best_done: float = 0.0
    best_val_loss: float = math.inf
    best_weights: list[Array] = field(default_factory=list)


@dataclass(frozen=True)
class Checkpoint:
    """A state with the weights and the optimizer's variables at that moment."""

    state: FitState
    weights: Sequence[Array]
    optimizer: Sequence[Array]


def remove_checkpoint(path: Path) -> None:
    """Remove the checkpoint at `path` and what a kill left of one, if there are any."""
    path.unlink(missing_ok=True)
    _draft(path).unlink(missing_ok=True)


def save_checkpoint(path: Path, checkpoint: Checkpoint, *, run: str) -> None:
    """Replace the checkpoint at `path`.

    Parameters
    ----------
    run
        Text that names the run; only the same run may go on from it.

    Raises
    ------
    OutputNotWritten
        The disk is full, or the place may not be written to; the checkpoint before is kept.
    """
    values = asdict(checkpoint.state)
    del values["best_weights"]
    # JSON knows no infinity.
    values["best_val_loss"] = None if math.isinf(values["best_val_loss"]) else values["best_val_loss"]
    text = json.dumps({"format_version": FORMAT_VERSION, "run": run, **values})
    arrays = {
        _STATE: np.frombuffer(text.encode(), np.uint8),
        **_numbered(_WEIGHTS, checkpoint.weights),
        **_numbered(_OPTIMIZER, checkpoint.optimizer),
        **_numbered(_BEST, checkpoint.state.best_weights),
    }
    draft = _draft(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutputNotWritten(path, error) from error


def load_checkpoint(path: Path, *, run: str) -> Checkpoint | None:
    """Read a checkpoint; None when there is none. What a kill left half written is removed.

    Raises
    ------
    ForeignCheckpoint
        It belongs to another run, or is damaged.
    """
    _draft(path).unlink(missing_ok=True)
    if not path.exists():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            values = json.loads(file[_STATE].tobytes().decode())
            lists = {kind: _listed(file, kind) for kind in (_WEIGHTS, _OPTIMIZER, _BEST)}
        found, version = values.pop("run"), values.pop("format_version")
        if version == FORMAT_VERSION and found == run:
            values["best_val_loss"] = math.inf if values["best_val_loss"] is None else values["best_val_loss"]
            state = FitState(**values, best_weights=lists[_BEST])
            return Checkpoint(state, lists[_WEIGHTS], lists[_OPTIMIZER])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ForeignCheckpoint(
            f"{path} is no checkpoint of this program, or damaged ({error}). Remove it to start anew."
        ) from error
    raise ForeignCheckpoint(
        f"{path} is a checkpoint of another run: its config, data, seed, budget or base differ. Give the "
        "same ones to go on, or remove it to start anew."
    )


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _numbered(kind: str, arrays: Sequence[Array]) -> dict[str, Array]:
    return {f"{kind}-{number}": array for number, array in enumerate(arrays)}


def _listed(file: Any, kind: str) -> list[Array]:
    n_arrays = sum(name.startswith(f"{kind}-") for name in file.files)
    return [file[f"{kind}-{number}"] for number in range(n_arrays)]
