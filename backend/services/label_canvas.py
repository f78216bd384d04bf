"""The label images of one FOV while they are made: files on this machine's disk, mapped into memory.

Stitched bands and tiles are painted here, then numbered, checked and stored; a whole FOV is never held.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.services.label_renumbering import Renumbering, plan_matching
from pipeline.compartments import COMPARTMENTS
from pipeline.contingency import index_labels
from pipeline.io.ngff_write import BLOCK_COLS, BLOCK_ROWS
from pipeline.io.ome_zarr import LabelBlock
from pipeline.io.pyramid import blocks
from pipeline.label_planes import ArrayPlane, LabelPlane
from pipeline.labels import map_labels
from pipeline.types import Labels

_HASHED_ROWS = 512


class LabelCanvas:
    """One int32 array (frame, row, col) per compartment, all background at first."""

    def __init__(self, folder: Path, compartments: Sequence[str], shape: tuple[int, int, int]) -> None:
        self.folder = folder
        self.shape = shape
        self.compartments = tuple(name for name in COMPARTMENTS if name in compartments)
        self.planes: dict[str, Labels] = {
            name: np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=np.int32, shape=shape)
            for name in self.compartments
        }

    def plane(self, name: str, frame: int) -> ArrayPlane:
        """One frame of a compartment, to be read in parts."""
        return ArrayPlane(self.planes[name][frame])

    def frame(self, frame: int) -> dict[str, LabelPlane]:
        """One frame of every compartment, to be read in parts."""
        return {name: self.plane(name, frame) for name in self.compartments}

    def match(self) -> dict[str, Renumbering]:
        """Give a nucleus and the cell it belongs to one label; how labels were renamed, by compartment.

        Nothing changes where there is one compartment only.
        """
        if len(self.compartments) < 2:
            return {}
        renumberings = plan_matching(self.planes)
        for name, renumbering in renumberings.items():
            self._renumber(name, renumbering)
        return renumberings

    def _renumber(self, name: str, renumbering: Renumbering) -> None:
        for plane in self.planes[name]:
            for row in range(0, len(plane), _HASHED_ROWS):
                rows = slice(row, row + _HASHED_ROWS)
                plane[rows] = map_labels(np.asarray(plane[rows]), old=renumbering.old, new=renumbering.new)

    def count(self, name: str) -> int:
        """Number of instances; one that spans frames counts once."""
        return len(index_labels(self.planes[name]).labels)

    def checksum(self, name: str) -> str:
        """sha256 of the labels as little-endian uint32, (frame, row, col) in C order."""
        digest = hashlib.sha256()
        for plane in self.planes[name]:
            for row in range(0, len(plane), _HASHED_ROWS):
                digest.update(_wire_bytes(plane[row : row + _HASHED_ROWS]))
        return digest.hexdigest()

    def blocks(self, name: str) -> Iterator[LabelBlock]:
        """The labels of a compartment in blocks, for `pipeline.io.ome_zarr.write_labels`."""
        _, rows, cols = self.shape
        for frame, plane in enumerate(self.planes[name]):
            for window in blocks(rows, cols, height=BLOCK_ROWS, width=BLOCK_COLS):
                yield frame, window, np.asarray(plane[window.slices])


def _wire_bytes(labels: npt.NDArray[np.int32]) -> bytes:
    return np.ascontiguousarray(labels).astype("<u4").tobytes()


@contextmanager
def label_canvas(compartments: Sequence[str], shape: tuple[int, int, int]) -> Iterator[LabelCanvas]:
    """A canvas in a temporary folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="cytoloop-labels-") as folder:
        yield LabelCanvas(Path(folder), compartments, shape)
