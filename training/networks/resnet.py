"""A residual network of bottleneck blocks (He et al. 2016, arXiv 1512.03385), as a backbone."""

from typing import Any

from training.keras_backend import layers

# A tensor of whichever backend Keras runs on.
Tensor = Any

_NORM_EPSILON = 1.001e-5
_WIDENING = 4


def resnet_stages(image: Tensor, *, blocks: tuple[int, ...], width: int) -> list[Tensor]:
    """Run an image through a residual backbone.

    Parameters
    ----------
    image
        (batch, row, col, channel), sides multiples of 32.
    blocks
        Bottleneck blocks of the stages C2 to C5; (3, 4, 6, 3) is ResNet50.
    width
        Channels of the stem; stage n has 4 * width * 2 ** n of them.

    Returns
    -------
    list
        C2 to C5, at 1/4, 1/8, 1/16 and 1/32 of the resolution.
    """
    flow = layers.ZeroPadding2D(3)(image)
    flow = _norm(layers.Conv2D(width, 7, strides=2, name="stem_conv")(flow), name="stem")
    flow = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(layers.ReLU()(flow)))
    stages = []
    for stage, n_blocks in enumerate(blocks):
        for block in range(n_blocks):
            strides = 2 if stage and not block else 1
            flow = _bottleneck(
                flow, width * 2**stage, strides=strides, widen=not block, name=f"c{stage + 2}_{block + 1}"
            )
        stages.append(flow)
    return stages


def _bottleneck(flow: Tensor, n_filters: int, *, strides: int, widen: bool, name: str) -> Tensor:
    """Three convolutions around a shortcut; the first block of a stage widens and, but for C2, halves."""
    n_out = _WIDENING * n_filters
    shortcut = flow
    if widen:
        shortcut = layers.Conv2D(n_out, 1, strides=strides, name=f"{name}_shortcut_conv")(flow)
        shortcut = _norm(shortcut, name=f"{name}_shortcut")
    inner = layers.Conv2D(n_filters, 1, strides=strides, name=f"{name}_1_conv")(flow)
    inner = layers.ReLU()(_norm(inner, name=f"{name}_1"))
    inner = layers.Conv2D(n_filters, 3, padding="same", name=f"{name}_2_conv")(inner)
    inner = layers.ReLU()(_norm(inner, name=f"{name}_2"))
    inner = _norm(layers.Conv2D(n_out, 1, name=f"{name}_3_conv")(inner), name=f"{name}_3")
    return layers.ReLU(name=name)(layers.Add()([shortcut, inner]))


def _norm(flow: Tensor, *, name: str) -> Tensor:
    return layers.BatchNormalization(epsilon=_NORM_EPSILON, name=f"{name}_norm")(flow)
