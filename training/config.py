"""The frozen configs of a model: what stands in `model.json` beside its weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import partial
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pipeline.compartments import COMPARTMENTS
from training.errors import InvalidConfig
from training.postprocess import WatershedConfig
from training.preprocess import PreprocessConfig
from training.targets import TargetConfig

Config = TypeVar("Config")
HEADS = ("distance", "pixelwise")


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """How weights are found; none of it is needed to predict.

    Parameters
    ----------
    learning_rate
        Highest rate of Adam; it falls along a cosine to `final_rate_fraction` of itself over the budget.
    clip_norm
        Limit of the norm of each gradient.
    crop_px
        Side of the squares cut from the crops of a dataset version; a multiple of 16.
    steps_per_epoch
        Steps between two validations. An epoch is this many steps, whatever the size of the dataset.
    epochs
        Budget where neither epochs nor minutes are given.
    patience
        Share of the budget without a better validation loss after which a run ends.
    warp_share
        Share of the squares that are rotated by any angle and zoomed; all are flipped and turned by quarters.
    max_zoom
        Largest factor by which a warped square is enlarged or shrunken.
    max_validation_crops
        Crops of the validation split that are looked at per epoch, spread evenly.
    """

    learning_rate: float = 1e-2
    final_rate_fraction: float = 0.02
    clip_norm: float = 0.001
    batch_size: int = 8
    crop_px: int = 128
    steps_per_epoch: int = 40
    epochs: int = 40
    patience: float = 0.4
    warp_share: float = 0.5
    max_zoom: float = 1.5
    max_validation_crops: int = 12

    def __post_init__(self) -> None:
        for name in ("batch_size", "steps_per_epoch", "epochs", "max_validation_crops"):
            if getattr(self, name) < 1:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose 1 or more.")
        if self.crop_px < 16 or self.crop_px % 16:
            raise InvalidConfig(f"crop_px is {self.crop_px}; choose a multiple of 16.")
        if not 0 < self.learning_rate <= 1:
            raise InvalidConfig(f"learning_rate is {self.learning_rate}; choose a number above 0, at most 1.")
        if not 0 < self.patience <= 1:
            raise InvalidConfig(f"patience is {self.patience}; choose a share above 0, at most 1.")
        if not 1 <= self.max_zoom <= 4:
            raise InvalidConfig(f"max_zoom is {self.max_zoom}; choose a number from 1 to 4.")


@dataclass(frozen=True, kw_only=True)
class UNetConfig:
    """Everything that decides what a `unet` computes.

    Parameters
    ----------
    compartments
        Compartments with heads of their own, whole_cell before nuclear.
    filters
        Channels per level, the first at half resolution, each next at half of the one before.
    head_filters
        Channels of the layer at full resolution from which all heads read.
    preprocess
        A square root instead of equalisation by default: both lift dim instances, but with a curve that is
        the same everywhere, what a tile shows does not depend on where its borders are.
    """

    n_channels: int = 2
    compartments: tuple[str, ...] = COMPARTMENTS
    filters: tuple[int, ...] = (16, 32, 64, 96)
    head_filters: int = 12
    preprocess: PreprocessConfig = field(
        default_factory=partial(PreprocessConfig, clahe_kernel_px=0, gamma=0.5)
    )
    targets: TargetConfig = field(default_factory=TargetConfig)
    whole_cell: WatershedConfig = field(default_factory=partial(WatershedConfig.preset, "whole_cell"))
    nuclear: WatershedConfig = field(default_factory=partial(WatershedConfig.preset, "nuclear"))
    fit: FitConfig = field(default_factory=FitConfig)

    def __post_init__(self) -> None:
        known = tuple(name for name in COMPARTMENTS if name in self.compartments)
        if not known or known != self.compartments:
            raise InvalidConfig(
                f"compartments is {self.compartments}; choose from {COMPARTMENTS}, in this order."
            )
        if self.n_channels < 1 or self.head_filters < 1 or not self.filters or min(self.filters) < 1:
            raise InvalidConfig(
                f"n_channels is {self.n_channels}, filters {self.filters}, head_filters {self.head_filters}; "
                "each must be 1 or more, and there must be at least one level."
            )

    @property
    def stride_px(self) -> int:
        """Sides of the network's input are multiples of this."""
        return int(2 ** len(self.filters))

    def watershed(self, compartment: str) -> WatershedConfig:
        """Return the post-processing of one compartment."""
        return {"whole_cell": self.whole_cell, "nuclear": self.nuclear}[compartment]


def config_to_dict(config: Any) -> dict[str, Any]:
    """Turn a frozen config into JSON-able values."""
    return asdict(config)


def config_from_dict(kind: type[Config], values: Mapping[str, Any], *, where: str = "the config") -> Config:
    """Build a frozen config, refusing what it does not know.

    Parameters
    ----------
    kind
        A config dataclass; fields that are configs themselves take mappings, tuples take lists.
    values
        Settings by name; absent ones keep their defaults.
    where
        How the message names the place of a wrong setting.

    Raises
    ------
    InvalidConfig
        A key is unknown, a value has the wrong type or is out of range.
    """
    if not isinstance(values, Mapping):
        raise InvalidConfig(f"{where} is {type(values).__name__}; it must be an object of settings.")
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise InvalidConfig(f"{where} has unknown settings {unknown}; known ones are {names}.")
    arguments = {
        name: _convert(hints[name], value, where=f"{where}: {name}") for name, value in values.items()
    }
    return kind(**arguments)


def _convert(hint: Any, value: Any, *, where: str) -> Any:
    if is_dataclass(hint):
        return config_from_dict(hint, value, where=where)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise InvalidConfig(f"{where} is {value!r}; it must be a list.")
        return tuple(_convert(get_args(hint)[0], item, where=where) for item in value)
    allowed = get_args(hint) or (hint,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        wanted = " or ".join(kind.__name__ for kind in allowed)
        raise InvalidConfig(f"{where} is {value!r}; it must be {wanted}.")
    return value
