"""Training squares: cut from crops at random, turned, warped and re-lit, with their targets.

A batch depends on the seed and on the number of its step alone, not on the batches before it, so that a run
can be taken up at any step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from pipeline.types import Labels
from training.config import FitConfig, NetworkConfig
from training.object_scale import shrink_of_labels
from training.preprocess import FloatImage, preprocess_image
from training.rescale import Scaling, plan_scaling, plan_shrink
from training.targets import IGNORED, inner_distance_target, known_weight, pixelwise_target

# Which stream of random numbers is for what.
_ORDER, _DRAWS, _SQUARES = range(3)

FloatArray = npt.NDArray[np.float32]
Targets = dict[str, npt.NDArray[np.floating[Any]]]
Batch = tuple[FloatArray, dict[str, FloatArray]]

# Pixels around a warped square that are warped with it and then cut off, so that the instances at its border
# have the centres they have in the whole crop, nearly.
_MARGIN_PX = 16


@dataclass(frozen=True)
class TrainingCrop:
    """One crop of a dataset version, ready for the network.

    image : float32 (row, col, channel), preprocessed
    labels : int32 (row, col, compartment), compartments as in the config; -1 where there is no truth
    targets : one float16 array per head, of the whole crop; half the memory, and exact enough
    """

    image: FloatImage
    labels: Labels
    targets: Targets


def prepare_crop(
    image: FloatImage, labels: Labels, *, config: NetworkConfig, pixel_size_um: float | None = None
) -> TrainingCrop:
    """Preprocess a crop and compute its targets.

    A crop is brought to the pixel size at which images to predict are seen; one whose instances are larger
    than the network takes is shrunken as they are; see `training.object_scale`.

    Parameters
    ----------
    image
        Float32 (row, col, channel), stored intensities.
    labels
        Int32 (row, col, compartment), compartments in the order of the config.
    pixel_size_um
        Of the crop; None where unknown.
    """
    scaling = _plan_scale(labels, config=config, pixel_size_um=pixel_size_um)
    if scaling is not None:
        image, labels = scaling.see(image), scaling.see_labels(labels)
    return TrainingCrop(
        image=preprocess_image(image, config=config.preprocess),
        labels=labels,
        targets={
            name: target.astype(np.float16) for name, target in head_targets(labels, config=config).items()
        },
    )


def _plan_scale(labels: Labels, *, config: NetworkConfig, pixel_size_um: float | None) -> Scaling | None:
    shape = (labels.shape[0], labels.shape[1])
    seen_um = config.preprocess.seen_um(pixel_size_um)
    if seen_um is not None:
        return plan_scaling(shape, image_um=pixel_size_um, model_um=seen_um)
    largest = config.preprocess.max_object_px
    return plan_shrink(
        shape, shrink_of_labels(labels, compartments=config.compartments, max_object_px=largest)
    )


def head_targets(labels: Labels, *, config: NetworkConfig) -> Targets:
    """Compute what each head should say.

    Returns
    -------
    dict
        `<compartment>_distance`: float32 (row, col, 2), inner distance and 1 where there is truth;
        `<compartment>_pixelwise`: float32 (row, col, 3), one-hot, zero where there is none.
    """
    targets: Targets = {}
    for index, compartment in enumerate(config.compartments):
        plane = labels[..., index]
        distance = inner_distance_target(plane, config=config.targets)
        targets[f"{compartment}_distance"] = np.stack([distance, known_weight(plane)], axis=-1)
        targets[f"{compartment}_pixelwise"] = pixelwise_target(plane, config=config.targets)
    return targets


def stack_batch(images: list[FloatImage], targets: list[Targets]) -> Batch:
    """Join single squares to a batch, all of it float32."""
    return np.stack(images), {
        name: np.stack([item[name] for item in targets], dtype=np.float32) for name in targets[0]
    }


def training_batch(
    crops: Sequence[TrainingCrop],
    *,
    config: NetworkConfig,
    seed: int,
    step: int,
    weights: npt.NDArray[np.float64] | None = None,
) -> Batch:
    """Make the batch of a step.

    Parameters
    ----------
    step
        Number of the step, from 0.
    weights
        Share of the draws per crop, float64, summing to 1. None takes every crop once before any comes up
        again.
    """
    n_crops, size = len(crops), config.fit.batch_size
    if weights is None:
        chosen = [_place(seed, place, n_crops) for place in range(step * size, (step + 1) * size)]
    else:
        chosen = np.random.default_rng([seed, _DRAWS, step]).choice(n_crops, size, p=weights).tolist()
    rng = np.random.default_rng([seed, _SQUARES, step])
    squares = [_random_square(crops[index], config=config, rng=rng) for index in chosen]
    return stack_batch([image for image, _ in squares], [targets for _, targets in squares])


def _place(seed: int, place: int, n_crops: int) -> int:
    """Return which crop stands at a place of the endless sequence of shuffled passes."""
    n_passes, index = divmod(place, n_crops)
    return int(np.random.default_rng([seed, _ORDER, n_passes]).permutation(n_crops)[index])


def _random_square(
    crop: TrainingCrop, *, config: NetworkConfig, rng: np.random.Generator
) -> tuple[FloatImage, Targets]:
    fit = config.fit
    if rng.random() < fit.warp_share:
        image, labels = _warp(crop, fit=fit, rng=rng)
        targets = head_targets(labels, config=config)
        inner = slice(_MARGIN_PX, _MARGIN_PX + fit.crop_px)
        image, targets = image[inner, inner], {name: item[inner, inner] for name, item in targets.items()}
    else:
        image, targets = _cut(crop, fit=fit, rng=rng)
    turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))
    image = _relight(_turn(image, turns=turns, mirrored=mirrored), rng=rng)
    return image, {name: _turn(item, turns=turns, mirrored=mirrored) for name, item in targets.items()}


def _cut(crop: TrainingCrop, *, fit: FitConfig, rng: np.random.Generator) -> tuple[FloatImage, Targets]:
    """Cut a square; a crop that is smaller is padded with pixels without truth (all targets zero)."""
    n_rows, n_cols = crop.image.shape[:2]
    row = int(rng.integers(max(n_rows - fit.crop_px, 0) + 1))
    col = int(rng.integers(max(n_cols - fit.crop_px, 0) + 1))
    cut = (slice(row, row + fit.crop_px), slice(col, col + fit.crop_px))
    missing = [(0, max(fit.crop_px - n_rows, 0)), (0, max(fit.crop_px - n_cols, 0)), (0, 0)]
    return np.pad(crop.image[cut], missing), {
        name: np.pad(target[cut], missing) for name, target in crop.targets.items()
    }


def _warp(crop: TrainingCrop, *, fit: FitConfig, rng: np.random.Generator) -> tuple[FloatImage, Labels]:
    """Rotate by any angle and zoom about a random point; pixels from outside the crop carry no truth."""
    side = fit.crop_px + 2 * _MARGIN_PX
    zoom = np.broadcast_to(fit.max_zoom ** rng.uniform(-1, 1, 2 if fit.zoom_per_axis else 1), 2)
    angle = rng.uniform(0, 2 * np.pi)
    limits = crop.image.shape[:2]
    centre = [_centre(limits[axis], fit.crop_px / zoom[axis], rng) for axis in (0, 1)]
    steps = np.arange(side) - (side - 1) / 2
    down, across = steps[:, None] / zoom[0], steps[None, :] / zoom[1]
    cos, sin = np.cos(angle), np.sin(angle)
    rows = centre[0] + cos * down - sin * across
    cols = centre[1] + sin * down + cos * across
    places = np.stack([rows, cols])
    image = np.stack(
        [
            ndi.map_coordinates(crop.image[..., channel], places, order=1, mode="nearest")
            for channel in range(crop.image.shape[2])
        ],
        axis=-1,
    )
    nearest = np.rint(places).astype(np.intp)
    ends = np.array(limits)[:, None, None]
    outside = ((nearest < 0) | (nearest >= ends)).any(axis=0)
    labels = crop.labels[tuple(np.clip(nearest, 0, ends - 1))]
    labels[outside] = IGNORED
    return image, labels


def _centre(size: int, needed: float, rng: np.random.Generator) -> float:
    slack = max(size - needed, 0.0) / 2
    return float((size - 1) / 2 + rng.uniform(-slack, slack))


def _turn(array: npt.NDArray[Any], *, turns: int, mirrored: bool) -> npt.NDArray[Any]:
    turned = np.rot90(array, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def _relight(image: FloatImage, *, rng: np.random.Generator) -> FloatImage:
    """Change contrast, gamma and noise of each channel by a little; an empty channel stays empty."""
    shape = (1, 1, image.shape[2])
    gain = rng.uniform(0.7, 1.2, shape).astype(np.float32)
    gamma = np.exp(rng.uniform(-0.5, 0.5, shape)).astype(np.float32)
    noise = rng.standard_normal(image.shape, dtype=np.float32) * np.float32(rng.uniform(0, 0.03))
    lit = image.any(axis=(0, 1), keepdims=True)
    changed = np.power(np.clip(image, 0, 1), gamma) * gain + noise
    return np.where(lit, changed, 0).astype(np.float32)
