"""The plain way to predict that the fast one is measured against: scikit-image around a network.

Greenwald et al. 2022, methods: percentiles and equalisation, squares of 256 px that overlap by a quarter, and
the deep watershed with morphological reconstruction.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.exposure import equalize_adapthist, rescale_intensity
from skimage.measure import label, regionprops
from skimage.morphology import disk, reconstruction, remove_small_holes, remove_small_objects
from skimage.segmentation import relabel_sequential, watershed

from pipeline.types import Labels
from training.postprocess import WatershedConfig

FloatArray = npt.NDArray[np.float32]


def prepare(image: FloatArray, *, percentile: float = 99.9, kernel_px: int = 128) -> FloatArray:
    """Clip at a percentile of non-zero pixels, rescale and equalise each channel; (row, col, channel)."""
    prepared = np.zeros(image.shape, np.float32)
    for channel in range(image.shape[-1]):
        plane = image[..., channel]
        if plane.any():
            clipped = np.minimum(plane, np.percentile(plane[plane != 0], percentile))
            scaled = rescale_intensity(clipped, out_range=(0.0, 1.0))
            prepared[..., channel] = equalize_adapthist(scaled, kernel_size=kernel_px)
    return prepared


def predict_maps(model: Any, image: FloatArray, *, tile_px: int = 256, step_px: int = 192) -> FloatArray:
    """Run a Keras model over squares in batches of four, and average where they overlap.

    Returns
    -------
    FloatArray
        Float32 (row, col, map): per compartment the inner distance and the probability of the interior.
    """
    shape = image.shape[:2]
    starts = [[*range(0, max(size - tile_px, 0) + step_px, step_px)] for size in shape]
    padding = [(0, axis[-1] + tile_px - size) for axis, size in zip(starts, shape, strict=True)]
    padded = np.pad(image, [*padding, (0, 0)])
    places = [(row, col) for row in starts[0] for col in starts[1]]
    sums, counts = np.zeros((*padded.shape[:2], 4), np.float32), np.zeros((*padded.shape[:2], 1), np.float32)
    for first in range(0, len(places), 4):
        batch = places[first : first + 4]
        tiles = np.stack([padded[row : row + tile_px, col : col + tile_px] for row, col in batch])
        answers = model.predict_on_batch(tiles)
        for index, (row, col) in enumerate(batch):
            place = (slice(row, row + tile_px), slice(col, col + tile_px))
            sums[place] += np.stack([_plane(answers[name], name, index) for name in _HEADS], axis=-1)
            counts[place] += 1
    return np.asarray((sums / counts)[: shape[0], : shape[1]], np.float32)


_HEADS = ("whole_cell_distance", "whole_cell_pixelwise", "nuclear_distance", "nuclear_pixelwise")


def _plane(answer: FloatArray, name: str, index: int) -> FloatArray:
    return answer[index, ..., 1 if name.endswith("pixelwise") else 0]


def label_instances(maxima: FloatArray, interior: FloatArray, *, config: WatershedConfig) -> Labels:
    """Find the instances of two maps (row, col) with the functions of scikit-image alone."""
    if config.maxima_smooth_px:
        maxima = ndi.gaussian_filter(maxima, config.maxima_smooth_px, mode="nearest")
    if config.interior_smooth_px:
        interior = ndi.gaussian_filter(interior, config.interior_smooth_px, mode="nearest")
    lit = np.maximum(maxima, 0)
    lowered = lit - np.float32(config.maxima_threshold)
    # The reconstruction leaves the tops of the hills that count where they were lowered to.
    tops = reconstruction(lowered, lit, footprint=disk(config.radius_px)) == lowered
    markers = label(tops & (lowered >= 0), connectivity=2)
    found = watershed(-interior, markers, mask=interior > config.interior_threshold, connectivity=1)
    found = remove_small_objects(found, max_size=config.small_objects_px - 1)
    for instance in regionprops(found):
        if instance.euler_number < 1:
            filled = remove_small_holes(instance.image, max_size=config.fill_holes_px)
            found[instance.slice][filled] = instance.label
    return np.asarray(relabel_sequential(found)[0], np.int32)
