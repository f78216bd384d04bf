"""A layer that tells a network where in its input a pixel is."""

from typing import Any

from training.keras_backend import keras, layers, ops

# A tensor of whichever backend Keras runs on.
Tensor = Any


@keras.saving.register_keras_serializable(package="cytoloop")
class Coordinates(layers.Layer):
    """Joins two channels to an image: row / (n_rows - 1) and column / (n_columns - 1), each from 0 to 1."""

    def call(self, image: Tensor) -> Tensor:
        """Return float (batch, row, col, channel + 2)."""
        n_images, n_rows, n_cols = ops.shape(image)[:3]
        shape = (n_images, n_rows, n_cols, 1)
        rows = ops.reshape(_unit_steps(n_rows, image.dtype), (1, -1, 1, 1))
        cols = ops.reshape(_unit_steps(n_cols, image.dtype), (1, 1, -1, 1))
        return ops.concatenate([image, ops.broadcast_to(rows, shape), ops.broadcast_to(cols, shape)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the input with two more channels."""
        n_channels = input_shape[-1]
        return (*input_shape[:-1], None if n_channels is None else n_channels + 2)


def _unit_steps(n_steps: Tensor, dtype: str) -> Tensor:
    last = ops.maximum(n_steps - 1, 1)
    return ops.cast(ops.arange(n_steps), dtype) / ops.cast(last, dtype)
