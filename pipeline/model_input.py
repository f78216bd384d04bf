"""What a predictor sees of an FOV: two channels, nuclear and membrane."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import InvalidImage
from pipeline.types import Image
from pipeline.windows import Window

INPUT_CHANNELS: tuple[str, ...] = ("nuclear", "membrane")


class Channel(Protocol):
    """A channel with a name and a role."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def role(self) -> str:
        """``"nuclear"``, ``"membrane"`` or ``"other"``."""
        ...


class WindowReader(Protocol):
    """An image that is read in windows: a file or a stored FOV."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One entry for each channel."""
        ...

    def read(self, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Window of one plane, (row, column)."""
        ...


def model_image(reader: WindowReader, window: Window, frame: int = 0) -> Image:
    """Read a window as a predictor wants it, intensities as stored.

    Parameters
    ----------
    reader
        Image with roles on its channels.
    window
        What to read.
    frame
        Which frame.

    Returns
    -------
    float32 array
        (row, column, 2): nuclear, membrane. A missing membrane channel is all zeros.

    Raises
    ------
    InvalidImage
        When no channel has the nuclear role, or a role is held by two.
    """
    image = np.zeros((window.height, window.width, len(INPUT_CHANNELS)), np.float32)
    for plane, role in enumerate(INPUT_CHANNELS):
        holders = [index for index, channel in enumerate(reader.channels) if channel.role == role]
        if len(holders) > 1 or (role == "nuclear" and not holders):
            names = [channel.name for channel in reader.channels]
            raise InvalidImage(
                f"{len(holders)} of the channels {names} have the role {role!r}; exactly one must. Name the"
                f" {role} channel when the image is ingested."
            )
        if holders:
            image[..., plane] = reader.read(frame, holders[0], window)
    return image
