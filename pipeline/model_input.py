"""What a predictor sees of an FOV: nuclear and membrane channel, and others where it was trained on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import InvalidImage, InvalidSetting
from pipeline.io.roles import find_channel, named_channels
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


def model_image(
    reader: WindowReader,
    window: Window,
    frame: int = 0,
    *,
    names: Sequence[str] = INPUT_CHANNELS,
    inputs: Mapping[str, str] | None = None,
) -> Image:
    """Read a window as a predictor wants it, intensities as stored.

    Parameters
    ----------
    reader
        Image with roles on its channels.
    window
        What to read.
    frame
        Which frame.
    names, inputs
        The channels of the answer; see `find_inputs`.

    Returns
    -------
    float32 array
        (row, column, name). A missing membrane channel is all zeros.

    Raises
    ------
    InvalidImage, InvalidSetting
        As `find_inputs`.
    """
    image = np.zeros((window.height, window.width, len(names)), np.float32)
    for plane, index in enumerate(find_inputs(reader.channels, names=names, inputs=inputs)):
        if index is not None:
            image[..., plane] = reader.read(frame, index, window)
    return image


def find_inputs(
    channels: Sequence[Channel],
    *,
    names: Sequence[str] = INPUT_CHANNELS,
    inputs: Mapping[str, str] | None = None,
) -> tuple[int | None, ...]:
    """Find the channels of an image that a predictor takes.

    Parameters
    ----------
    channels
        Those of the image.
    names
        Those of the predictor: ``"nuclear"`` and ``"membrane"`` are found by role, others by their names.
    inputs
        For some of `names`, the name or number of the channel to take instead, or nothing for none at all.

    Returns
    -------
    tuple
        Index of the channel for each name; None where zeros stand for it.

    Raises
    ------
    InvalidImage
        When no channel has the nuclear role or a name that is neither a role, or several have it.
    InvalidSetting
        When `inputs` speaks of a channel that the predictor does not take.
    """
    said = dict(inputs or {})
    unknown = sorted(set(said) - set(names))
    if unknown:
        raise InvalidSetting(f"the predictor takes no input {unknown[0]!r}; it takes {list(names)}.")
    return tuple(_find_input(channels, name, said.get(name)) for name in names)


def _find_input(channels: Sequence[Channel], name: str, said: str | None) -> int | None:
    every = [channel.name for channel in channels]
    if said is not None and not said.strip():
        return None
    if said is not None:
        return find_channel(every, said, role=name)
    if name not in INPUT_CHANNELS:
        found = named_channels(every, name)
        if len(found) != 1:
            raise InvalidImage(
                f"the predictor takes a channel {name!r}, and {len(found)} of the channels {every} have this"
                f" name. Say which one it is, {name}=CHANNEL, or {name}= when there is none."
            )
        return found[0]
    holders = [index for index, channel in enumerate(channels) if channel.role == name]
    if len(holders) > 1 or (name == "nuclear" and not holders):
        raise InvalidImage(
            f"{len(holders)} of the channels {every} have the role {name!r}; exactly one must. Name the"
            f" {name} channel when the image is ingested."
        )
    return holders[0] if holders else None
