"""What a training run takes from a dataset version."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.dataset import load_split
from pipeline.types import Image, Labels
from training.augment import Batch, TrainingCrop, prepare_crop, stack_batch
from training.config import UNetConfig
from training.errors import UnusableDataset
from training.targets import IGNORED, known_extent

_N_PREFETCHED = 4


@dataclass(frozen=True)
class TrainingData:
    """The crops of a run.

    validation : squares of the validation crops
    compartments : those with at least one instance to learn from, whole_cell before nuclear
    validated_on : `val`, or `train` when the dataset version has no validation crops
    """

    train: list[TrainingCrop]
    validation: list[Batch]
    compartments: tuple[str, ...]
    validated_on: str


def load_training_data(dataset_dir: Path, *, config: UNetConfig) -> TrainingData:
    """Load, preprocess and check the training and validation splits.

    Raises
    ------
    UnusableDataset
        There is no crop, no instance to learn from, NaN or infinity, or another number of channels.
    """
    images, labels = _load_known(dataset_dir, "train", config=config)
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
    train = [prepare_crop(image, plane, config=config) for image, plane in zip(images, labels, strict=True)]
    images, labels = _load_known(dataset_dir, "val", config=config)
    held_out = [
        prepare_crop(image, plane, config=config) for image, plane in zip(images, labels, strict=True)
    ]
    chosen = _spread(held_out or train, n_most=config.fit.max_validation_crops)
    validation = _validation_batches(chosen, config=config)
    return TrainingData(train, validation, present, "val" if held_out else "train")


@contextmanager
def prefetched(batches: Iterator[Batch]) -> Iterator[Iterator[Batch]]:
    """Make batches in a thread while the last one is used, in the same order as without."""
    ready: queue.Queue[Batch | Exception] = queue.Queue(_N_PREFETCHED)
    finished = threading.Event()

    def put(item: Batch | Exception) -> None:
        while not finished.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def produce() -> None:
        try:
            while not finished.is_set():
                put(next(batches))
        except Exception as error:
            # Handed to the consumer, who raises it.
            put(error)

    def consume() -> Iterator[Batch]:
        while True:
            item = ready.get()
            if isinstance(item, Exception):
                raise item
            yield item

    producer = threading.Thread(target=produce, name="training-batches", daemon=True)
    producer.start()
    try:
        yield consume()
    finally:
        finished.set()
        producer.join()


def _load_known(dataset_dir: Path, split: str, *, config: UNetConfig) -> tuple[list[Image], list[Labels]]:
    """Load a split, cut the padding off its crops and leave out those without any truth."""
    all_images, all_labels = load_split(dataset_dir, split)
    if all_images.shape[-1] != config.n_channels:
        raise UnusableDataset(
            f"{dataset_dir}: the {split} split has {all_images.shape[-1]} channels, the network takes "
            f"{config.n_channels}."
        )
    planes = [COMPARTMENTS.index(name) for name in config.compartments]
    images: list[Image] = []
    labels: list[Labels] = []
    for number, (image, stack) in enumerate(zip(all_images, all_labels, strict=True)):
        if not np.isfinite(image).all():
            raise UnusableDataset(f"{dataset_dir}: crop {number} of the {split} split has NaN or infinity.")
        truth = np.ascontiguousarray(stack[..., planes])
        if (truth != IGNORED).any():
            extent = known_extent(truth)
            images.append(image[extent])
            labels.append(truth[extent])
    return images, labels


def _spread(crops: list[TrainingCrop], *, n_most: int) -> list[TrainingCrop]:
    places = np.linspace(0, len(crops) - 1, min(n_most, len(crops)))
    return [crops[int(place)] for place in places]


def _validation_batches(crops: list[TrainingCrop], *, config: UNetConfig) -> list[Batch]:
    """Cut the validation crops into squares of the training size, the same ones in every epoch."""
    fit = config.fit
    squares = [square for crop in crops for square in _squares(crop, side=fit.crop_px)]
    n_batches = max(1, len(squares) // fit.batch_size)
    missing = n_batches * fit.batch_size - len(squares)
    full = (squares * fit.batch_size)[: len(squares) + max(missing, 0)]
    return [
        stack_batch(
            [square.image for square in full[start : start + fit.batch_size]],
            [square.targets for square in full[start : start + fit.batch_size]],
        )
        for start in range(0, n_batches * fit.batch_size, fit.batch_size)
    ]


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
