"""Arrays that are read in pieces."""

from collections.abc import Sequence
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


class StackedPlanes:
    """Arrays of one shape and dtype seen as one with a new first dimension."""

    def __init__(self, arrays: Sequence[LazyArray]) -> None:
        self._arrays = list(arrays)
        self.shape: tuple[int, ...] = (len(self._arrays), *self._arrays[0].shape)
        self.dtype = self._arrays[0].dtype

    def __getitem__(self, selection: tuple[int | slice, ...]) -> npt.NDArray[Any]:
        index = selection[0]
        if not isinstance(index, int):
            raise TypeError("The first dimension of a stack of planes is read one element at a time.")
        return np.asarray(self._arrays[index][selection[1:]])


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
