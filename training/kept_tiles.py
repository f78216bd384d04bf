"""The predicted tiles of a large FOV, compressed in memory until they are stitched."""

from collections.abc import Callable, Sequence

import numpy as np
from numcodecs.blosc import Blosc

from pipeline.types import Floats, Ints, Labels
from pipeline.windows import Window
from training.prediction import Confidences, Prediction, add_seen

# Label images are long runs of few values: the quickest codec already brings them to a few per cent.
_CODEC = Blosc(cname="lz4", clevel=1, shuffle=Blosc.BITSHUFFLE)


class KeptTiles:
    """Label images and confidences of tiles.

    Parameters
    ----------
    windows
        Where the tiles are, in the order in which they will be added.
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = windows
        self._labels: list[dict[str, bytes]] = []
        self._confidences: list[dict[str, Confidences]] = []

    def add(self, found: Prediction) -> None:
        """Keep the next tile."""
        packed = {name: _CODEC.encode(np.ascontiguousarray(plane)) for name, plane in found.labels.items()}
        self._labels.append(packed)
        self._confidences.append(found.confidences)

    def labels(self, index: int, name: str) -> Labels:
        """Return the int32 (row, col) labels of one compartment of one tile."""
        flat = np.frombuffer(_CODEC.decode(self._labels[index][name]), np.int32)
        return flat.reshape(self.windows[index].shape)

    def reader(self, name: str) -> Callable[[int], Labels]:
        """Return the function that gives the labels of a compartment by the index of the tile."""
        return lambda index: self.labels(index, name)

    def add_confidences(self, name: str, row: int, band: Labels, sums: Floats, counts: Ints) -> None:
        """Add up what the tiles thought of the instances of a band; see `add_seen`.

        Parameters
        ----------
        row
            First row of the band.
        band
            Int32 (row, col), full width, labels of the whole FOV.
        """
        for index, window in enumerate(self.windows):
            sure = self._confidences[index][name]
            top, bottom = max(row, window.row), min(row + len(band), window.row + window.height)
            if top < bottom:
                cols = slice(window.col, window.col + window.width)
                seen = self.labels(index, name)[top - window.row : bottom - window.row]
                add_seen(band[top - row : bottom - row, cols], seen, sure, sums, counts)
