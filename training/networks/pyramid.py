"""A feature pyramid (Lin et al. 2017, arXiv 1612.03144) from P3 to P7."""

from typing import Any

from training.keras_backend import layers

# A tensor of whichever backend Keras runs on.
Tensor = Any


def pyramid_levels(
    stages: list[Tensor], *, n_filters: int, depthwise: bool, n_levels: int = 5
) -> list[Tensor]:
    """Build the levels P3, P4, ... of a feature pyramid on C3 to C5.

    Lateral maps are summed from coarse to fine before the 3 x 3 convolution of each level; P6 is a strided
    convolution of C5, P7 one of the rectified P6. There is no normalisation.

    Parameters
    ----------
    stages
        C3, C4 and C5, at 1/8, 1/16 and 1/32 of the resolution.
    depthwise
        Whether the convolutions of P3 to P5 work on each channel alone.
    n_levels
        How many levels are needed, 1 to 5, the finest first.
    """
    merged: list[Tensor] = []
    for stage, number in zip(reversed(stages), (5, 4, 3), strict=True):
        lateral = layers.Conv2D(n_filters, 1, name=f"c{number}_lateral")(stage)
        if merged:
            coarser = layers.UpSampling2D(2, interpolation="bilinear")(merged[-1])
            lateral = layers.Add(name=f"p{number}_merged")([lateral, coarser])
        merged.append(lateral)
    levels = [
        _conv(flow, n_filters, depthwise=depthwise, name=f"p{number}")
        for number, flow in zip((3, 4, 5), reversed(merged), strict=True)
        if number < 3 + n_levels
    ]
    if n_levels > 3:
        levels.append(layers.Conv2D(n_filters, 3, strides=2, padding="same", name="p6")(stages[-1]))
    if n_levels > 4:
        rectified = layers.ReLU()(levels[-1])
        levels.append(layers.Conv2D(n_filters, 3, strides=2, padding="same", name="p7")(rectified))
    return levels


def combine_levels(levels: list[Tensor]) -> Tensor:
    """Return the sum of pyramid levels, each brought to the resolution of the first."""
    brought = [levels[0]]
    for octave, level in enumerate(levels[1:], start=1):
        brought.append(layers.UpSampling2D(2**octave, interpolation="bilinear")(level))
    return layers.Add(name="combined")(brought)


def _conv(flow: Tensor, n_filters: int, *, depthwise: bool, name: str) -> Tensor:
    if depthwise:
        return layers.DepthwiseConv2D(3, padding="same", name=name)(flow)
    return layers.Conv2D(n_filters, 3, padding="same", name=name)(flow)
