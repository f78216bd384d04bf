"""Choosing thresholds of the watershed on crops with truth.

How high a hill must be and how likely an interior depends on the size of the cells and on how far a network
has been trained; the two thresholds that matter are therefore measured at the end of each run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.metrics import pool_scores
from pipeline.types import Labels
from training.config import UNetConfig
from training.evaluate import score_known
from training.postprocess import WatershedConfig, deep_watershed

MAXIMA_THRESHOLDS = (0.05, 0.1, 0.2)
INTERIOR_THRESHOLDS = (0.2, 0.3, 0.4)

# A better F1 by less than this may be chance, and the config stays as it is.
_LEAST_GAIN = 0.015

FloatPlane = npt.NDArray[np.float32]
Config = TypeVar("Config", UNetConfig, WatershedConfig)


@dataclass(frozen=True)
class TuningSample:
    """What the network says about one crop, and the truth.

    maps : per compartment inner distance and interior probability, float32 (row, col)
    labels : int32 (row, col, compartment), compartments as in the config; -1 where there is no truth
    """

    maps: dict[str, tuple[FloatPlane, FloatPlane]]
    labels: Labels


def tune_watershed(
    samples: Sequence[TuningSample], *, config: UNetConfig
) -> tuple[UNetConfig, dict[str, float]]:
    """Choose maxima and interior threshold of each compartment by F1 at IoU 0.5, one after the other.

    Returns
    -------
    config, f1
        The config with the thresholds chosen, and per compartment with truth the F1 they give.
    """
    reached: dict[str, float] = {}
    for plane, compartment in enumerate(config.compartments):
        pairs = [
            (sample.maps[compartment], sample.labels[..., plane])
            for sample in samples
            if compartment in sample.maps and (sample.labels[..., plane] > 0).any()
        ]
        if pairs:
            chosen, reached[compartment] = _tune(pairs, start=config.watershed(compartment))
            config = _with(config, compartment, chosen)
    return config, reached


def _tune(
    pairs: list[tuple[tuple[FloatPlane, FloatPlane], Labels]], *, start: WatershedConfig
) -> tuple[WatershedConfig, float]:
    best, best_f1 = start, _f1(pairs, start)
    for name, values in (
        ("maxima_threshold", MAXIMA_THRESHOLDS),
        ("interior_threshold", INTERIOR_THRESHOLDS),
    ):
        origin = best
        for value in values:
            candidate = _with(origin, name, value)
            f1 = best_f1 if candidate == origin else _f1(pairs, candidate)
            if f1 > best_f1 + _LEAST_GAIN:
                best, best_f1 = candidate, f1
    return best, best_f1


def _with(config: Config, name: str, value: object) -> Config:
    changed: dict[str, Any] = {name: value}
    return replace(config, **changed)


def _f1(pairs: list[tuple[tuple[FloatPlane, FloatPlane], Labels]], config: WatershedConfig) -> float:
    scores = [
        score_known(truth, deep_watershed(distance, interior, config=config), iou=0.5)
        for (distance, interior), truth in pairs
    ]
    return pool_scores(scores).f1
