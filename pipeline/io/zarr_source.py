"""OME-Zarr as an image to ingest."""

from contextlib import ExitStack
from pathlib import Path

from pipeline.compartments import COMPARTMENTS
from pipeline.io.decoding import decoding
from pipeline.io.limits import ReadLimits
from pipeline.io.ngff_store import label_names, open_group, open_levels
from pipeline.io.opened import Opened, StoredLabels

_ROOT_FILES = ("zarr.json", ".zgroup", ".zattrs")


def is_zarr(path: Path) -> bool:
    """Whether a folder is the root of a Zarr group."""
    return path.is_dir() and any((path / name).is_file() for name in _ROOT_FILES)


def open_zarr(path: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open an OME-Zarr image, version 0.4 or 0.5, and its label images named as compartments.

    Raises
    ------
    UnreadableImage, InvalidImage, TooLarge
        Each names the folder and says what to do.
    """
    group = open_group(path)
    image, levels = open_levels(group, path=path, limits=limits)
    opened = Opened(
        format=f"OME-Zarr {image.version}",
        levels=levels,
        axes=image.axes,
        channel_names=[channel.name for channel in image.channels] or None,
        pixel_size_um=image.pixel_size_um,
    )
    names = label_names(path)
    opened.alternatives = tuple(name for name in names if name not in COMPARTMENTS)
    for compartment in COMPARTMENTS:
        if compartment in names:
            with decoding(path, f"labels {compartment}"):
                labels = group["labels"][compartment]
            described, arrays = open_levels(labels, path=path, limits=limits)
            opened.labels.append((compartment, StoredLabels(arrays[0], axes=described.axes)))
    return opened
