"""The one place where Keras is imported, with the backend quiet.

Importing this module takes seconds, so only modules that cannot do without Keras import it, and those are
imported inside functions by the rest. `keras`, `layers` and `ops` are to be taken from here.
"""

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py


@contextmanager
def _native_stderr_muted() -> Iterator[None]:
    """Send what C++ code writes to standard error nowhere; Python exceptions pass as ever."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


# TensorFlow reads this once, in C++; it hides notes but no errors. It does not reach the lines that are
# written while the library loads, before its logger exists: those are muted.
os.putenv("TF_CPP_MIN_LOG_LEVEL", "2")
with _native_stderr_muted():
    import keras
    from keras import layers, ops

__all__ = ["JIT_COMPILE", "keras", "layers", "load_weights", "ops", "quiet_files", "weights_bytes"]

JIT_COMPILE: bool = keras.config.backend() == "jax"
"""What to compile a model with: JAX is slow without its compiler, TensorFlow on a CPU slower with XLA."""


@contextmanager
def quiet_files() -> Iterator[None]:
    """Read or write a weights file without the warnings that say nothing about it.

    Keras turns tensors into arrays in a way that NumPy 2 calls deprecated, and announces parts of a foreign
    file that it skips before it refuses the file.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def load_weights(model: Any, path: Path, *, most_bytes: int) -> None:
    """Load a weights file into a model.

    Parameters
    ----------
    most_bytes
        That its arrays may take in memory, which a file on disk of any size can exceed.

    Raises
    ------
    ValueError, KeyError, OSError, RuntimeError
        The file does not fit the model, is damaged, or takes too much. HDF5 raises RuntimeError for damage.
    """
    sizes: list[int] = []
    with h5py.File(path) as file:
        file.visititems(lambda _, item: sizes.append(item.nbytes) if isinstance(item, h5py.Dataset) else None)
    if sum(sizes) > most_bytes:
        raise ValueError(f"its arrays take {sum(sizes)} bytes, more than the {most_bytes} allowed")
    with quiet_files():
        model.load_weights(path)


class _WeightsFile(io.BytesIO):
    """A file in memory; Keras asks for a name that ends like this."""

    def __str__(self) -> str:
        return "memory.weights.h5"


def weights_bytes(model: Any) -> bytes:
    """Return the content of a weights file of a model, without what its optimizer remembers.

    Made in memory, because the HDF5 library ends the process when the disk is full while it writes.
    """
    file = _WeightsFile()
    optimizer = getattr(model, "optimizer", None)
    with quiet_files():
        keras.saving.save_weights(model, file, objects_to_skip=[] if optimizer is None else [optimizer])
    return file.getvalue()
