"""The steps of the deep watershed, one after the other."""

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.feature import peak_local_max
from skimage.measure import label as label_components

from pipeline.types import Labels, Mask
from training.postprocess.clean import fill_small_holes, grow, number, remove_small
from training.postprocess.config import WatershedConfig
from training.postprocess.flooding import flood
from training.postprocess.hills import h_maxima

FloatPlane = npt.NDArray[np.float32]


def deep_watershed(maxima: FloatPlane, interior: FloatPlane, *, config: WatershedConfig) -> Labels:
    """Label the instances of one compartment.

    Parameters
    ----------
    maxima
        Inner distance map, float32 (row, col); one hill per instance.
    interior
        Probability of the class interior, float32 (row, col).

    Returns
    -------
    Labels
        Int32 (row, col), numbered from 1 in the order of the markers. Foreground that no marker reaches along
        rows and columns stays background.
    """
    if maxima.size == 0:
        return np.zeros(maxima.shape, np.int32)
    if config.maxima_smooth_px:
        maxima = ndi.gaussian_filter(maxima, config.maxima_smooth_px, mode="nearest")
    if config.interior_smooth_px:
        interior = ndi.gaussian_filter(interior, config.interior_smooth_px, mode="nearest")
    if config.pixel_expansion:
        interior = ndi.grey_dilation(interior, size=2 * config.pixel_expansion + 1)
    foreground = interior > config.interior_threshold
    markers = label_components(_find_markers(maxima, config=config), connectivity=2)
    labels = flood(interior, markers, mask=foreground)
    kept = remove_small(labels, min_px=config.small_objects_px)
    filled = fill_small_holes(kept, max_px=config.fill_holes_px)
    return number(grow(filled, n_px=config.growth_px))


def _find_markers(maxima: FloatPlane, *, config: WatershedConfig) -> Mask:
    if config.markers == "h_maxima":
        return h_maxima(maxima, height=config.maxima_threshold, radius_px=config.radius_px)
    peaks = peak_local_max(
        maxima,
        min_distance=config.radius_px,
        threshold_abs=config.maxima_threshold,
        exclude_border=False,
    )
    mask = np.zeros(maxima.shape, bool)
    mask[tuple(peaks.T)] = True
    return mask
