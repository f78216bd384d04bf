"""From stored intensities to the input of a network (Greenwald et al. 2022, methods)."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from skimage.exposure import equalize_adapthist

from training.errors import InvalidConfig

Plane = npt.NDArray[np.float32]
FloatImage = npt.NDArray[np.float32]

# By how much an image of coarse pixels is enlarged.
_ENLARGEMENTS = (2, 4)

# Values kept per channel when the percentile of a large image is measured.
_MAX_SAMPLED = 32_000_000


@dataclass(frozen=True, kw_only=True)
class PreprocessConfig:
    """How intensities are made comparable between platforms.

    Parameters
    ----------
    percentile
        Brighter values than this percentile of the non-zero pixels are clipped, per image and channel.
    clahe_kernel_px
        Side of the regions of the contrast-limited adaptive histogram equalisation; 0 leaves it out.
    gamma
        Exponent on the rescaled intensities; below 1 it lifts dim instances beside bright ones.
    pixel_size_um
        Size of a pixel in the images of the training. Images of a known other size are brought to it before,
        and their labels back; None takes every image as it is.
    coarsest_um
        Pixels of a known size above this are too coarse for the network: their images are enlarged by 2 or 4,
        so that they are not, or by 4. None enlarges no image.
    max_object_px
        Instances of larger median diameter are too large for the network: their images are shrunken by 2, 4
        or 8, and their labels brought back; see `training.object_scale`. None never shrinks.
    """

    percentile: float = 99.9
    clahe_kernel_px: int = 128
    gamma: float = 1.0
    pixel_size_um: float | None = None
    coarsest_um: float | None = None
    max_object_px: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.percentile <= 100:
            raise InvalidConfig(f"percentile is {self.percentile}; choose a number above 0, at most 100.")
        if self.clahe_kernel_px < 0:
            raise InvalidConfig(f"clahe_kernel_px is {self.clahe_kernel_px}; choose 0 (none) or more.")
        if not 0 < self.gamma <= 4:
            raise InvalidConfig(f"gamma is {self.gamma}; choose a number above 0, at most 4.")
        if self.pixel_size_um is not None and not 0.01 <= self.pixel_size_um <= 100:
            raise InvalidConfig(f"pixel_size_um is {self.pixel_size_um}; choose from 0.01 to 100, or none.")
        if self.coarsest_um is not None and not 0.01 <= self.coarsest_um <= 100:
            raise InvalidConfig(f"coarsest_um is {self.coarsest_um}; choose from 0.01 to 100, or none.")
        if self.pixel_size_um is not None and self.coarsest_um is not None:
            raise InvalidConfig("pixel_size_um and coarsest_um are both given; leave one of them none.")
        if self.max_object_px is not None and not 16 <= self.max_object_px <= 1000:
            raise InvalidConfig(f"max_object_px is {self.max_object_px}; choose from 16 to 1000, or none.")

    def seen_um(self, image_um: float | None) -> float | None:
        """Return the pixel size at which the network sees an image.

        Parameters
        ----------
        image_um
            Pixel size of the image; None where unknown.

        Returns
        -------
        float or None
            None where sizes of pixels do not decide: the image is seen as it is, or shrunken when its objects
            are large.
        """
        if image_um is None:
            return None
        if self.pixel_size_um is not None:
            return self.pixel_size_um
        if self.coarsest_um is None or image_um <= self.coarsest_um:
            return None
        fine = (image_um / factor for factor in _ENLARGEMENTS)
        return next((seen for seen in fine if seen <= self.coarsest_um), image_um / _ENLARGEMENTS[-1])


@dataclass(frozen=True)
class IntensityRange:
    """The darkest value of a channel, and the percentile at which it is clipped."""

    low: float
    high: float


def measure_ranges(pieces: Iterable[FloatImage], *, config: PreprocessConfig) -> tuple[IntensityRange, ...]:
    """Measure the range of each channel of an image that is given in pieces.

    The percentile of a very large image, whose pixels need not fit into memory, is that of every n-th of
    them, with one n for all pieces.

    Parameters
    ----------
    pieces
        Float32 (row, col, channel), finite; every pixel of the image in one of them.
    """
    samples: list[_Sample] = []
    for piece in pieces:
        flat = piece.reshape(-1, piece.shape[-1])
        samples = samples or [_Sample() for _ in range(flat.shape[1])]
        for sample, values in zip(samples, flat.T, strict=True):
            sample.add(values)
    return tuple(sample.range(config.percentile) for sample in samples)


class _Sample:
    """The darkest value of a channel, and every n-th of its values that are not 0."""

    def __init__(self) -> None:
        self._low = np.inf
        self._every = 1
        self._kept: list[Plane] = []

    def add(self, values: Plane) -> None:
        """Take the values of a piece; when they become too many, n doubles for those before as well."""
        self._low = min(self._low, float(values.min(initial=np.inf)))
        self._kept.append(values[values != 0][:: self._every])
        while sum(map(len, self._kept)) > _MAX_SAMPLED:
            self._every *= 2
            self._kept = [np.concatenate(self._kept)[::2]]

    def range(self, percentile: float) -> IntensityRange:
        """Return the range up to a percentile of the values."""
        return IntensityRange(
            self._low, _percentile(np.concatenate(self._kept), percentile, otherwise=self._low)
        )


def preprocess_image(
    image: FloatImage, *, config: PreprocessConfig, ranges: Sequence[IntensityRange] | None = None
) -> FloatImage:
    """Clip, rescale and equalise each channel on its own.

    Parameters
    ----------
    image
        Float32 (row, col, channel), finite.
    ranges
        Of the image that this one is a piece of; None measures this one.

    Returns
    -------
    FloatImage
        Float32 of the same shape, each channel from 0 to 1; a constant channel is 0 everywhere.
    """
    result = np.zeros(image.shape, np.float32)
    if image.size == 0:
        return result
    for channel, extent in enumerate(ranges or measure_ranges([image], config=config)):
        scaled = _rescale(image[..., channel], extent) ** np.float32(config.gamma)
        result[..., channel] = _equalise(scaled, clahe_kernel_px=config.clahe_kernel_px)
    return result


def _percentile(values: Plane, percentile: float, *, otherwise: float) -> float:
    return float(np.percentile(values, percentile)) if values.size else otherwise


def _rescale(plane: Plane, extent: IntensityRange) -> Plane:
    """Bring [low, high] to [0, 1], clipping what is brighter; a range without extent becomes 0."""
    if not extent.high > extent.low:
        return np.zeros(plane.shape, np.float32)
    # In float64, so that a range near the limits of float32 neither overflows nor vanishes.
    scaled = (plane.astype(np.float64) - extent.low) / (extent.high - extent.low)
    return np.clip(scaled, 0.0, 1.0).astype(np.float32)


def _equalise(scaled: Plane, *, clahe_kernel_px: int) -> Plane:
    if clahe_kernel_px == 0 or min(scaled.shape) < 2 or not scaled.any():
        return scaled
    with warnings.catch_warnings():
        # scikit-image mentions lost precision when the input has few levels; that is its purpose here.
        warnings.simplefilter("ignore", UserWarning)
        equalised = equalize_adapthist(scaled, kernel_size=clahe_kernel_px)
    return np.asarray(equalised, np.float32)
