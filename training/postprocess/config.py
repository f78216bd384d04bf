"""The frozen parameters of the deep watershed that a model carries."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import InvalidSetting
from pipeline.watershed_settings import PRESET, PRESETS, WatershedSettings, check_watershed
from training.errors import InvalidConfig

_NAMED = {
    "whole_cell": ("default", "whole_cell"),
    "nuclear": ("default", "nuclear"),
    "mesmer_whole_cell": ("mesmer", "whole_cell"),
    "mesmer_nuclear": ("mesmer", "nuclear"),
    "paper": ("paper", "whole_cell"),
}


@dataclass(frozen=True, kw_only=True)
class WatershedConfig(WatershedSettings):
    """Every parameter of the deep watershed; see `WatershedSettings`.

    Raises
    ------
    InvalidConfig
        A value is out of its range.
    """

    def __post_init__(self) -> None:
        try:
            super().__post_init__()
        except InvalidSetting as error:
            raise InvalidConfig(str(error)) from error

    @classmethod
    def preset(cls, name: str) -> "WatershedConfig":
        """Return a named set: this project's per compartment, Mesmer's as shipped, or the paper's."""
        preset, compartment = _NAMED[name]
        return cls(**PRESETS[preset][compartment])

    def changed(self, values: Mapping[str, Any], *, compartment: str) -> "WatershedConfig":
        """Return these parameters with some of them set anew.

        Parameters
        ----------
        values
            By name; with `preset`, the others change that set instead of this one.

        Raises
        ------
        InvalidConfig
            As `pipeline.watershed_settings.check_watershed`.
        """
        try:
            checked = check_watershed(values, where=f"the watershed of {compartment}")
        except InvalidSetting as error:
            raise InvalidConfig(str(error)) from error
        preset = checked.pop(PRESET, None)
        base = self if preset is None else WatershedConfig(**PRESETS[preset][compartment])
        return replace(base, **checked)
