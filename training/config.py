"""The frozen configs of a model: what stands in `model.json` beside its weights."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from pipeline.compartments import COMPARTMENTS
from training.config_values import config_from_dict, config_to_dict
from training.errors import InvalidConfig
from training.fit_config import FitConfig
from training.postprocess import WatershedConfig
from training.preprocess import PreprocessConfig
from training.targets import TargetConfig

__all__ = [
    "HEADS",
    "NETWORKS",
    "FitConfig",
    "MesmerConfig",
    "NetworkConfig",
    "UNetConfig",
    "config_from_dict",
    "config_to_dict",
    "network_config_from_dict",
]

HEADS = ("distance", "pixelwise")
NETWORKS = ("unet", "mesmer")
LEVELS = ("finest", "combined")

# What a network may have at most, so that a model of strangers cannot ask for all of the memory.
_MOST_CHANNELS, _MOST_LEVELS, _MOST_FILTERS, _MOST_BLOCKS = 256, 8, 1024, 64
_MOST_OF_MESMER = {
    "width": 128,
    "stem_channels": 256,
    "pyramid_filters": 1024,
    "upsample_filters": 1024,
    "head_filters": 4096,
}


@dataclass(frozen=True, kw_only=True)
class NetworkConfig(ABC):
    """What the config of every network says.

    Parameters
    ----------
    network
        Which network it is; see `NETWORKS`.
    n_channels
        Channels of the input.
    compartments
        Compartments with heads of their own, whole_cell before nuclear.
    """

    network: str
    n_channels: int = 2
    compartments: tuple[str, ...] = COMPARTMENTS
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
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
        if not 1 <= self.n_channels <= _MOST_CHANNELS:
            raise InvalidConfig(f"n_channels is {self.n_channels}; choose from 1 to {_MOST_CHANNELS}.")
        if self.fit.crop_px % self.stride_px:
            raise InvalidConfig(
                f"fit.crop_px is {self.fit.crop_px}; this {self.network} takes multiples of {self.stride_px}."
            )

    @property
    @abstractmethod
    def stride_px(self) -> int:
        """Sides of the network's input are multiples of this."""

    def watershed(self, compartment: str) -> WatershedConfig:
        """Return the post-processing of one compartment."""
        return {"whole_cell": self.whole_cell, "nuclear": self.nuclear}[compartment]

    def same_network(self, other: "NetworkConfig") -> bool:
        """Whether the weights of one fit the other, head by head."""
        return type(self) is type(other) and self == replace(
            other,
            preprocess=self.preprocess,
            targets=self.targets,
            whole_cell=self.whole_cell,
            nuclear=self.nuclear,
            fit=self.fit,
        )


@dataclass(frozen=True, kw_only=True)
class UNetConfig(NetworkConfig):
    """Everything that decides what a `unet` computes.

    Parameters
    ----------
    filters
        Channels per level, the first at half resolution, each next at half of the one before.
    head_filters
        Channels of the layer at full resolution from which all heads read.
    preprocess
        A square root instead of equalisation by default: both lift dim instances, but with a curve that is
        the same everywhere, what a tile shows does not depend on where its borders are.
    """

    network: str = "unet"
    filters: tuple[int, ...] = (16, 32, 64, 96)
    head_filters: int = 12
    preprocess: PreprocessConfig = field(
        default_factory=partial(PreprocessConfig, clahe_kernel_px=0, gamma=0.5)
    )

    def __post_init__(self) -> None:
        _check_network(self.network, "unet")
        widths = (*self.filters, self.head_filters)
        if not 1 <= len(self.filters) <= _MOST_LEVELS or not 1 <= min(widths) <= max(widths) <= _MOST_FILTERS:
            raise InvalidConfig(
                f"filters is {self.filters}, head_filters {self.head_filters}; each must be 1 to "
                f"{_MOST_FILTERS}, and there must be 1 to {_MOST_LEVELS} levels."
            )
        super().__post_init__()

    @property
    def stride_px(self) -> int:
        """Sides of the network's input are multiples of this."""
        return int(2 ** len(self.filters))


@dataclass(frozen=True, kw_only=True)
class MesmerConfig(NetworkConfig):
    """Everything that decides what a `mesmer` computes (Greenwald et al. 2022, methods).

    Parameters
    ----------
    blocks
        Bottleneck blocks of the stages C2 to C5 of the residual backbone; (3, 4, 6, 3) is ResNet50.
    width
        Channels of the backbone's stem.
    stem_channels
        Channels that the input is brought to before the backbone; None leaves them as they are.
    coordinates
        Whether two maps, of the row and of the column from 0 to 1, join the input.
    pyramid_filters
        Channels of the feature pyramid.
    depthwise
        Whether the 3 x 3 convolutions of the pyramid work on each channel alone, as the paper says; the
        program that was shipped with it used full ones.
    levels
        What the heads read: `combined`, the sum of P3 to P7 at the resolution of P3, as the paper says, or
        `finest`, P3 alone, as the shipped program did.
    upsample_filters
        Channels of the layers that bring the pyramid back to full resolution.
    head_filters
        Channels of the last layer before each answer.
    """

    network: str = "mesmer"
    blocks: tuple[int, ...] = (3, 4, 6, 3)
    width: int = 64
    stem_channels: int | None = 3
    coordinates: bool = True
    pyramid_filters: int = 256
    depthwise: bool = True
    levels: str = "combined"
    upsample_filters: int = 64
    head_filters: int = 128
    whole_cell: WatershedConfig = field(default_factory=partial(WatershedConfig.preset, "paper"))
    nuclear: WatershedConfig = field(default_factory=partial(WatershedConfig.preset, "paper"))
    fit: FitConfig = field(
        default_factory=partial(
            FitConfig,
            learning_rate=1e-4,
            fine_tune_rate=1e-4,
            schedule="exponential",
            crop_px=256,
            steps_per_epoch=325,
            epochs=100,
            patience=1.0,
            warp_share=1.0,
            max_zoom=1 / 0.7,
            zoom_per_axis=True,
            max_validation_crops=64,
        )
    )

    def __post_init__(self) -> None:
        _check_network(self.network, "mesmer")
        if len(self.blocks) != 4 or not 1 <= min(self.blocks) <= max(self.blocks) <= _MOST_BLOCKS:
            raise InvalidConfig(f"blocks is {self.blocks}; give four numbers of 1 to {_MOST_BLOCKS}.")
        for name, most in _MOST_OF_MESMER.items():
            value = getattr(self, name)
            if value is not None and not 1 <= value <= most:
                raise InvalidConfig(f"{name} is {value}; choose from 1 to {most}.")
        if self.levels not in LEVELS:
            raise InvalidConfig(f"levels is {self.levels!r}; choose one of {LEVELS}.")
        super().__post_init__()

    @property
    def stride_px(self) -> int:
        """Sides of the network's input are multiples of this: C5 is at 1/32, P7 at 1/128."""
        return 128 if self.levels == "combined" else 32


_CONFIGS: dict[str, type[NetworkConfig]] = {"unet": UNetConfig, "mesmer": MesmerConfig}


def network_config_from_dict(values: Mapping[str, Any], *, where: str = "the config") -> NetworkConfig:
    """Build the config of a network; `network` says which, `unet` when it is absent.

    Raises
    ------
    InvalidConfig
        The network or a key is unknown, a value has the wrong type or is out of range.
    """
    if not isinstance(values, Mapping):
        raise InvalidConfig(f"{where} is {type(values).__name__}; it must be an object of settings.")
    network = values.get("network", "unet")
    if not isinstance(network, str) or network not in NETWORKS:
        raise InvalidConfig(f"{where}: network is {network!r}; choose one of {NETWORKS}.")
    return config_from_dict(_CONFIGS[network], values, where=where)


def _check_network(found: str, wanted: str) -> None:
    if found != wanted:
        raise InvalidConfig(f"network is {found!r}; the config of a {wanted} says {wanted!r}.")
