"""The labels of an image of any size while it is predicted: in a file, so that it is never held whole."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.types import Labels

_ITEM_BYTES = 4


class LabelSpool:
    """Takes the bands of every frame, counts the instances, and gives everything back as one array.

    Parameters
    ----------
    path
        The file, which must not exist.
    shape
        Frames, compartments, rows, columns.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int, int]) -> None:
        self.path = path
        self.shape = shape
        self.n_instances = [0] * shape[1]
        self._seen: list[npt.NDArray[np.bool_]] = []
        path.touch(exist_ok=False)

    def begin_frame(self) -> None:
        """From here on labels are those of another frame: equal ones are other instances."""
        self._seen = [np.zeros(1, bool) for _ in self.n_instances]

    def add(self, frame: int, row: int, planes: Sequence[Labels]) -> None:
        """Keep whole rows of a frame, int32 (row, column) for each compartment; no row comes twice."""
        _, n_planes, n_rows, n_cols = self.shape
        with self.path.open("r+b") as file:
            for number, labels in enumerate(planes):
                self._count(number, labels)
                file.seek(((frame * n_planes + number) * n_rows + row) * n_cols * _ITEM_BYTES)
                file.write(np.ascontiguousarray(labels, np.int32).data)

    def stack(self) -> Labels:
        """Return int32 (frame, compartment, row, column), mapped, once every row was kept."""
        return np.memmap(self.path, np.int32, mode="r", shape=self.shape)

    def _count(self, number: int, labels: Labels) -> None:
        seen = self._seen[number]
        missing = int(labels.max(initial=0)) + 1 - len(seen)
        if missing > 0:
            seen = np.pad(seen, (0, missing + len(seen)))
        before = int(np.count_nonzero(seen[1:]))
        for line in labels:
            seen[line] = True
        self._seen[number] = seen
        self.n_instances[number] += int(np.count_nonzero(seen[1:])) - before
