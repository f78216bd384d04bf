"""The predictor that runs a trained network."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.types import Image, LabelSet
from training.config import NetworkConfig
from training.model_folder import channel_names, read_description, read_model_folder
from training.object_scale import box_mean, estimate_shrink, spread_squares
from training.postprocess import WatershedConfig, deep_watershed
from training.prediction import Prediction, StageClock, match_labels, mean_by_label
from training.predictor_input import check_image
from training.preprocess import IntensityRange, measure_ranges, preprocess_image
from training.rescale import ReadImage, Scaling, plan_shrink
from training.serving.networks import FIXED_SIDE_PX, KerasNetwork, Network
from training.targets import INTERIOR
from training.tiling import run_in_tiles

# An image of at most this many pixels is seen by the network as a whole, a larger one in squares; the large
# network needs twenty times the memory of the light one.
_WHOLE_PX = {"unet": 1_200_000, "mesmer": 300_000}
_TILE_PX = {"unet": 1024, "mesmer": 512}
_OVERLAP_PX = 128
_MARGIN_PX = 32
# At which the intensities of a large image are measured before its scale is chosen.
_OVERVIEW_SHRINK = 4

FloatArray = npt.NDArray[np.float32]


def load_network_predictor(folder: Path) -> "NetworkPredictor":
    """Verify a model folder and load its predictor, in its served form where it has one.

    Raises
    ------
    InvalidModelFolder
        A file is missing, too large, truncated or altered, or the weights do not fit the config.
    """
    # Imported here because the export that this module holds needs predictors itself.
    from training.serving.served_model import load_served_network

    description = read_description(folder)
    network = load_served_network(folder, description.config)
    if network is None:
        side_px = FIXED_SIDE_PX[description.config.network]
        network = KerasNetwork(read_model_folder(folder, shape_px=side_px)[0])
    return NetworkPredictor(
        network,
        config=description.config,
        compartments=description.compartments,
        input_channels=description.input_channels,
    )


class NetworkPredictor:
    """Labels images with a network and the watershed of its config.

    Parameters
    ----------
    network
        Ready to be run.
    compartments
        Those to predict, whole_cell before nuclear.
    tile_px
        Side of the squares the network sees; None chooses by the size of the image.
    ranges
        Intensities of the image of which only parts will be given; None measures each image that is given.
    input_channels
        Names of the channels it takes; None when nothing named them.
    scaled
        Whether images come at the scale at which the network is to see them. If not, it is chosen for each;
        see `training.object_scale`.
    """

    def __init__(
        self,
        network: Network,
        *,
        config: NetworkConfig,
        compartments: tuple[str, ...],
        tile_px: int | None = None,
        ranges: tuple[IntensityRange, ...] | None = None,
        scaled: bool = False,
        input_channels: tuple[str, ...] | None = None,
    ) -> None:
        self._network = network
        self.config = config
        self.compartments = compartments
        self._tile_px = network.side_px or tile_px
        self._ranges = ranges
        self._scaled = scaled or config.preprocess.max_object_px is None
        self.input_channels = input_channels or channel_names(config)

    @property
    def name(self) -> str:
        """The kind of the network."""
        return self.config.network

    def seen_um(self, image_um: float | None) -> float | None:
        """Return the pixel size at which this predictor sees an image; see `Predictor`."""
        return self.config.preprocess.seen_um(image_um)

    def calibrated(self, pieces: Iterable[Image]) -> "NetworkPredictor":
        """Return this predictor with the intensity ranges of one large image; see `Predictor`."""
        n_channels = self.config.n_channels
        checked = (check_image(piece, n_channels=n_channels) for piece in pieces)
        return self._with(ranges=measure_ranges(checked, config=self.config.preprocess))

    def adjusted(self, postprocessing: Mapping[str, Mapping[str, Any]]) -> "NetworkPredictor":
        """Return this predictor with some parameters of its watersheds set anew; see `Predictor`."""
        watersheds: dict[str, WatershedConfig] = {
            name: self.config.watershed(name).changed(values, compartment=name)
            for name, values in postprocessing.items()
        }
        return self._with(config=replace(self.config, **watersheds))  # type: ignore[arg-type]

    def scaled(self) -> "NetworkPredictor":
        """Return this predictor for images whose scale is chosen already; see `Predictor`."""
        return self._with(scaled=True)

    def choose_shrink(self, read: ReadImage, shape: tuple[int, int]) -> int:
        """Return how much an image is to be shrunk for this predictor; see `Predictor`."""
        largest = self.config.preprocess.max_object_px
        if self._scaled or largest is None:
            return 1
        looking, squares = self.scaled(), spread_squares(shape)
        if len(squares) > 1 and self._ranges is None:
            # A square without objects is to look as dark as it is.
            looking = looking.calibrated(box_mean(read(square), _OVERVIEW_SHRINK) for square in squares)
        return estimate_shrink(looking.predict_scored, read, shape, max_object_px=largest)

    def predict(self, image: npt.NDArray[np.generic]) -> LabelSet:
        """Label an image of any shape.

        Parameters
        ----------
        image
            (row, col, channel), channels in the order of the training data, finite.

        Returns
        -------
        LabelSet
            One int32 (row, col) label image per compartment the model was trained on; with two, a nucleus and
            its cell share their label.
        """
        return self.predict_scored(image).labels

    def predict_scored(self, image: npt.NDArray[np.generic]) -> Prediction:
        """Label an image as `predict` does; confidences are mean probabilities of the class interior."""
        clock = StageClock()
        if not self._scaled:
            checked = check_image(image, n_channels=self.config.n_channels)
            with clock.stage("scale"):
                shrink = self.choose_shrink(lambda window: checked[window.slices], checked.shape[:2])
            scaling = plan_shrink(checked.shape[:2], shrink)
            if scaling is not None:
                return self._predict_scaled(checked, scaling, clock)
        with clock.stage("preprocess"):
            prepared = self.prepare(image)
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

    def _predict_scaled(self, image: FloatArray, scaling: Scaling, clock: StageClock) -> Prediction:
        with clock.stage("scale"):
            seen = scaling.see(image)
        found = self.scaled().predict_scored(seen)
        clock.add(found.seconds)
        with clock.stage("scale"):
            labels = scaling.bring_back(found.labels)
        return replace(found, labels=labels, seconds=clock.seconds)

    def prepare(self, image: npt.NDArray[np.generic]) -> FloatArray:
        """Check an image and bring its intensities to what the network was trained on."""
        checked = check_image(image, n_channels=self.config.n_channels)
        return preprocess_image(checked, config=self.config.preprocess, ranges=self._ranges)

    def predict_maps(self, image: FloatArray) -> dict[str, tuple[FloatArray, FloatArray]]:
        """Run the network over a preprocessed image.

        Parameters
        ----------
        image
            Float32 (row, col, channel) as `prepare` gives it.

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
            tile_px=self._tile_shape(shape),
            overlap_px=_OVERLAP_PX,
            multiple=self.config.stride_px,
            margin_px=_MARGIN_PX,
        )
        return {
            compartment: (maps[2 * index], maps[2 * index + 1])
            for index, compartment in enumerate(self.compartments)
        }

    def _tile_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        if self._tile_px is not None:
            return (self._tile_px, self._tile_px)
        stride = self.config.stride_px
        rows, cols = (-(-(size + _MARGIN_PX) // stride) * stride for size in shape)
        if rows * cols <= _WHOLE_PX[self.name]:
            return (rows, cols)
        return (min(rows, _TILE_PX[self.name]), min(cols, _TILE_PX[self.name]))

    def _run_tile(self, tile: FloatArray) -> list[FloatArray]:
        answers = self._network.run(tile)
        planes = []
        for compartment in self.compartments:
            planes.append(answers[f"{compartment}_distance"][0, ..., 0])
            planes.append(answers[f"{compartment}_pixelwise"][0, ..., INTERIOR])
        return planes

    def _with(
        self,
        *,
        config: NetworkConfig | None = None,
        ranges: tuple[IntensityRange, ...] | None = None,
        scaled: bool = False,
    ) -> "NetworkPredictor":
        return NetworkPredictor(
            self._network,
            config=config or self.config,
            compartments=self.compartments,
            tile_px=self._tile_px,
            ranges=ranges or self._ranges,
            scaled=scaled or self._scaled,
            input_channels=self.input_channels,
        )
