"""A light residual U-Net with the heads of Mesmer."""

from typing import Any

from training.config import UNetConfig
from training.keras_backend import keras, layers
from training.networks.heads import add_heads

# Keras is untyped: a model of it, and a tensor of its backend.
Model = Any
Tensor = Any

_NORM_MOMENTUM = 0.9


def build_unet(config: UNetConfig, image: Tensor) -> Model:
    """Build a `unet` on an input.

    The stem halves the resolution, so that most of the work is done on a quarter of the pixels; the last
    layer before the heads sees the input again, for sharp outlines.

    Parameters
    ----------
    image
        `keras.Input` (batch, row, col, channel) with sides that are multiples of `config.stride_px`.
    """
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
    outputs = add_heads(lambda _: flow, config=config, distance_activation="linear")
    return keras.Model(image, outputs, name=config.network)


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
