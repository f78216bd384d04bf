"""From the maps of a network to label images: the marker-based watershed of Greenwald et al. 2022."""

from training.postprocess.clean import fill_small_holes, grow, number, remove_small
from training.postprocess.config import WatershedConfig
from training.postprocess.deep_watershed import deep_watershed
from training.postprocess.flooding import flood
from training.postprocess.hills import h_maxima

__all__ = [
    "WatershedConfig",
    "deep_watershed",
    "fill_small_holes",
    "flood",
    "grow",
    "h_maxima",
    "number",
    "remove_small",
]
