"""The losses of the two kinds of head (Greenwald et al. 2022, methods), for any Keras backend.

Both leave out pixels without truth, so that fields annotated in part, or in one compartment only, can train.
"""

from typing import Any

from training.keras_backend import ops

CROSS_ENTROPY_WEIGHT = 0.01
_SMALLEST = 1e-7

# A tensor of whichever backend Keras runs on.
Tensor = Any


def inner_distance_loss(truth: Tensor, predicted: Tensor) -> Tensor:
    """Return the mean squared error over the pixels with truth; 0 when there are none.

    Parameters
    ----------
    truth
        Float32 (batch, row, col, 2): the inner distance, and 1 where it is known, else 0.
    predicted
        Float32 (batch, row, col, 1).
    """
    known = truth[..., 1:]
    squared = ops.square(predicted - truth[..., :1]) * known
    return ops.sum(squared) / ops.maximum(ops.sum(known), 1.0)


def pixelwise_loss(truth: Tensor, predicted: Tensor) -> Tensor:
    """Return the class-weighted cross-entropy over the pixels with truth, times 0.01.

    The weight of a class is (1 / n_classes) * n_known / (n_in_class + 1), counted over the batch, so that the
    thin edges count as much as the background.

    Parameters
    ----------
    truth
        Float32 (batch, row, col, class), one-hot; all zero where there is no truth.
    predicted
        Float32 (batch, row, col, class), probabilities.
    """
    per_pixel = predicted / ops.sum(predicted, axis=-1, keepdims=True)
    logs = ops.log(ops.clip(per_pixel, _SMALLEST, 1.0 - _SMALLEST))
    n_in_class = ops.sum(truth, axis=(0, 1, 2))
    n_known = ops.sum(n_in_class)
    class_weight = n_known / (n_in_class + 1.0) / truth.shape[-1]
    total = -ops.sum(truth * logs * class_weight)
    return CROSS_ENTROPY_WEIGHT * total / ops.maximum(n_known, 1.0)
