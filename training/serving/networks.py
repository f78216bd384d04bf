"""What a predictor needs of a network, and the network as Keras runs it."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

# A Keras model.
Model = Any

FIXED_SIDE_PX: dict[str, int | None] = {"unet": None, "mesmer": 512}
"""By network: the side it is built for where Keras cannot run it at any, because it upsamples bilinearly."""


class Network(Protocol):
    """A network that is ready to be run."""

    @property
    def side_px(self) -> int | None:
        """Side of the square it takes; None when it takes any multiple of its strides."""

    def run(self, image: FloatArray) -> Mapping[str, FloatArray]:
        """Run it.

        Parameters
        ----------
        image
            Float32 (1, row, col, channel).

        Returns
        -------
        Mapping
            The answers by their names, float32 (1, row, col, channel).
        """


class KerasNetwork:
    """A network run by Keras.

    Parameters
    ----------
    model
        With an input of any side, or a square one.
    """

    def __init__(self, model: Model) -> None:
        if not model.compiled:
            # XLA is slower than the plain graph on a CPU.
            model.compile(jit_compile=False)
        self._model = model
        self.side_px: int | None = model.input_shape[1]

    def run(self, image: FloatArray) -> Mapping[str, FloatArray]:
        """Run it; see `Network`."""
        answers: Mapping[str, FloatArray] = self._model.predict_on_batch(image)
        return answers
