"""What every network answers, and the names of its answers."""

from collections.abc import Callable
from typing import Any

from training.config import NetworkConfig
from training.keras_backend import layers
from training.targets import N_CLASSES

# A tensor of whichever backend Keras runs on.
Tensor = Any


def add_heads(
    flow_of: Callable[[str], Tensor], *, config: NetworkConfig, distance_activation: str
) -> dict[str, Tensor]:
    """Put two answers per compartment on a network.

    Parameters
    ----------
    flow_of
        Gives the layer that an answer reads, by the name of the answer.
    distance_activation
        Of the inner distance: `linear`, or `relu` as it has no negative values.

    Returns
    -------
    dict
        Per compartment `<compartment>_distance` (batch, row, col, 1) and `<compartment>_pixelwise`
        (batch, row, col, 3), the latter being probabilities; both float32 whatever the network computes in.
    """
    outputs = {}
    for compartment in config.compartments:
        distance, pixelwise = f"{compartment}_distance", f"{compartment}_pixelwise"
        outputs[distance] = layers.Conv2D(
            1, 1, activation=distance_activation, dtype="float32", name=distance
        )(flow_of(distance))
        outputs[pixelwise] = layers.Conv2D(
            N_CLASSES, 1, activation="softmax", dtype="float32", name=pixelwise
        )(flow_of(pixelwise))
    return outputs
