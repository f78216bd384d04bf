"""What the application knows of predictors: a protocol, and how to load one."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.types import Image, LabelSet
from training.baseline import BaselinePredictor
from training.errors import MissingModelFile
from training.model_folder import default_model_dir
from training.prediction import Prediction
from training.rescale import ReadImage, plan_scaling

DEFAULT_NAMES = ("default", "unet")
"""What the model that comes with the project is called where a predictor is named."""


class Predictor(Protocol):
    """Code that turns channels into label images."""

    @property
    def name(self) -> str:
        """`baseline`, or the kind of the model."""

    @property
    def compartments(self) -> tuple[str, ...]:
        """Compartments that `predict` gives, whole_cell before nuclear."""

    @property
    def input_channels(self) -> tuple[str, ...]:
        """Names of the channels of the images that it takes, in order: nuclear, membrane, others."""

    def seen_um(self, image_um: float | None) -> float | None:
        """Return the pixel size at which this predictor is to see an image.

        `predict` takes images as they are; `predict_at_scale` and `training.large_images.predict_image` bring
        them to this size.

        Parameters
        ----------
        image_um
            Pixel size of the image; None where unknown.

        Returns
        -------
        float or None
            None where sizes of pixels do not decide, but the image itself; see `choose_shrink`.
        """

    def choose_shrink(self, read: ReadImage, shape: tuple[int, int]) -> int:
        """Say how much an image is to be shrunk, so that its objects have a size that this predictor knows.

        Parameters
        ----------
        read
            Gives the float32 (row, col, 2) image of a window.
        shape
            Rows and columns of the image.

        Returns
        -------
        int
            1, 2, 4 or 8; 1 from a predictor that knows objects of every size.
        """

    def scaled(self) -> "Predictor":
        """Return this predictor for images whose scale is chosen already: it takes them as they are."""

    def adjusted(self, postprocessing: Mapping[str, Mapping[str, Any]]) -> "Predictor":
        """Return this predictor with some parameters of its watershed set anew.

        A predictor without such parameters is as it was.

        Parameters
        ----------
        postprocessing
            By compartment, what `pipeline.watershed_settings.check_watershed` takes.

        Raises
        ------
        InvalidConfig
            A parameter is unknown or out of its range.
        """

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


def predict_at_scale(
    predictor: Predictor, image: npt.NDArray[np.generic], *, pixel_size_um: float | None
) -> LabelSet:
    """Label an image that is no larger than a tile, seen at the pixel size that the predictor knows.

    Parameters
    ----------
    image
        As `Predictor.predict` takes it.
    pixel_size_um
        Of the image; None where unknown.
    """
    seen_um = predictor.seen_um(pixel_size_um)
    if seen_um is None:
        return predictor.predict(image)
    scaled = predictor.scaled()
    scaling = plan_scaling((image.shape[0], image.shape[1]), image_um=pixel_size_um, model_um=seen_um)
    if scaling is None:
        return scaled.predict(image)
    return scaling.bring_back(scaled.predict(scaling.see(np.asarray(image, np.float32))))


def load_predictor(spec: str | Path) -> Predictor:
    """Load a predictor.

    Parameters
    ----------
    spec
        `"default"` or `"unet"` for the model that comes with the project, `"baseline"`, or the path of a
        model folder.

    Raises
    ------
    InvalidModelFolder
        The folder is missing, damaged or of an unknown kind. Nothing of it was used.
    """
    if str(spec) == BaselinePredictor.name:
        return BaselinePredictor()
    folder = find_model_folder(spec)
    # Imported here because it imports Keras.
    from training.network_predictor import load_network_predictor

    return load_network_predictor(folder)


def find_model_folder(spec: str | Path) -> Path:
    """Return the model folder that `load_predictor` would read.

    Raises
    ------
    MissingModelFile
        The model that comes with the project is named, and not there.
    """
    if str(spec) not in DEFAULT_NAMES or Path(spec).exists():
        return Path(spec)
    folder = default_model_dir()
    if folder is None:
        raise MissingModelFile(
            "The model that comes with the project is not complete in this installation: install it again, "
            "name a model folder that `cytoloop train` made, or use `baseline`."
        )
    return folder
