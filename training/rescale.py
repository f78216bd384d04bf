"""Seeing an image at another pixel size, window by window, and bringing its labels back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from pipeline.types import Image, Labels, LabelSet
from pipeline.windows import Window
from training.errors import InvalidConfig
from training.smooth_labels import REACH_PX, enlarge_labels

ReadImage = Callable[[Window], Image]
Places = npt.NDArray[np.float64]

# Pixels whose sizes differ by less are taken for equal.
_TOLERANCE = 0.02
# A Gaussian ends at this many sigmas.
_TRUNCATE = 4.0
_MOST_PX = 400_000
# Stored pixels that are read or given at once, about, however many of them make one seen pixel.
_AT_ONCE_PX = 8_000_000


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
        pixels are linear. A window shows what a window of any other size shows there. Memory is bounded by
        the window, not by the stored pixels that it shows.
        """
        return lambda window: self._read(read, window)

    def see(self, image: Image) -> Image:
        """Return the whole seen image."""
        return self._read(lambda window: image[window.slices], Window(0, 0, *self.scaled))

    def see_labels(self, labels: Labels) -> Labels:
        """Return labels, int32 (row, col, ...), as the seen image has them: those of the nearest pixels."""
        rows, cols = (
            ((2 * np.arange(seen) + 1) * full // (2 * seen))
            for full, seen in zip(self.shape, self.scaled, strict=True)
        )
        return labels[rows][:, cols]

    def _read(self, read: ReadImage, window: Window) -> Image:
        magnified = self.shape[0] * self.shape[1] / (self.scaled[0] * self.scaled[1])
        step = max(1, int(_AT_ONCE_PX / (magnified * window.width)))
        cuts = [*range(0, window.height, step), window.height]
        return np.concatenate(
            [
                self._read_rows(read, Window(window.row + start, window.col, stop - start, window.width))
                for start, stop in pairwise(cuts)
            ]
        )

    def _read_rows(self, read: ReadImage, window: Window) -> Image:
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

    def bring_back(self, labels: LabelSet) -> LabelSet:
        """Return the labels of the whole stored image; see `BandsBroughtBack`."""
        brought = [planes for _, planes in BandsBroughtBack(self).add(labels)]
        return {name: np.concatenate([planes[name] for planes in brought]) for name in labels}


class BandsBroughtBack:
    """Gives the labels of a stored image from those of the seen one, with smooth outlines.

    A stored pixel takes the label that weighs most around its place in the seen image; see
    `training.smooth_labels.enlarge_labels`. Bands of other heights give the same labels; only a little more
    than a band is held.
    """

    def __init__(self, scaling: Scaling) -> None:
        self._n_seen = scaling.scaled[0]
        self._rows, self._cols = (
            (np.arange(full) + 0.5) * seen / full - 0.5
            for full, seen in zip(scaling.shape, scaling.scaled, strict=True)
        )
        self._held: LabelSet = {}
        self._top = self._done = 0

    def add(self, band: LabelSet) -> Iterator[tuple[int, LabelSet]]:
        """Take the next band, and give what can be told now.

        Parameters
        ----------
        band
            Int32 (row, col) per compartment, as wide as the seen image; bands come from the top, without a
            gap.

        Yields
        ------
        first row in the stored image, labels
            From the top, without a gap; of a few million pixels each, or a single seen row.
        """
        n_rows = len(next(iter(band.values())))
        step = max(1, int(_AT_ONCE_PX * self._n_seen / (len(self._rows) * len(self._cols))))
        for start in range(0, n_rows, step):
            told = self._add_rows({name: plane[start : start + step] for name, plane in band.items()})
            if told is not None:
                yield told

    def _add_rows(self, band: LabelSet) -> tuple[int, LabelSet] | None:
        if self._held:
            band = {name: np.concatenate([self._held[name], plane]) for name, plane in band.items()}
        end = self._top + len(next(iter(band.values())))
        n_rows = len(self._rows)
        ready = n_rows if end == self._n_seen else int(np.searchsorted(self._rows, end - REACH_PX))
        brought = {
            name: enlarge_labels(plane, self._rows[self._done : ready] - self._top, self._cols)
            for name, plane in band.items()
        }
        begun, self._done = self._done, ready
        needed = end if ready == n_rows else int(np.floor(self._rows[ready])) - REACH_PX + 1
        kept = min(max(self._top, needed), end)
        self._held = {name: plane[kept - self._top :] for name, plane in band.items()}
        self._top = kept
        return (begun, brought) if ready > begun else None


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


def plan_shrink(shape: tuple[int, int], shrink: int) -> Scaling | None:
    """Return how to see an image shrunken by a whole factor; None when it is seen as it is.

    Parameters
    ----------
    shape
        Rows and columns of the image, each 1 or more.
    shrink
        Stored pixels along the side of a seen one.
    """
    if shrink == 1:
        return None
    rows, cols = (max(1, round(size / shrink)) for size in shape)
    return Scaling(shape, (rows, cols))


def _between(image: Image, places: Places, *, axis: int) -> Image:
    """Interpolate along one axis; beyond the first and the last pixel their values go on."""
    n_px = image.shape[axis]
    places = np.clip(places, 0, n_px - 1)
    before = np.minimum(places.astype(np.int64), max(n_px - 2, 0))
    weight = (places - before).astype(np.float32)
    weight = weight.reshape([-1 if k == axis else 1 for k in range(image.ndim)])
    after = np.minimum(before + 1, n_px - 1)
    return np.asarray(np.take(image, before, axis) * (1 - weight) + np.take(image, after, axis) * weight)
