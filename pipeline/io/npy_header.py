"""Headers of .npy data, read and checked before any value."""

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format

from pipeline.errors import InvalidImage, UnreadableImage, UnsafeArchive
from pipeline.io.decoding import decoding


@dataclass(frozen=True)
class NpyHeader:
    """Shape, order and type of an array, and where its values start.

    Attributes
    ----------
    shape
        Length of each dimension.
    fortran_order
        Whether the first dimension runs fastest.
    dtype
        Type of the values.
    offset
        Bytes before the first value.
    """

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def n_bytes(self) -> int:
        """Bytes of the header and all values."""
        return self.offset + prod(self.shape) * self.dtype.itemsize

    def memmap(self, path: Path, *, start: int = 0) -> np.memmap[Any, Any]:
        """Map the values of the array that starts `start` bytes into a file."""
        order: Any = "F" if self.fortran_order else "C"
        return np.memmap(
            path, dtype=self.dtype, mode="r", offset=start + self.offset, shape=self.shape, order=order
        )


def read_header(stream: IO[bytes], *, path: Path, name: str = "array") -> NpyHeader:
    """Read the header at the start of a stream.

    Raises
    ------
    UnsafeArchive
        When the values are pickled objects.
    InvalidImage
        When they are not numbers.
    UnreadableImage
        When it is not the header of .npy data.
    """
    with decoding(path, name):
        version = npy_format.read_magic(stream)
        if version == (1, 0):
            shape, fortran_order, dtype = npy_format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, fortran_order, dtype = npy_format.read_array_header_2_0(stream)
        else:
            raise UnreadableImage(
                f"{name} is written in version {version} of the .npy format. Save it again with numpy.save.",
                path=path,
            )
        offset = stream.tell()
    if dtype.hasobject:
        raise UnsafeArchive(
            f"{name} holds pickled objects, which can run code when they are read and are never opened."
            " Save it as an array of numbers (all rows of one length, no None).",
            path=path,
        )
    if dtype.kind not in "uifb" and name not in ("channels", "compartments"):
        raise InvalidImage(
            f"{name} holds values of type {dtype}. Save it as integers or real numbers.", path=path
        )
    return NpyHeader(tuple(int(n) for n in shape), bool(fortran_order), dtype, offset)
