"""Seeing an image at another pixel size, window by window, and bringing its labels back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from pipeline.types import Image, Labels
from pipeline.windows import Window
from training.errors import InvalidConfig

ReadImage = Callable[[Window], Image]
Places = npt.NDArray[np.int64]

# Pixels whose sizes differ by less are taken for equal.
_TOLERANCE = 0.02
# A Gaussian ends at this many sigmas.
_TRUNCATE = 4.0
_MOST_PX = 400_000


@dataclass(frozen=True)
class Scaling:
    """An image as it is stored, and as a predictor sees it.

    Parameters
    ----------
    shape, scaled
        Rows and columns, as stored and as seen. Both grids cover the same field: pixel k of the seen one is
        centred at (k + 1/2) * stored / seen - 1/2 of the stored one.
    """

    shape: tuple[int, int]
    scaled: tuple[int, int]

    def reader(self, read: ReadImage) -> ReadImage:
        """Return what reads windows of the seen image.

        Where it is smaller, the image is smoothed with sigma (stored / seen - 1) / 2 before; values between
        pixels are linear. A window shows what a window of any other size shows there.
        """
        return lambda window: self._read(read, window)

    def _read(self, read: ReadImage, window: Window) -> Image:
        places = [
            (start + np.arange(size) + 0.5) * stored / seen - 0.5
            for start, size, stored, seen in zip(
                (window.row, window.col), (window.height, window.width), self.shape, self.scaled, strict=True
            )
        ]
        sigmas = [max(0.0, (full / seen - 1) / 2) for full, seen in zip(self.shape, self.scaled, strict=True)]
        margins = [int(_TRUNCATE * sigma + 0.5) + 1 for sigma in sigmas]
        starts = [max(0, int(np.floor(p[0])) - m) for p, m in zip(places, margins, strict=True)]
        stops = [
            min(full, int(np.ceil(p[-1])) + m + 1)
            for p, m, full in zip(places, margins, self.shape, strict=True)
        ]
        image = read(Window(starts[0], starts[1], stops[0] - starts[0], stops[1] - starts[1]))
        for axis in (0, 1):
            if sigmas[axis] > 0:
                image = ndi.gaussian_filter1d(
                    image, sigmas[axis], axis=axis, mode="nearest", truncate=_TRUNCATE
                )
            image = _between(image, places[axis] - starts[axis], axis=axis)
        return np.ascontiguousarray(image, np.float32)

    def bring_back(self, row: int, band: Labels) -> tuple[int, Labels]:
        """Return rows of labels of the stored image from rows of the seen one, by the nearest pixel.

        Parameters
        ----------
        row
            First row of the band in the seen image.
        band
            Int32 (row, col), as wide as the seen image.

        Returns
        -------
        first row in the stored image, labels
            There may be no rows at all.
        """
        rows, cols = (_nearest(full, seen) for full, seen in zip(self.shape, self.scaled, strict=True))
        first, last = np.searchsorted(rows, [row, row + len(band)])
        return int(first), band[rows[first:last] - row][:, cols]


def plan_scaling(shape: tuple[int, int], *, image_um: float | None, model_um: float | None) -> Scaling | None:
    """Return how to see an image at the pixel size of a model; None when it is seen as it is.

    Parameters
    ----------
    shape
        Rows and columns of the image, each 1 or more.
    image_um, model_um
        Sizes of a pixel; None where unknown.

    Raises
    ------
    InvalidConfig
        The image would be larger than any that can be predicted.
    """
    if image_um is None or model_um is None or abs(image_um / model_um - 1) < _TOLERANCE:
        return None
    rows, cols = (max(1, round(size * image_um / model_um)) for size in shape)
    if max(rows, cols) > _MOST_PX:
        raise InvalidConfig(
            f"an image of {shape[0]} x {shape[1]} px of {image_um} um would have {rows} x {cols} px at the "
            f"model's {model_um} um; check the pixel size of the image."
        )
    return Scaling(shape, (rows, cols))


def _between(image: Image, places: npt.NDArray[np.float64], *, axis: int) -> Image:
    """Interpolate along one axis; beyond the first and the last pixel their values go on."""
    n_px = image.shape[axis]
    places = np.clip(places, 0, n_px - 1)
    before = np.minimum(places.astype(np.int64), max(n_px - 2, 0))
    weight = (places - before).astype(np.float32)
    weight = weight.reshape([-1 if k == axis else 1 for k in range(image.ndim)])
    after = np.minimum(before + 1, n_px - 1)
    return np.asarray(np.take(image, before, axis) * (1 - weight) + np.take(image, after, axis) * weight)


def _nearest(full: int, seen: int) -> Places:
    places = (2 * np.arange(full, dtype=np.int64) + 1) * seen // (2 * full)
    return np.minimum(places, seen - 1)
