"""What a format reader hands over: arrays on disk and what the file says about them."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.io.lazy import LazyArray
from pipeline.io.limits import ReadLimits


@dataclass(frozen=True)
class StoredLabels:
    """A label image in the file.

    Attributes
    ----------
    array
        The array that holds it, maybe with other compartments.
    axes
        One letter for each dimension (C for compartments); None where they follow those of the image.
    plane
        Index of the compartment within the array.
    """

    array: LazyArray
    axes: str | None = None
    plane: int = 0


@dataclass
class Opened:
    """An open file, before the user's word on axes and roles is heard.

    Attributes
    ----------
    format
        Name for people, such as ``"OME-TIFF"``.
    levels
        The image, and smaller versions of it where the file has them.
    axes
        One letter for each dimension, from the metadata; an unknown letter stands for an unknown
        dimension; None when the file says nothing.
    channel_names
        Names in order, None when the file has none.
    default_names
        Names to use when there are no others (the samples of a colour image).
    pixel_size_um
        Micrometres per pixel.
    labels
        Label planes in order, each with its compartment, or None for the compartment where the file does
        not say.
    alternatives
        Names of other label images in the file, which are not read.
    warnings
        What the user should know.
    """

    format: str
    levels: list[LazyArray]
    axes: str | None
    channel_names: list[str] | None = None
    default_names: tuple[str, ...] | None = None
    pixel_size_um: float | None = None
    labels: list[tuple[str | None, StoredLabels]] = field(default_factory=list)
    alternatives: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)


Opener = Callable[[Path, ExitStack, ReadLimits], Opened]
"""Opens a path; what must be closed again is put on the stack."""
