"""The predictor that runs a trained network."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.types import Image, LabelSet
from training.config import UNetConfig
from training.model_folder import read_model_folder
from training.postprocess import deep_watershed
from training.prediction import Prediction, StageClock, match_labels, mean_by_label
from training.predictor_input import check_image
from training.preprocess import IntensityRange, measure_ranges, preprocess_image
from training.targets import INTERIOR
from training.tiling import run_in_tiles

_SMALL_TILE_PX = 256
_TILE_PX = 512
_OVERLAP_PX = 128

FloatArray = npt.NDArray[np.float32]

# A Keras model.
Model = Any


def load_unet_predictor(folder: Path) -> "UNetPredictor":
    """Verify a model folder and load its predictor.

    Raises
    ------
    InvalidModelFolder
        A file is missing, too large, truncated or altered, or the weights do not fit the config.
    """
    model, description = read_model_folder(folder)
    return UNetPredictor(model, config=description.config, compartments=description.compartments)


class UNetPredictor:
    """Labels images with a `unet` and the watershed of its config.

    Parameters
    ----------
    model
        The network, with an input of any side.
    compartments
        Those to predict, whole_cell before nuclear.
    tile_px
        Side of the squares the network sees; None chooses by the size of the image.
    ranges
        Intensities of the image of which only parts will be given; None measures each image that is given.
    """

    name = "unet"

    def __init__(
        self,
        model: Model,
        *,
        config: UNetConfig,
        compartments: tuple[str, ...],
        tile_px: int | None = None,
        ranges: tuple[IntensityRange, ...] | None = None,
    ) -> None:
        if not model.compiled:
            # XLA is slower than the plain graph on a CPU.
            model.compile(jit_compile=False)
        self._model = model
        self.config = config
        self.compartments = compartments
        self._tile_px = tile_px
        self._ranges = ranges

    def calibrated(self, pieces: Iterable[Image]) -> "UNetPredictor":
        """Return this predictor with the intensity ranges of one large image; see `Predictor`."""
        return UNetPredictor(
            self._model,
            config=self.config,
            compartments=self.compartments,
            tile_px=self._tile_px,
            ranges=measure_ranges(map(check_image, pieces), config=self.config.preprocess),
        )

    def predict(self, image: npt.NDArray[np.generic]) -> LabelSet:
        """Label an image of any shape.

        Parameters
        ----------
        image
            (row, col, 2), channels [nuclear, membrane], finite.

        Returns
        -------
        LabelSet
            One int32 (row, col) label image per compartment the model was trained on; with two, a nucleus and
            its cell share their label.
        """
        return self.predict_scored(image).labels

    def predict_scored(self, image: npt.NDArray[np.generic]) -> Prediction:
        """Label an image as `predict` does; confidences are mean probabilities of the class interior."""
        checked, clock = check_image(image), StageClock()
        with clock.stage("preprocess"):
            prepared = preprocess_image(checked, config=self.config.preprocess, ranges=self._ranges)
        with clock.stage("network"):
            maps = self.predict_maps(prepared)
        with clock.stage("postprocess"):
            found = {
                compartment: deep_watershed(distance, interior, config=self.config.watershed(compartment))
                for compartment, (distance, interior) in maps.items()
            }
        with clock.stage("match"):
            labels, leftovers = match_labels(found)
            # Blended probabilities may pass 1 by a rounding error.
            means = {name: mean_by_label(labels[name], maps[name][1]) for name in labels}
            confidences = {name: np.clip(values, 0.0, 1.0) for name, values in means.items()}
        return Prediction(labels, confidences, leftovers, clock.seconds)

    def predict_maps(self, image: FloatArray) -> dict[str, tuple[FloatArray, FloatArray]]:
        """Run the network over a preprocessed image.

        Parameters
        ----------
        image
            Float32 (row, col, channel) as `preprocess_image` gives it.

        Returns
        -------
        dict
            Per compartment the inner distance and the probability of the class interior, float32 (row, col).
            An image without any signal has none anywhere.
        """
        shape = image.shape[:2]
        if not image.any():
            nothing = np.zeros(shape, np.float32)
            return {compartment: (nothing, nothing) for compartment in self.compartments}
        maps = run_in_tiles(
            image,
            self._run_tile,
            n_maps=2 * len(self.compartments),
            tile_px=self._tile_px or (_SMALL_TILE_PX if max(shape) <= _SMALL_TILE_PX else _TILE_PX),
            overlap_px=_OVERLAP_PX,
            multiple=self.config.stride_px,
        )
        return {
            compartment: (maps[..., 2 * index], maps[..., 2 * index + 1])
            for index, compartment in enumerate(self.compartments)
        }

    def _run_tile(self, tile: FloatArray) -> FloatArray:
        answers = self._model.predict_on_batch(tile)
        planes = []
        for compartment in self.compartments:
            planes.append(answers[f"{compartment}_distance"][0, ..., 0])
            planes.append(answers[f"{compartment}_pixelwise"][0, ..., INTERIOR])
        return np.stack(planes, axis=-1)
