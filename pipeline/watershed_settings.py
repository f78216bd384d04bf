"""The parameters of the deep watershed, as people set them: by name, checked, with named presets."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from pipeline.compartments import COMPARTMENTS, NUCLEAR, WHOLE_CELL
from pipeline.errors import InvalidSetting

MARKERS = ("h_maxima", "peaks")
PRESET = "preset"
_OWN = {"maxima_threshold": 0.075, "interior_smooth_px": 1.0, "growth_px": 1}
_PAPER = {"small_objects_px": 10, "fill_holes_px": 10, "radius_px": 3}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "default": {WHOLE_CELL: _OWN, NUCLEAR: _OWN},
    "mesmer": {
        WHOLE_CELL: {"maxima_threshold": 0.075, "interior_threshold": 0.2},
        NUCLEAR: {"maxima_threshold": 0.1, "interior_threshold": 0.2},
    },
    "paper": {WHOLE_CELL: _PAPER, NUCLEAR: _PAPER},
}
"""By name and compartment what differs from `WatershedSettings()`: this project's own, those that Mesmer was
shipped with, and those of the paper's benchmarks (Greenwald et al. 2022)."""


@dataclass(frozen=True, kw_only=True)
class WatershedSettings:
    """Every parameter of the deep watershed.

    Parameters
    ----------
    maxima_threshold
        Least height of a hill of the inner distance map above the saddle to a higher one; with `peaks`, least
        value of a peak.
    maxima_smooth_px, interior_smooth_px
        Sigma of the Gaussian on the inner distance map and on the interior map; 0 leaves it out.
    interior_threshold
        Least interior probability of a pixel that belongs to an instance.
    radius_px
        Pixels this near are neighbours when hills are separated; with `peaks`, least distance of two peaks.
    markers
        `h_maxima`, or `peaks` for local maxima at a distance.
    pixel_expansion
        Pixels by which the interior map is dilated first.
    growth_px
        Pixels by which the instances grow into the background at the end; 1 gives back the rim that the
        target of the interior leaves out, without joining neighbours.
    small_objects_px, fill_holes_px
        Smaller instances are removed and smaller holes filled.

    Raises
    ------
    InvalidSetting
        A value is out of its range.
    """

    maxima_threshold: float = 0.1
    maxima_smooth_px: float = 0.0
    interior_threshold: float = 0.3
    interior_smooth_px: float = 2.0
    radius_px: int = 2
    markers: str = "h_maxima"
    pixel_expansion: int = 0
    growth_px: int = 0
    small_objects_px: int = 15
    fill_holes_px: int = 15

    def __post_init__(self) -> None:
        if self.markers not in MARKERS:
            raise InvalidSetting(f"markers is {self.markers!r}; choose 'h_maxima' or 'peaks'.")
        for name in ("maxima_threshold", "interior_threshold"):
            if not 0 < getattr(self, name) < 1:
                raise InvalidSetting(f"{name} is {getattr(self, name)}; choose a number between 0 and 1.")
        for name, most in _MOST.items():
            if not 0 <= getattr(self, name) <= most:
                raise InvalidSetting(f"{name} is {getattr(self, name)}; choose from 0 to {most}.")
        if not 1 <= self.radius_px <= 50:
            raise InvalidSetting(f"radius_px is {self.radius_px}; choose from 1 to 50.")


_MOST = {
    "maxima_smooth_px": 50,
    "interior_smooth_px": 50,
    "pixel_expansion": 50,
    "growth_px": 50,
    "small_objects_px": 1_000_000,
    "fill_holes_px": 1_000_000,
}
_KINDS: dict[str, type] = {item.name: type(item.default) for item in fields(WatershedSettings)}


def check_watershed(values: object, *, where: str = "the watershed") -> dict[str, Any]:
    """Check what people set of the parameters of one compartment.

    Parameters
    ----------
    values
        Values by name; `preset` names the set that the others change.
    where
        Names the place in messages.

    Returns
    -------
    dict
        The values, whole numbers as floats where the parameter is one.

    Raises
    ------
    InvalidSetting
        A name is unknown, a value has another type or is out of its range.
    """
    if not isinstance(values, Mapping):
        raise InvalidSetting(f"{where} is {values!r}; give parameters by name.")
    unknown = sorted(str(name) for name in set(values) - {PRESET, *_KINDS})
    if unknown:
        raise InvalidSetting(
            f"{where} has no parameter {', '.join(unknown)}; known are {', '.join((PRESET, *_KINDS))}."
        )
    if values.get(PRESET, "default") not in PRESETS:
        raise InvalidSetting(f"{where}: preset is {values[PRESET]!r}; choose from {', '.join(PRESETS)}.")
    checked = {name: _as_kind(name, value, where=where) for name, value in values.items() if name != PRESET}
    try:
        WatershedSettings(**checked)
    except InvalidSetting as error:
        raise InvalidSetting(f"{where}: {error}") from error
    return {PRESET: values[PRESET], **checked} if PRESET in values else checked


def check_postprocessing(values: object) -> dict[str, dict[str, Any]]:
    """Check the setting `postprocessing`: by compartment, what `check_watershed` takes.

    Raises
    ------
    InvalidSetting
        A compartment is unknown, or as `check_watershed`.
    """
    if not isinstance(values, Mapping):
        raise InvalidSetting(f"postprocessing is {values!r}; give parameters by compartment.")
    unknown = sorted(str(name) for name in set(values) - set(COMPARTMENTS))
    if unknown:
        raise InvalidSetting(
            f"postprocessing has no {', '.join(unknown)}; known are {', '.join(COMPARTMENTS)}."
        )
    return {name: check_watershed(values[name], where=f"postprocessing: {name}") for name in values}


def _as_kind(name: str, value: object, *, where: str) -> Any:
    kind = _KINDS[name]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        # A whole number that no float holds stays one, and is refused for its range.
        return float(value) if abs(value) <= sys.float_info.max else value
    finite = not isinstance(value, float) or math.isfinite(value)
    if type(value) is not kind or not finite:
        raise InvalidSetting(f"{where}: {name} is {value!r}; it must be {_WORDS[kind]}.")
    return value


_WORDS: dict[type, str] = {float: "a number", int: "a whole number", str: "a word"}
