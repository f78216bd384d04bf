"""Labelled images in files, as items of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.dataset_items import DatasetItem
from pipeline.errors import InvalidImage, InvalidLabels
from pipeline.io.decoding import decoding
from pipeline.io.find import find_images
from pipeline.io.open import open_image
from pipeline.io.sidecar import read_sidecar
from pipeline.labels import check_labels
from pipeline.model_input import INPUT_CHANNELS, model_image
from pipeline.types import Image, Labels
from pipeline.windows import Window


def read_labelled(
    paths: Sequence[Path],
    *,
    channels: Sequence[str] = INPUT_CHANNELS,
    progress: Callable[[int, int], None] | None = None,
) -> Generator[DatasetItem, None, None]:
    """Read labelled images one at a time: files, or folders of them.

    Each frame of a file is an item; the frames of a file are of one group. The provenance names the file, its
    folder and, where the JSON beside it says so, platform and tissue.

    Parameters
    ----------
    paths
        Files and folders.
    channels
        Those of the items' images; see `pipeline.model_input.find_inputs`.
    progress
        Called with the number of files read, and of all.

    Raises
    ------
    InvalidImage
        When a file has no labels, or not one of the channels.
    InputError
        When a file cannot be read.
    """
    found = find_images(list(paths))
    for number, path in enumerate(found, start=1):
        yield from _frames(path, channels)
        if progress is not None:
            progress(number, len(found))


def _frames(path: Path, channels: Sequence[str]) -> Iterator[DatasetItem]:
    sidecar = read_sidecar(path)
    with open_image(path) as source:
        origin = {
            "platform": sidecar.platform,
            "tissue": sidecar.tissue,
            "pixel_size_um": source.pixel_size_um,
        }
        said = {key: value for key, value in origin.items() if value is not None}
        n_frames, _, rows, cols = source.shape
        if not source.labels:
            raise InvalidImage("has no labels; leave it out or label it first.", path=path)
        whole = Window(0, 0, rows, cols)
        for frame in range(n_frames):
            yield DatasetItem(
                source_id=f"{path}#{frame}" if n_frames > 1 else str(path),
                group=source.group or str(path),
                image=model_image(source, whole, frame, names=channels),
                labels={name: source.read_labels(name, frame, whole) for name in source.labels},
                provenance={"file": path.name, "folder": path.parent.name, "frame": frame, **said},
            )


@dataclass(frozen=True)
class AnnotatedImage:
    """One image that several people outlined.

    image : float32 (row, col, 2), channels [nuclear, membrane]
    makers : label image (row, col) per annotator, of `compartment`
    pixel_size_um : None where unknown
    """

    image: Image
    compartment: str
    makers: Mapping[str, Labels]
    pixel_size_um: float | None = None


def read_annotated(paths: Sequence[Path]) -> Iterator[AnnotatedImage]:
    """Read .npz files, or folders of them, that hold several people's labels: `y`, `y_expert2`, `y_anyone`.

    The first is named `expert1`, the others after what follows `y_`. One item per compartment and frame.

    Raises
    ------
    InvalidImage
        When a file is no .npz, or has no `y`.
    InvalidLabels
        When an array is no label image, or has another shape than `y`.
    InputError
        When a file cannot be read.
    """
    for path in find_images(list(paths)):
        if path.suffix.lower() != ".npz":
            raise InvalidImage("is no .npz; labels of several people are read from those alone.", path=path)
        stacks = _read_makers(path)
        with open_image(path) as source:
            n_frames, _, rows, cols = source.shape
            whole = Window(0, 0, rows, cols)
            # Axes of frames and of compartments may be left out where there is one.
            makers = {name: stack.reshape(n_frames, rows, cols, -1) for name, stack in stacks.items()}
            for frame in range(n_frames):
                image = model_image(source, whole, frame)
                for plane, compartment in enumerate(source.labels):
                    found = {
                        name: stack[frame, ..., plane]
                        for name, stack in makers.items()
                        if stack.shape[-1] > plane
                    }
                    yield AnnotatedImage(image, compartment, found, source.pixel_size_um)


def _read_makers(path: Path) -> dict[str, Labels]:
    """Give everybody's labels; the later ones may have fewer compartments than `y`."""
    with decoding(path, "npz"), np.load(path, allow_pickle=False) as arrays:
        names = [name for name in arrays.files if name == "y" or name.startswith("y_")]
        stacks = {name: arrays[name] for name in names}
    if "y" not in stacks:
        raise InvalidImage("has no labels as `y`; leave it out or label it first.", path=path)
    shape = stacks["y"].shape
    for name, stack in stacks.items():
        if stack.shape != shape and (len(shape) != 4 or stack.shape[:3] != shape[:3] or stack.ndim != 4):
            raise InvalidLabels(
                f"{name} is {stack.shape}, y is {shape}; give labels of the same images.", path=path
            )
    return {
        "expert1" if name == "y" else name.removeprefix("y_"): check_labels(stack, name=f"{path} {name}")
        for name, stack in stacks.items()
    }
