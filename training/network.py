"""A light residual U-Net with the heads of Mesmer."""

from typing import Any

from training.config import UNetConfig
from training.keras_backend import keras, layers
from training.targets import N_CLASSES

# Keras is untyped: a model of it, and a tensor of its backend.
Model = Any
Tensor = Any

_NORM_MOMENTUM = 0.9


def build_unet(config: UNetConfig, *, shape_px: int | None = None) -> Model:
    """Build the network of a config, with fresh weights.

    The stem halves the resolution, so that most of the work is done on a quarter of the pixels; the last
    layer before the heads sees the input again, for sharp outlines.

    Parameters
    ----------
    config
        The network's shape.
    shape_px
        Side of the square input; None lets it vary. A fixed side is several times faster to train.

    Returns
    -------
    Model
        Takes float32 (batch, row, col, channel) with sides that are multiples of `config.stride_px`. Gives
        a dict with, per compartment, `<compartment>_distance` (batch, row, col, 1) and
        `<compartment>_pixelwise` (batch, row, col, 3), the latter being probabilities.
    """
    image = keras.Input((shape_px, shape_px, config.n_channels), name="image")
    flow = _conv(image, config.filters[0], strides=2)
    skips = []
    for level, n_filters in enumerate(config.filters):
        if level:
            skips.append(flow)
            flow = layers.MaxPooling2D(2)(flow)
        flow = _residual_block(flow, n_filters)
    for n_filters, skip in zip(config.filters[-2::-1], skips[::-1], strict=True):
        flow = layers.UpSampling2D(2, interpolation="nearest")(_conv(flow, n_filters, kernel_size=1))
        flow = _residual_block(layers.Add()([flow, skip]), n_filters)
    flow = layers.UpSampling2D(2, interpolation="nearest")(_conv(flow, config.head_filters, kernel_size=1))
    flow = _conv(layers.Concatenate()([flow, image]), config.head_filters)
    return keras.Model(image, _heads(flow, config), name="unet")


def _heads(flow: Tensor, config: UNetConfig) -> dict[str, Tensor]:
    outputs = {}
    for compartment in config.compartments:
        distance, pixelwise = f"{compartment}_distance", f"{compartment}_pixelwise"
        outputs[distance] = layers.Conv2D(1, 1, dtype="float32", name=distance)(flow)
        outputs[pixelwise] = layers.Conv2D(
            N_CLASSES, 1, activation="softmax", dtype="float32", name=pixelwise
        )(flow)
    return outputs


def _conv(flow: Tensor, n_filters: int, *, kernel_size: int = 3, strides: int = 1) -> Tensor:
    flow = layers.Conv2D(n_filters, kernel_size, strides=strides, padding="same", use_bias=False)(flow)
    return layers.ReLU()(layers.BatchNormalization(momentum=_NORM_MOMENTUM)(flow))


def _residual_block(flow: Tensor, n_filters: int) -> Tensor:
    shortcut = flow
    if flow.shape[-1] != n_filters:
        shortcut = layers.Conv2D(n_filters, 1, use_bias=False)(flow)
    inner = _conv(flow, n_filters)
    inner = layers.Conv2D(n_filters, 3, padding="same", use_bias=False)(inner)
    inner = layers.BatchNormalization(momentum=_NORM_MOMENTUM)(inner)
    return layers.ReLU()(layers.Add()([shortcut, inner]))
