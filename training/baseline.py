"""The predictor that needs no training: thresholds, blob seeds and watersheds.

Nuclei come from the nuclear channel, whole cells are grown from them in the membrane channel. It proposes
labels before a project has a model of its own, and it is what every trained model has to beat.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.segmentation import expand_labels, watershed

from pipeline.compartments import COMPARTMENTS
from pipeline.model_input import INPUT_CHANNELS
from pipeline.types import Image, Labels, LabelSet, Mask
from training.prediction import Confidences, Prediction, StageClock, match_labels, mean_by_label
from training.predictor_input import check_image
from training.rescale import ReadImage

Plane = npt.NDArray[np.float32]

# What counts as the surround of a nucleus.
_SURROUND_PX = 3


@dataclass(frozen=True, kw_only=True)
class BaselineConfig:
    """Settings of the baseline; lengths named `_radii` are in units of the estimated nuclear radius."""

    background_px: int = 129
    min_radius_px: float = 3.0
    max_radius_px: float = 32.0
    n_radii: int = 13
    global_threshold: float = 0.7
    local_threshold: float = 0.9
    local_window_radii: float = 2.5
    distance_weight: float = 1.0
    blob_weight: float = 1.0
    min_seed_distance_radii: float = 0.6
    min_area_px: int = 15
    min_area_fraction: float = 0.1
    reach_radii: float = 0.6
    distance_slope: float = 1.0
    expansion_px: float = 3.0


@dataclass(frozen=True)
class Calibration:
    """What the baseline measures before it labels: a threshold, and the radius of a typical nucleus in px."""

    threshold: float
    radius_px: float


class BaselinePredictor:
    """Proposes labels with scikit-image alone; see the module's text.

    Parameters
    ----------
    config
        Thresholds and lengths; the defaults adapt to the size of the nuclei in each image.
    """

    name = "baseline"
    compartments = COMPARTMENTS
    input_channels = INPUT_CHANNELS

    def __init__(
        self, config: BaselineConfig | None = None, *, calibration: "Calibration | None" = None
    ) -> None:
        self.config = config or BaselineConfig()
        self._calibration = calibration

    def adjusted(self, postprocessing: Mapping[str, Mapping[str, Any]]) -> "BaselinePredictor":
        """Return this predictor as it is: it has no such parameters."""
        return self

    def scaled(self) -> "BaselinePredictor":
        """Return this predictor as it is: it takes images of every scale."""
        return self

    def seen_um(self, image_um: float | None) -> float | None:
        """Return None: it measures the size of the nuclei in each image."""
        return None

    def choose_shrink(self, read: ReadImage, shape: tuple[int, int]) -> int:
        """Return 1: it measures the size of the nuclei in each image."""
        return 1

    def calibrated(self, pieces: Iterable[Image]) -> "BaselinePredictor":
        """Return this predictor with one threshold and one radius for a large image.

        They are the medians of those of its pieces; pieces without signal do not count.
        """
        found = [_calibrate_piece(check_image(piece)[..., 0], config=self.config) for piece in pieces]
        lit = np.array([(item.threshold, item.radius_px) for item in found if item.radius_px > 0])
        median = Calibration(*np.median(lit, axis=0).tolist()) if lit.size else Calibration(0.0, 0.0)
        return BaselinePredictor(self.config, calibration=median)

    def predict(self, image: npt.NDArray[np.generic]) -> LabelSet:
        """Label nuclei and whole cells of an image.

        Parameters
        ----------
        image
            (row, col, 2), channels [nuclear, membrane], any finite numbers. A constant nuclear channel
            gives no instances; a constant membrane channel means that nuclei are expanded by 3 px instead.

        Returns
        -------
        LabelSet
            `whole_cell` and `nuclear`, int32 (row, col); a cell and its nucleus share their label.
        """
        return self.predict_scored(image).labels

    def predict_scored(self, image: npt.NDArray[np.generic]) -> Prediction:
        """Label an image as `predict` does, and say how far each nucleus stands out.

        The confidence of a nucleus is c / (c + t), where c is by how much it is brighter than the 3 px around
        it and t the threshold between nuclei and background. A cell is as sure as the nucleus it grew from.
        """
        checked, clock = check_image(image), StageClock()
        with clock.stage("nuclei"):
            found = find_nuclei(checked[..., 0], config=self.config, calibration=self._calibration)
        with clock.stage("cells"):
            cells = grow_cells(found.labels, checked[..., 1], radius_px=found.radius_px, config=self.config)
        with clock.stage("match"):
            # Cells carry the labels of their nuclei, so one list serves both until they are renumbered.
            sure = _stand_out(found)
            grown = {"whole_cell": cells, "nuclear": found.labels}
            labels, leftovers = match_labels(grown)
            confidences = {name: _carry(sure, grown[name], labels[name]) for name in labels}
        return Prediction(labels, confidences, leftovers, clock.seconds)


@dataclass(frozen=True, eq=False)
class Nuclei:
    """The bright blobs of a nuclear channel.

    Parameters
    ----------
    labels
        Int32 (row, col), 0 is background.
    signal
        Float32 (row, col), the channel without its background.
    threshold, radius_px
        Between nuclei and background; of a typical nucleus. Both 0.0 when there is none.
    """

    labels: Labels
    signal: Plane
    threshold: float = 0.0
    radius_px: float = 0.0


def find_nuclei(plane: Plane, *, config: BaselineConfig, calibration: Calibration | None = None) -> Nuclei:
    """Label the bright blobs of a nuclear channel.

    Parameters
    ----------
    plane
        Float32 (row, col), finite.
    calibration
        Of the image that `plane` is a part of; None measures `plane`.
    """
    nothing = Nuclei(np.zeros(plane.shape, np.int32), plane)
    if plane.size == 0 or float(plane.min()) == float(plane.max()):
        return nothing
    signal = flatten_background(plane, window_px=config.background_px)
    if float(signal.max()) <= 0.0:
        return nothing
    found = calibration or _calibrate(signal, config=config)
    if found.radius_px == 0.0:
        return nothing
    radius_px = found.radius_px
    foreground = _foreground(signal, found.threshold, radius_px=radius_px, config=config)
    if not foreground.any():
        return nothing
    landscape = _landscape(signal, foreground, radius_px=radius_px, config=config)
    seeds = peak_local_max(
        landscape,
        min_distance=max(1, round(config.min_seed_distance_radii * radius_px)),
        threshold_abs=1e-6,
        labels=foreground.astype(np.int32),
        exclude_border=False,
    )
    markers = np.zeros(plane.shape, np.int32)
    markers[tuple(seeds.T)] = np.arange(1, len(seeds) + 1)
    labels = watershed(-landscape, markers, mask=foreground)
    min_area = max(config.min_area_px, config.min_area_fraction * np.pi * radius_px**2)
    kept = _drop_small(labels.astype(np.int32), min_area=min_area)
    return Nuclei(kept, signal, found.threshold, radius_px)


def flatten_background(plane: Plane, *, window_px: int) -> Plane:
    """Smooth `plane` a little, subtract its background and cap its brightest 0.1 %.

    The background is a grey opening with a square window, smoothed: it follows uneven light without eating
    objects smaller than the window.
    """
    smooth = ndi.gaussian_filter(plane - plane.min(), 1.0)
    eroded = ndi.minimum_filter(smooth, window_px, mode="nearest")
    opened = ndi.maximum_filter(eroded, window_px, mode="nearest")
    background = ndi.uniform_filter(opened, window_px, mode="nearest")
    signal = np.maximum(smooth - background, 0.0)
    return np.minimum(signal, np.percentile(signal, 99.9)).astype(np.float32)


def estimate_radius(signal: Plane, foreground: Mask, *, config: BaselineConfig) -> float:
    """Return the radius in px at which `signal` looks most like discs.

    The scale-normalised Laplacian of Gaussian answers a disc of radius r most at sigma = r / sqrt(2)
    (Lindeberg 1998); the mean of its positive part over the foreground is compared at radii that grow
    geometrically. Large radii are measured on a shrunken image, which changes the answer little and the
    cost much.
    """
    radii = np.geomspace(config.min_radius_px, config.max_radius_px, config.n_radii)
    answers = [_disc_answer(signal, foreground, radius_px=float(radius)) for radius in radii]
    return float(radii[int(np.argmax(answers))])


def grow_cells(nuclei: Labels, membrane: Plane, *, radius_px: float, config: BaselineConfig) -> Labels:
    """Grow each nucleus into its cell.

    Parameters
    ----------
    nuclei
        Int32 (row, col).
    membrane
        Float32 (row, col); bright where cells meet. Constant means that there is no such stain.
    radius_px
        Radius of a typical nucleus; growth stops at `reach_radii` times it.

    Returns
    -------
    Labels
        Int32 (row, col); every nucleus lies inside the cell with its label.
    """
    if not nuclei.any():
        return np.zeros(nuclei.shape, np.int32)
    if float(membrane.min()) == float(membrane.max()):
        return expand_labels(nuclei, config.expansion_px).astype(np.int32)
    reach_px = max(config.expansion_px, config.reach_radii * radius_px)
    distance = ndi.distance_transform_edt(nuclei == 0)
    background_label = int(nuclei.max()) + 1
    markers = np.where(distance > reach_px, background_label, nuclei)
    smooth = ndi.gaussian_filter(membrane, 1.0)
    spread = max(float(np.percentile(smooth, 99) - np.percentile(smooth, 1)), 1e-9)
    cells = watershed(smooth / spread + config.distance_slope * distance / reach_px, markers)
    return np.where(cells == background_label, 0, cells).astype(np.int32)


def _calibrate_piece(plane: Plane, *, config: BaselineConfig) -> Calibration:
    if plane.size == 0 or float(plane.min()) == float(plane.max()):
        return Calibration(0.0, 0.0)
    return _calibrate(flatten_background(plane, window_px=config.background_px), config=config)


def _calibrate(signal: Plane, *, config: BaselineConfig) -> Calibration:
    threshold = float(threshold_otsu(signal))
    foreground = signal > threshold
    if not foreground.any():
        return Calibration(0.0, 0.0)
    return Calibration(threshold, estimate_radius(signal, foreground, config=config))


def _disc_answer(signal: Plane, foreground: Mask, *, radius_px: float) -> float:
    step = 4 if radius_px > 16 else 2 if radius_px > 8 else 1
    shrunk = ndi.uniform_filter(signal, step)[::step, ::step] if step > 1 else signal
    sigma = radius_px / step / np.sqrt(2.0)
    answer = -ndi.gaussian_laplace(shrunk, sigma, mode="nearest") * sigma**2
    inside = foreground[::step, ::step]
    return float(np.maximum(answer, 0.0)[inside].mean()) if inside.any() else 0.0


def _foreground(signal: Plane, threshold: float, *, radius_px: float, config: BaselineConfig) -> Mask:
    local_mean = ndi.gaussian_filter(signal, config.local_window_radii * radius_px, truncate=2.0)
    bright = (signal > config.global_threshold * threshold) & (signal > config.local_threshold * local_mean)
    opened = ndi.binary_opening(bright) if radius_px > 4 else bright
    return np.asarray(ndi.binary_fill_holes(opened), bool)


def _landscape(signal: Plane, foreground: Mask, *, radius_px: float, config: BaselineConfig) -> Plane:
    """Return a map with one hill per nucleus: distance to the rim plus the answer of a blob filter."""
    distance = np.minimum(ndi.distance_transform_edt(foreground), 1.5 * radius_px)
    hills = ndi.gaussian_filter(distance, 0.2 * radius_px) / radius_px
    blobs = -ndi.gaussian_laplace(signal, 0.7 * radius_px / np.sqrt(2.0), mode="nearest")
    scale = max(float(np.percentile(blobs[foreground], 95)), 1e-9)
    return np.asarray(config.distance_weight * hills + config.blob_weight * blobs / scale, np.float32)


def _stand_out(nuclei: Nuclei) -> Confidences:
    """Return c / (c + t) per nucleus, see `BaselinePredictor.predict_scored`."""
    inside = mean_by_label(nuclei.labels, nuclei.signal)
    ring = np.where(nuclei.labels > 0, 0, expand_labels(nuclei.labels, _SURROUND_PX)).astype(np.int32)
    around = np.zeros_like(inside)
    found = mean_by_label(ring, nuclei.signal)
    around[: len(found)] = found
    contrast = np.maximum(inside - around, 0.0)
    return (contrast / np.maximum(contrast + np.float32(nuclei.threshold), 1e-9)).astype(np.float32)


def _carry(confidences: Confidences, old: Labels, new: Labels) -> Confidences:
    """Give the labels of `new` the confidences of the labels that `old` has at their pixels."""
    carried = np.zeros(int(new.max(initial=0)) + 1, np.float32)
    carried[new.ravel()] = confidences[old.ravel()]
    carried[0] = 0
    return carried


def _drop_small(labels: Labels, *, min_area: float) -> Labels:
    areas = np.bincount(labels.ravel())
    return np.where(areas[labels] < min_area, 0, labels).astype(np.int32)
