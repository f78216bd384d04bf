"""Findings, and the thresholds that a project sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from pipeline.errors import InvalidSetting

SEVERITIES = ("info", "warning", "error")
# Of any threshold; also what a float holds without loss.
_LARGEST = 2**53


@dataclass(frozen=True)
class Finding:
    """One result of a rule.

    Parameters
    ----------
    rule : str
        Name of the rule.
    severity : str
        One of `SEVERITIES`.
    compartment : str or None
        The compartment; None for the whole image.
    label : int or None
        The instance; None for the whole image.
    row, col : int
        A pixel of the instance, near its middle where it can be; else the middle of the image.
    message : str
        What was found, for a person.
    value : float
        The measure that passed its threshold.
    """

    rule: str
    severity: str
    compartment: str | None
    label: int | None
    row: int
    col: int
    message: str
    value: float

    def to_json(self) -> dict[str, Any]:
        """Give the finding as numbers and texts."""
        return asdict(self)


@dataclass(frozen=True)
class QcThresholds:
    """Thresholds of the rules.

    Parameters
    ----------
    min_area_px : int
        An instance of fewer pixels is small.
    min_cells : int
        An image of fewer cells is dropped.
    max_hole_px : int
        Holes of an instance may have this many pixels in all.
    max_outside : float
        Share of a nucleus that may lie outside its cell, 0 to 1.
    seam_px, seam_share : int, float
        A straight cut along a crop border is a seam from this many pixels on, when it is also at least this
        share of the instance's extent along the border, 0 to 1.
    size_z, shape_z : float
        Robust z beyond which size and shape are outliers.
    min_outlier_cells : int
        Outliers are looked for among at least this many instances.
    """

    min_area_px: int = 15
    min_cells: int = 20
    max_hole_px: int = 0
    max_outside: float = 0.2
    seam_px: int = 8
    seam_share: float = 0.6
    size_z: float = 5.0
    shape_z: float = 6.0
    min_outlier_cells: int = 20

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name), whole=isinstance(field.default, int))

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> QcThresholds:
        """Read the thresholds that a project sets; the others keep their defaults.

        Raises
        ------
        InvalidSetting
            When a name is unknown, or a value is no number or out of its range.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(set(settings) - set(known))
        if unknown:
            raise InvalidSetting(f"No QC threshold {', '.join(unknown)}; there are {', '.join(known)}.")
        return cls(**settings)


def _check(name: str, value: Any, *, whole: bool) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= _LARGEST or (whole and value != int(value)):
        kind = "whole number" if whole else "number"
        raise InvalidSetting(f"The QC threshold {name} is {value!r}; give a {kind} of 0 or more.")
    if name in ("max_outside", "seam_share") and value > 1:
        raise InvalidSetting(f"The QC threshold {name} is {value}; give a share from 0 to 1.")
