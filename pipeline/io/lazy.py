"""Arrays that are read in pieces."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class LazyArray(Protocol):
    """What every format is turned into: an array on disk that gives windows of itself."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each dimension."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the stored values."""
        ...

    def __getitem__(self, selection: Any, /) -> Any:
        """Part of the array for a tuple of integers and slices, one for each dimension."""
        ...


class CachedPlanes:
    """Keeps the last plane read of an array whose planes can only be decoded whole.

    Memory is bounded by one plane; reading a plane band by band decodes it once.

    Parameters
    ----------
    array
        The array behind.
    n_leading
        Number of dimensions before the plane.
    """

    def __init__(self, array: LazyArray, *, n_leading: int) -> None:
        self._array = array
        self._n_leading = n_leading
        self._key: tuple[int, ...] | None = None
        self._plane: npt.NDArray[Any] | None = None
        self.shape = tuple(array.shape)
        self.dtype = array.dtype

    def __getitem__(self, selection: tuple[int | slice, ...]) -> npt.NDArray[Any]:
        key = tuple(int(i) for i in selection[: self._n_leading] if not isinstance(i, slice))
        if self._plane is None or key != self._key:
            rest = (slice(None),) * (len(self.shape) - self._n_leading)
            # The old plane goes first, so that two are never held at once.
            self._plane = None
            self._plane = np.asarray(self._array[(*key, *rest)])
            self._key = key
        return self._plane[selection[self._n_leading :]]

    def forget(self) -> None:
        """Let go of the plane."""
        self._plane = None


class OnePlane:
    """The only plane of an array, (row, column), without its other dimensions.

    Parameters
    ----------
    array
        The array; its other dimensions have length 1.
    axes
        One letter for each dimension.
    """

    def __init__(self, array: LazyArray, *, axes: str) -> None:
        self._array = array
        self._axes = axes
        self.shape: tuple[int, ...] = (array.shape[axes.index("Y")], array.shape[axes.index("X")])
        self.dtype = array.dtype

    def __getitem__(self, selection: tuple[slice, slice]) -> npt.NDArray[Any]:
        places = dict(zip("YX", selection, strict=True))
        plane = np.asarray(self._array[tuple(places.get(axis, 0) for axis in self._axes)])
        return plane if self._axes.index("Y") < self._axes.index("X") else plane.T

    def forget(self) -> None:
        """Let go of what the array behind holds."""
        forget(self._array)


class DecodedWhole:
    """An array that can only be decoded whole: decoded when it is read, until it is forgotten.

    Parameters
    ----------
    array
        The array, decoded to know its shape and dtype; not kept.
    decode
        Decodes it again.
    """

    def __init__(self, array: LazyArray, *, decode: Callable[[], LazyArray]) -> None:
        self.shape = array.shape
        self.dtype = array.dtype
        self._decode = decode
        self._decoded: LazyArray | None = None

    def __getitem__(self, selection: tuple[int | slice, ...]) -> npt.NDArray[Any]:
        if self._decoded is None:
            self._decoded = self._decode()
        return np.asarray(self._decoded[selection])

    def forget(self) -> None:
        """Let go of the values."""
        self._decoded = None


class StackedPlanes:
    """Arrays of one shape and dtype seen as one with a new first dimension.

    Only the array read last may hold a decoded plane.
    """

    def __init__(self, arrays: Sequence[LazyArray]) -> None:
        self._arrays = list(arrays)
        self._last = 0
        self.shape: tuple[int, ...] = (len(self._arrays), *self._arrays[0].shape)
        self.dtype = self._arrays[0].dtype

    def __getitem__(self, selection: tuple[int | slice, ...]) -> npt.NDArray[Any]:
        index = selection[0]
        if not isinstance(index, int):
            raise TypeError("The first dimension of a stack of planes is read one element at a time.")
        if index != self._last:
            forget(self._arrays[self._last])
            self._last = index
        return np.asarray(self._arrays[index][selection[1:]])


def forget(array: LazyArray) -> None:
    """Let go of what an array holds in memory, where it holds anything."""
    if isinstance(array, CachedPlanes | OnePlane | DecodedWhole):
        array.forget()
