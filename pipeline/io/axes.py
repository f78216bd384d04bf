"""From the dimensions of a stored array to (frame, channel, row, column)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import AmbiguousAxes, InvalidImage
from pipeline.io.lazy import LazyArray
from pipeline.windows import Window

# Letters with a meaning: time, depth, channel, row, column, samples of a colour image. "_" is a dimension
# of length 1 that carries nothing.
KNOWN_AXES = "TZCYXS_"
_PLAUSIBLE = {
    2: ("YX",),
    3: ("CYX", "ZYX", "TYX", "YXC"),
    4: ("TCYX", "ZCYX", "CZYX", "CTYX", "TYXC", "ZYXC"),
    5: ("TZCYX", "TCZYX"),
}


@dataclass(frozen=True)
class Layout:
    """Which dimension of a stored array is what.

    Attributes
    ----------
    axes
        One letter of `KNOWN_AXES` for each dimension.
    shape
        Length of each dimension.
    """

    axes: str
    shape: tuple[int, ...]

    def length(self, letters: str) -> int:
        """Product of the lengths of the dimensions named in `letters` (1 where there is none)."""
        return prod(size for axis, size in zip(self.axes, self.shape, strict=True) if axis in letters)

    @property
    def n_frames(self) -> int:
        """Number of z planes or time points."""
        return self.length("TZ")

    @property
    def n_channels(self) -> int:
        """Number of channels; the samples of a colour image count as channels."""
        return self.length("CS")

    @property
    def rows(self) -> int:
        """Height of a plane in pixels."""
        return self.length("Y")

    @property
    def cols(self) -> int:
        """Width of a plane in pixels."""
        return self.length("X")

    @property
    def frame_axis(self) -> str:
        """``"z"`` or ``"t"``: what the frames are; ``"t"`` where there is one frame."""
        return "z" if self.length("Z") > 1 else "t"

    def read(self, array: LazyArray, *, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Read one window of one plane, (row, column), in native byte order."""
        frame_lengths = [n for a, n in zip(self.axes, self.shape, strict=True) if a in "TZ"]
        channel_lengths = [n for a, n in zip(self.axes, self.shape, strict=True) if a in "CS"]
        frames = iter(np.unravel_index(frame, frame_lengths) if frame_lengths else ())
        channels = iter(np.unravel_index(channel, channel_lengths) if channel_lengths else ())
        selection: list[int | slice] = []
        for axis in self.axes:
            if axis == "Y":
                selection.append(slice(window.row, window.row + window.height))
            elif axis == "X":
                selection.append(slice(window.col, window.col + window.width))
            elif axis in "TZ":
                selection.append(int(next(frames)))
            elif axis in "CS":
                selection.append(int(next(channels)))
            else:
                selection.append(0)
        plane = np.asarray(array[tuple(selection)])
        if self.axes.index("X") < self.axes.index("Y"):
            plane = plane.T
        return plane.astype(plane.dtype.newbyteorder("="), copy=False)


def make_layout(axes: str, shape: Sequence[int], *, path: Path) -> Layout:
    """Check that `axes` names the dimensions of `shape` and that one FOV can be read from them.

    Raises
    ------
    InvalidImage
        When a letter is unknown or repeated, rows or columns are missing, the number of letters differs
        from the number of dimensions, or there are both several time points and several z planes.
    """
    axes = axes.upper()
    lengths = tuple(int(n) for n in shape)
    named = axes.replace("_", "")
    if len(axes) != len(lengths):
        raise InvalidImage(
            f"axes {axes!r} name {len(axes)} dimensions, the array has {len(lengths)}: {lengths}."
            " Name each dimension once, such as CYX or ZCYX.",
            path=path,
        )
    if set(axes) - set(KNOWN_AXES) or len(set(named)) != len(named) or not {"Y", "X"} <= set(axes):
        raise InvalidImage(
            f"axes {axes!r} cannot be used. Use each of T, Z, C, Y, X at most once, with Y and X among them.",
            path=path,
        )
    layout = Layout(axes, lengths)
    if layout.length("T") > 1 and layout.length("Z") > 1:
        raise InvalidImage(
            f"there are {layout.length('T')} time points and {layout.length('Z')} z planes; an FOV"
            " has one kind of frame. Export one time point or one z plane (or a projection).",
            path=path,
        )
    return layout


def spell_out(axes: str, shape: Sequence[int]) -> str:
    """Spread `axes` over `shape` where they name only the dimensions longer than 1 (``"_"`` for the rest)."""
    if len(axes) == len(shape):
        return axes.upper()
    long = [i for i, n in enumerate(shape) if n != 1]
    if len(axes) != len(long):
        return axes.upper()
    letters = iter(axes.upper())
    return "".join(next(letters) if i in long else "_" for i in range(len(shape)))


def plausible_axes(stored: str | None, shape: Sequence[int], *, n_channels: int | None = None) -> list[str]:
    """Every reading of an array that its metadata leave open.

    Parameters
    ----------
    stored
        Letters from the metadata, where an unknown letter stands for an unknown dimension; None when
        there are no metadata.
    shape
        Length of each dimension.
    n_channels
        Number of channel names that the user gave: readings with another number of channels are left out.

    Returns
    -------
    list of str
        One letter for each dimension, the likeliest first; one element when nothing is open.
    """
    if stored is None:
        long = [n for n in shape if n != 1]
        candidates = [spell_out(axes, shape) for axes in _PLAUSIBLE.get(len(long), ())]
        if len(long) < 2:
            candidates = [("_" * max(len(shape) - 2, 0) + "YX")[-len(shape) :]] if len(shape) >= 2 else []
    else:
        candidates = _fill_unknown(stored.upper(), shape)
    readings = [axes for axes in candidates if _is_possible(axes, shape)]
    if n_channels is not None:
        counted = [a for a in readings if Layout(a, tuple(shape)).n_channels == n_channels]
        readings = counted or readings
    return readings


def _fill_unknown(stored: str, shape: Sequence[int]) -> list[str]:
    known = [
        "_" if (axis not in KNOWN_AXES and size == 1) else axis
        for axis, size in zip(stored, shape, strict=True)
    ]
    unknown = [i for i, axis in enumerate(known) if axis not in KNOWN_AXES]
    if not unknown:
        return ["".join(known)]
    if len(unknown) > 1:
        return []
    readings = []
    for letter in "CZT":
        if letter not in known:
            filled = list(known)
            filled[unknown[0]] = letter
            readings.append("".join(filled))
    return readings


def _is_possible(axes: str, shape: Sequence[int]) -> bool:
    if len(axes) != len(shape) or not {"Y", "X"} <= set(axes):
        return False
    layout = Layout(axes, tuple(shape))
    return not (layout.length("T") > 1 and layout.length("Z") > 1)


def choose_layout(
    stored: str | None,
    shape: Sequence[int],
    *,
    path: Path,
    axes: str | None = None,
    n_channels: int | None = None,
) -> Layout:
    """Layout from what the user says, else from the metadata; never a guess.

    Parameters
    ----------
    stored
        Letters from the metadata (see `plausible_axes`).
    shape
        Length of each dimension.
    path
        Named in messages.
    axes
        What the user says; wins over the metadata.
    n_channels
        Number of channel names in the JSON file beside the image.

    Raises
    ------
    AmbiguousAxes
        With the possible readings, when metadata and user leave more than one.
    InvalidImage
        When no reading is possible.
    """
    if axes is not None:
        return make_layout(spell_out(axes, shape), shape, path=path)
    readings = plausible_axes(stored, shape, n_channels=n_channels)
    if len(readings) == 1:
        return make_layout(readings[0], shape, path=path)
    if not readings:
        return make_layout(stored or "?" * len(shape), shape, path=path)
    choices = tuple(reading.replace("_", "") for reading in readings)
    raise AmbiguousAxes(
        f"the file does not say what its dimensions {tuple(shape)} are. Name the axes, one of:"
        f" {', '.join(choices)}.",
        choices=choices,
        path=path,
    )
