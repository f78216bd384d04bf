"""What a training run takes from a dataset version."""

import os
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.compartments import COMPARTMENTS
from pipeline.dataset import load_split
from pipeline.io.dataset_files import read_manifest
from pipeline.model_input import INPUT_CHANNELS
from pipeline.types import Image, Labels
from training.augment import Batch, Targets, TrainingCrop, prepare_crop, stack_batch
from training.config import NetworkConfig
from training.errors import UnusableDataset
from training.model_folder import channel_names
from training.sampling import crop_pixel_um, crop_sources, draw_shares
from training.targets import IGNORED, known_extent

_N_PREFETCHED = 4
# More threads than this do not help: most of the work on a square holds the interpreter.
_MAX_THREADS = 8


@dataclass(frozen=True)
class TrainingData:
    """The crops of a run.

    validation : squares of the validation crops
    compartments : those with at least one instance to learn from, whole_cell before nuclear
    validated_on : `val`, or `train` when the dataset version has no validation crops
    channels : names of the channels of the images, in order
    weights : share of the draws per training crop, summing to 1; None draws all equally often
    """

    train: list[TrainingCrop]
    validation: list[Batch]
    compartments: tuple[str, ...]
    validated_on: str
    weights: npt.NDArray[np.float64] | None = None
    channels: tuple[str, ...] = INPUT_CHANNELS

    def checksum(self) -> int:
        """Return the CRC-32 of everything that a run sees of the data."""
        arrays: list[npt.NDArray[Any]] = [] if self.weights is None else [self.weights]
        arrays += [array for crop in self.train for array in (crop.image, crop.labels)]
        arrays += [array for image, targets in self.validation for array in (image, *targets.values())]
        checksum = 0
        for array in arrays:
            checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
        return checksum


def load_training_data(dataset_dir: Path, *, config: NetworkConfig) -> TrainingData:
    """Load, preprocess and check the training and validation splits.

    Raises
    ------
    UnusableDataset
        There is no crop, no instance to learn from, NaN or infinity, another number of channels, or labels
        that are none.
    """
    manifest = read_manifest(dataset_dir)
    channels = _check_channels(dataset_dir, manifest, config=config)
    images, labels, sources = _load_known(dataset_dir, "train", config=config, manifest=manifest)
    if not images:
        raise UnusableDataset(f"{dataset_dir}: the training split has no crops. Accept more FOVs first.")
    present = tuple(
        name
        for index, name in enumerate(config.compartments)
        if any((plane[..., index] > 0).any() for plane in labels)
    )
    if not present:
        raise UnusableDataset(
            f"{dataset_dir}: the training split has no instance of {' or '.join(config.compartments)}. "
            "Annotate some cells first."
        )
    train = _prepare_all(images, labels, sources, config=config)
    weights = draw_shares(sources, fit=config.fit)
    held_out = _prepare_all(*_load_known(dataset_dir, "val", config=config, manifest=manifest), config=config)
    chosen = _spread(held_out or train, n_most=config.fit.max_validation_crops)
    validation = validation_batches(chosen, config=config)
    validated_on = "val" if held_out else "train"
    return TrainingData(train, validation, present, validated_on, weights, channels)


def _prepare_all(
    images: list[Image],
    labels: list[Labels],
    sources: list[Mapping[str, Any]],
    *,
    config: NetworkConfig,
) -> list[TrainingCrop]:
    return [
        prepare_crop(image, plane, config=config, pixel_size_um=crop_pixel_um(source))
        for image, plane, source in zip(images, labels, sources, strict=True)
    ]


@contextmanager
def prefetched(batch_of: Callable[[int], Batch], *, first_step: int = 0) -> Iterator[Iterator[Batch]]:
    """Make the batches of the next steps in threads while one is used, in the same order as without.

    Parameters
    ----------
    batch_of
        Makes the batch of a step; called in any order.
    """
    n_threads = max(1, min(_MAX_THREADS, (os.cpu_count() or 1) // 2))
    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="training-batches")
    ahead: deque[Future[Batch]] = deque()

    def consume() -> Iterator[Batch]:
        step = first_step
        while True:
            while len(ahead) < _N_PREFETCHED + n_threads:
                ahead.append(pool.submit(batch_of, step))
                step += 1
            yield ahead.popleft().result()

    try:
        yield consume()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _check_channels(
    dataset_dir: Path, manifest: Mapping[str, Any], *, config: NetworkConfig
) -> tuple[str, ...]:
    """Names of the channels of a dataset; two have to be those of every network of two, in this order."""
    found = [str(name) for name in manifest.get("channels", channel_names(config))]
    if len(found) != config.n_channels:
        raise UnusableDataset(
            f"{dataset_dir}: it has {len(found)} channels, the network takes {config.n_channels}. Build the "
            "dataset with as many, or choose another preset."
        )
    if len(found) == len(INPUT_CHANNELS) and found != list(INPUT_CHANNELS):
        raise UnusableDataset(
            f"{dataset_dir}: its channels are {found}, the network takes {list(INPUT_CHANNELS)}. Build the "
            "dataset again, naming the nuclear and the membrane channel."
        )
    return tuple(found)


def _load_known(
    dataset_dir: Path, split: str, *, config: NetworkConfig, manifest: Mapping[str, Any]
) -> tuple[list[Image], list[Labels], list[Mapping[str, Any]]]:
    """Load a split, cut the padding off its crops and leave out those without any truth."""
    all_images, all_labels = load_split(dataset_dir, split)
    if all_images.shape[-1] != config.n_channels:
        raise UnusableDataset(
            f"{dataset_dir}: the {split} split has {all_images.shape[-1]} channels, the network takes "
            f"{config.n_channels}."
        )
    _check_labels(dataset_dir, split, all_labels, shape=all_images.shape[:-1])
    planes = [COMPARTMENTS.index(name) for name in config.compartments]
    all_sources = crop_sources(manifest, split, n_crops=len(all_images))
    images: list[Image] = []
    labels: list[Labels] = []
    sources: list[Mapping[str, Any]] = []
    for number, (image, stack) in enumerate(zip(all_images, all_labels, strict=True)):
        if not np.isfinite(image).all():
            raise UnusableDataset(f"{dataset_dir}: crop {number} of the {split} split has NaN or infinity.")
        truth = np.ascontiguousarray(stack[..., planes])
        if (truth != IGNORED).any():
            extent = known_extent(truth)
            images.append(image[extent])
            labels.append(truth[extent])
            sources.append(all_sources[number])
    return images, labels, sources


def _check_labels(dataset_dir: Path, split: str, labels: npt.NDArray[Any], *, shape: tuple[int, ...]) -> None:
    if labels.shape != (*shape, len(COMPARTMENTS)) or labels.dtype.kind not in "iu":
        raise UnusableDataset(
            f"{dataset_dir}: the {split} split has labels of shape {labels.shape} of {labels.dtype}; to its "
            f"images belongs one plane of whole numbers for each of {', '.join(COMPARTMENTS)}, {IGNORED} in "
            "one that nobody annotated."
        )
    if labels.size and labels.min() < IGNORED:
        raise UnusableDataset(
            f"{dataset_dir}: a label of {labels.min()} in the {split} split; labels are {IGNORED} (no "
            "truth), 0 (background) or more."
        )


def _spread(crops: list[TrainingCrop], *, n_most: int) -> list[TrainingCrop]:
    places = np.linspace(0, len(crops) - 1, min(n_most, len(crops)))
    return [crops[int(place)] for place in places]


def validation_batches(crops: list[TrainingCrop], *, config: NetworkConfig) -> list[Batch]:
    """Cut the validation crops into squares of the training size, the same ones in every epoch.

    Every square is in one batch; batches are of nearly as many, and filled up with squares without truth.
    """
    fit = config.fit
    squares = [square for crop in crops for square in _squares(crop, side=fit.crop_px)]
    n_batches = -(-len(squares) // fit.batch_size)
    cuts = np.linspace(0, len(squares), n_batches + 1).astype(int)
    parts = [squares[start:stop] for start, stop in pairwise(cuts)]
    return [
        stack_batch(
            [square.image for square in part] + missing * [np.zeros_like(part[0].image)],
            [square.targets for square in part] + missing * [_no_truth(part[0].targets)],
        )
        for part in parts
        for missing in [fit.batch_size - len(part)]
    ]


def _no_truth(targets: Targets) -> Targets:
    return {name: np.zeros_like(target) for name, target in targets.items()}


def _squares(crop: TrainingCrop, *, side: int) -> Iterator[TrainingCrop]:
    n_rows, n_cols = crop.image.shape[:2]
    for row in range(0, max(n_rows - side, 0) + 1, side):
        for col in range(0, max(n_cols - side, 0) + 1, side):
            cut = (slice(row, row + side), slice(col, col + side))
            missing = [(0, max(side - n_rows, 0)), (0, max(side - n_cols, 0)), (0, 0)]
            yield TrainingCrop(
                image=np.pad(crop.image[cut], missing),
                labels=crop.labels[cut],
                targets={name: np.pad(target[cut], missing) for name, target in crop.targets.items()},
            )
