"""The network of Mesmer (Greenwald et al. 2022, methods): ResNet50, feature pyramid, semantic heads."""

from typing import Any

from training.config import MesmerConfig
from training.keras_backend import keras, layers
from training.networks.coordinates import Coordinates
from training.networks.heads import add_heads
from training.networks.pyramid import combine_levels, pyramid_levels
from training.networks.resnet import resnet_stages

# Keras is untyped: a model of it, and a tensor of its backend.
Model = Any
Tensor = Any

# P3, which the heads read, is at 1/8 of the resolution.
_N_DOUBLINGS = 3
_N_LEVELS = 5


def build_mesmer(config: MesmerConfig, image: Tensor) -> Model:
    """Build a `mesmer` on an input.

    Parameters
    ----------
    image
        `keras.Input` (batch, row, col, channel) with sides that are multiples of `config.stride_px`.
    """
    flow = Coordinates(name="coordinates")(image) if config.coordinates else image
    if config.stem_channels is not None:
        flow = layers.Conv2D(config.stem_channels, 1, name="to_stem")(flow)
    stages = resnet_stages(flow, blocks=config.blocks, width=config.width)
    levels = pyramid_levels(
        stages[1:],
        n_filters=config.pyramid_filters,
        depthwise=config.depthwise,
        n_levels=_N_LEVELS if config.levels == "combined" else 1,
    )
    shared = combine_levels(levels) if config.levels == "combined" else levels[0]
    outputs = add_heads(
        lambda name: _semantic_head(shared, config=config, name=name),
        config=config,
        distance_activation="relu",
    )
    return keras.Model(image, outputs, name=config.network)


def _semantic_head(flow: Tensor, *, config: MesmerConfig, name: str) -> Tensor:
    """Bring the pyramid back to full resolution, for one answer."""
    for number in range(_N_DOUBLINGS):
        flow = layers.Conv2D(config.upsample_filters, 3, padding="same", name=f"{name}_up{number}")(flow)
        flow = layers.UpSampling2D(2, interpolation="bilinear")(flow)
    flow = layers.Conv2D(config.head_filters, 1, name=f"{name}_hidden")(flow)
    return layers.ReLU()(layers.BatchNormalization(name=f"{name}_norm")(flow))
