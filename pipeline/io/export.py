"""Label images as files for other programs."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidLabels
from pipeline.io.npz import write_label_blocks, write_npz
from pipeline.labels import check_labels
from pipeline.types import Labels, LabelSet

_ROWS_AT_ONCE = 512


def ordered_compartments(labels: LabelSet, *, order: Sequence[str] = COMPARTMENTS) -> list[str]:
    """Compartments of a label set in the order of files: whole_cell before nuclear.

    Raises
    ------
    InvalidLabels
        When there are none, one is unknown, or their shapes differ.
    """
    unknown = set(labels) - set(order)
    if unknown or not labels:
        raise InvalidLabels(f"Labels of {sorted(labels)} cannot be written; give some of {list(order)}.")
    shapes = {compartment: image.shape for compartment, image in labels.items()}
    if len(set(shapes.values())) > 1:
        raise InvalidLabels(f"Label images of one FOV differ in shape: {shapes}. Give images of one FOV.")
    return [compartment for compartment in order if compartment in labels]


def write_labels_npz(path: Path, labels: LabelSet) -> None:
    """Write label images as .npz: ``y`` (N, rows, columns, compartments) int32 and ``compartments``.

    Parameters
    ----------
    path
        Where to; replaced when it is there, complete or not at all.
    labels
        (row, column), or (frame, row, column) with frames as images.

    Raises
    ------
    InvalidLabels
        See `ordered_compartments`.
    """
    names = ordered_compartments(labels)
    planes = np.stack([check_labels(labels[name], name=name) for name in names], axis=-1)
    write_npz(path, y=planes[np.newaxis] if planes.ndim == 3 else planes, compartments=names)


def write_labels_tif(path: Path, labels: LabelSet, *, pixel_size_um: float | None = None) -> None:
    """Write label images as OME-TIFF: uint32, one channel for each compartment, named, tiled, deflate.

    Parameters
    ----------
    path
        Where to; replaced when it is there, complete or not at all.
    labels
        (row, column) or (frame, row, column).
    pixel_size_um
        Micrometres per pixel, or None.

    Raises
    ------
    InvalidLabels
        See `ordered_compartments`.
    """
    names = ordered_compartments(labels)
    planes = np.stack([check_labels(labels[name], name=name) for name in names], axis=-3)
    _write_tif(path, planes, names, pixel_size_um=pixel_size_um)


def write_label_stack(path: Path, stack: Labels, *, compartments: Sequence[str]) -> None:
    """Write the labels of an image of any size, some rows at a time: OME-TIFF, or .npz by its suffix.

    Parameters
    ----------
    path
        Where to; replaced when it is there, complete or not at all.
    stack
        Int32 (frame, compartment, row, column), no value below 0; may be mapped from a file.
    compartments
        Names of the compartments, whole_cell before nuclear.
    """
    if path.suffix.lower() != ".npz":
        _write_tif(path, stack, compartments)
        return
    n_frames, _, rows, cols = stack.shape
    blocks = (
        np.moveaxis(frame[:, row : row + _ROWS_AT_ONCE], 0, -1)
        for frame in stack
        for row in range(0, rows, _ROWS_AT_ONCE)
    )
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            write_label_blocks(file, blocks, shape=(n_frames, rows, cols), compartments=compartments)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _write_tif(
    path: Path, planes: Labels, names: Sequence[str], *, pixel_size_um: float | None = None
) -> None:
    """Write int32 (compartment, row, column), or with frames before, as uint32."""
    metadata: dict[str, object] = {
        "axes": "CYX" if planes.ndim == 3 else "TCYX",
        "Channel": {"Name": list(names)},
    }
    if pixel_size_um is not None:
        metadata |= {
            "PhysicalSizeX": pixel_size_um,
            "PhysicalSizeXUnit": "µm",
            "PhysicalSizeY": pixel_size_um,
            "PhysicalSizeYUnit": "µm",
        }
    partial = path.with_name(f".{path.name}.partial.ome.tif")
    try:
        tifffile.imwrite(
            partial,
            planes.view(np.uint32),
            ome=True,
            photometric="minisblack",
            tile=(256, 256),
            compression="zlib",
            metadata=metadata,
        )
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
