"""From a config to its network, with fresh weights."""

from typing import Any

from training.config import MesmerConfig, NetworkConfig, UNetConfig
from training.keras_backend import keras
from training.networks.mesmer import build_mesmer
from training.networks.unet import build_unet

# A Keras model.
Model = Any


def build_network(config: NetworkConfig, *, shape_px: int | tuple[int, int] | None = None) -> Model:
    """Build the network of a config, with fresh weights.

    Parameters
    ----------
    config
        The network's shape.
    shape_px
        Side of the square input, or its rows and columns; None lets them vary. A fixed shape is several times
        faster to train.

    Returns
    -------
    Model
        Takes float32 (batch, row, col, channel) with sides that are multiples of `config.stride_px`. Gives
        a dict with, per compartment, `<compartment>_distance` (batch, row, col, 1) and
        `<compartment>_pixelwise` (batch, row, col, 3), the latter being probabilities.
    """
    rows, cols = shape_px if isinstance(shape_px, tuple) else (shape_px, shape_px)
    image = keras.Input((rows, cols, config.n_channels), name="image")
    if isinstance(config, MesmerConfig):
        return build_mesmer(config, image)
    if isinstance(config, UNetConfig):
        return build_unet(config, image)
    raise TypeError(f"there is no network for a {type(config).__name__}.")
