"""What the application knows of predictors: a protocol, and how to load one."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.types import Image, LabelSet
from training.baseline import BaselinePredictor
from training.errors import MissingModelFile
from training.prediction import Prediction

UNTRAINED = "unet"
"""The kind of model that `train_model` makes; no trained one comes with the project."""


class Predictor(Protocol):
    """Code that turns channels into label images."""

    @property
    def name(self) -> str:
        """`baseline`, or the kind of the model."""

    @property
    def compartments(self) -> tuple[str, ...]:
        """Compartments that `predict` gives, whole_cell before nuclear."""

    def calibrated(self, pieces: Iterable[Image]) -> "Predictor":
        """Return this predictor set to the intensities of one large image.

        What it then predicts for a part of that image does not depend on what else the part shows.

        Parameters
        ----------
        pieces
            Float32 (row, col, 2), finite; every pixel of the image in one of them.
        """

    def predict(self, image: npt.NDArray[np.generic]) -> LabelSet:
        """Label an image.

        Parameters
        ----------
        image
            (row, col, 2), channels [nuclear, membrane], finite; a missing channel is zeros.

        Returns
        -------
        LabelSet
            One int32 (row, col) label image per entry of `compartments`. Where both compartments are given, a
            nucleus and its cell share their label (one to one, by maximum overlap).
        """

    def predict_scored(self, image: npt.NDArray[np.generic]) -> Prediction:
        """Label an image as `predict` does, and say how sure each instance is."""


def load_predictor(spec: str | Path) -> Predictor:
    """Load a predictor.

    Parameters
    ----------
    spec
        `"baseline"`, or the path of a model folder.

    Raises
    ------
    InvalidModelFolder
        The folder is missing, damaged or of an unknown kind. Nothing of it was used.
    """
    if str(spec) == BaselinePredictor.name:
        return BaselinePredictor()
    if str(spec) == UNTRAINED and not Path(spec).exists():
        raise MissingModelFile(
            "A `unet` has to be trained before it can predict: make one with `cytoloop train DATASET_DIR"
            " --out MODEL_DIR` and name that folder, or use `baseline`."
        )
    # Imported here because it imports Keras.
    from training.unet_predictor import load_unet_predictor

    return load_unet_predictor(Path(spec))
