"""Training squares: cut from crops at random, turned, warped and re-lit, with their targets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from pipeline.types import Labels
from training.config import FitConfig, UNetConfig
from training.preprocess import FloatImage, preprocess_image
from training.targets import IGNORED, inner_distance_target, known_weight, pixelwise_target

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


def prepare_crop(image: FloatImage, labels: Labels, *, config: UNetConfig) -> TrainingCrop:
    """Preprocess a crop and compute its targets.

    Parameters
    ----------
    image
        Float32 (row, col, channel), stored intensities.
    labels
        Int32 (row, col, compartment), compartments in the order of the config.
    """
    return TrainingCrop(
        image=preprocess_image(image, config=config.preprocess),
        labels=labels,
        targets={
            name: target.astype(np.float16) for name, target in head_targets(labels, config=config).items()
        },
    )


def head_targets(labels: Labels, *, config: UNetConfig) -> Targets:
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


def training_batches(
    crops: list[TrainingCrop], *, config: UNetConfig, rng: np.random.Generator
) -> Iterator[Batch]:
    """Yield batches for ever; every crop comes up once before any comes up again."""
    fit = config.fit
    queue: list[int] = []
    while True:
        while len(queue) < fit.batch_size:
            queue.extend(rng.permutation(len(crops)).tolist())
        chosen, queue = queue[: fit.batch_size], queue[fit.batch_size :]
        squares = [_random_square(crops[index], config=config, rng=rng) for index in chosen]
        yield stack_batch([image for image, _ in squares], [targets for _, targets in squares])


def _random_square(
    crop: TrainingCrop, *, config: UNetConfig, rng: np.random.Generator
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
    zoom = fit.max_zoom ** rng.uniform(-1, 1)
    angle = rng.uniform(0, 2 * np.pi)
    centre = np.array([_centre(size, fit.crop_px / zoom, rng) for size in crop.image.shape[:2]])
    steps = (np.arange(side) - (side - 1) / 2) / zoom
    cos, sin = np.cos(angle), np.sin(angle)
    rows = centre[0] + cos * steps[:, None] - sin * steps[None, :]
    cols = centre[1] + sin * steps[:, None] + cos * steps[None, :]
    places = np.stack([rows, cols])
    image = np.stack(
        [
            ndi.map_coordinates(crop.image[..., channel], places, order=1, mode="nearest")
            for channel in range(crop.image.shape[2])
        ],
        axis=-1,
    )
    nearest = np.rint(places).astype(np.intp)
    limits = np.array(crop.image.shape[:2])[:, None, None]
    outside = ((nearest < 0) | (nearest >= limits)).any(axis=0)
    labels = crop.labels[tuple(np.clip(nearest, 0, limits - 1))]
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
