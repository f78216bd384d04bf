"""An image of axes (frame, channel, row, column) that is read in windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import InvalidImage, InvalidWindow
from pipeline.io.axes import Layout
from pipeline.io.decoding import decoding
from pipeline.io.lazy import LazyArray
from pipeline.windows import Window


@dataclass(frozen=True)
class ChannelInfo:
    """Name and role (``"nuclear"``, ``"membrane"`` or ``"other"``) of a channel.

    `minimum` and `maximum` are the range of the stored values where it is known.
    """

    name: str
    role: str = "other"
    minimum: float | None = None
    maximum: float | None = None


class PixelReader(Protocol):
    """What an image source and a stored FOV have in common."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(frame, channel, row, column)."""
        ...

    @property
    def channels(self) -> tuple[ChannelInfo, ...]:
        """One entry for each channel."""
        ...

    @property
    def n_levels(self) -> int:
        """Number of resolutions, 1 when there is only the full one."""
        ...

    def level_shape(self, level: int) -> tuple[int, int]:
        """(row, column) of a level."""
        ...

    def read(self, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Window of one plane, (row, column), stored dtype."""
        ...

    def read_level(self, level: int, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Window of one plane of a level, in the pixels of that level."""
        ...


class LazyImage:
    """Reads windows of an image on disk; memory is bounded by the window (and one strip or tile).

    Parameters
    ----------
    levels
        Arrays with their layouts, the full resolution first.
    channels
        One entry for each channel.
    pixel_size_um
        Micrometres per pixel of the full resolution, or None.
    path
        Named in messages.
    """

    def __init__(
        self,
        levels: Sequence[tuple[LazyArray, Layout]],
        *,
        channels: Sequence[ChannelInfo],
        pixel_size_um: float | None,
        path: Path,
    ) -> None:
        self._levels = list(levels)
        self.channels: tuple[ChannelInfo, ...] = tuple(channels)
        self.pixel_size_um = pixel_size_um
        self.path = path

    @property
    def _layout(self) -> Layout:
        return self._levels[0][1]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(frame, channel, row, column)."""
        layout = self._layout
        return (layout.n_frames, layout.n_channels, layout.rows, layout.cols)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the stored values, in native byte order."""
        dtype = np.dtype(self._levels[0][0].dtype)
        return np.dtype(np.uint8) if dtype == np.bool_ else dtype.newbyteorder("=")

    @property
    def frame_axis(self) -> str:
        """``"z"`` or ``"t"``."""
        return self._layout.frame_axis

    @property
    def axes(self) -> str:
        """Letters of the dimensions as stored, without those of length 1 that carry nothing."""
        return self._layout.axes.replace("_", "")

    @property
    def stored_shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions as stored."""
        return self._layout.shape

    @property
    def n_levels(self) -> int:
        """Number of resolutions."""
        return len(self._levels)

    def level_shape(self, level: int) -> tuple[int, int]:
        """(row, column) of a level; level 0 is the full resolution."""
        layout = self._levels[level][1]
        return (layout.rows, layout.cols)

    def read(self, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Read one window of one plane.

        Returns
        -------
        ndarray
            (row, column), stored dtype, native byte order.

        Raises
        ------
        InvalidWindow
            When frame, channel or window lie outside the image.
        UnreadableImage
            When the bytes cannot be decoded.
        InvalidImage
            When a value is NaN or infinite: says where.
        """
        return self.read_level(0, frame, channel, window)

    def read_level(self, level: int, frame: int, channel: int, window: Window) -> npt.NDArray[Any]:
        """Read one window of one plane of a level, in the pixels of that level (see `read`)."""
        array, layout = self._levels[level]
        _check_inside(layout, frame=frame, channel=channel, window=window, path=self.path)
        with decoding(self.path):
            plane = layout.read(array, frame=frame, channel=channel, window=window)
        if plane.dtype == np.bool_:
            plane = plane.astype(np.uint8)
        if plane.dtype.kind == "f" and not np.isfinite(plane).all():
            self._refuse_not_finite(plane, frame=frame, channel=channel, window=window)
        return plane

    def _refuse_not_finite(
        self, plane: npt.NDArray[Any], *, frame: int, channel: int, window: Window
    ) -> None:
        places = np.argwhere(~np.isfinite(plane))
        row, col = (int(n) for n in places[0])
        raise InvalidImage(
            f"channel {self.channels[channel].name!r}, frame {frame}: {plane[row, col]} at row"
            f" {row + window.row}, column {col + window.col} ({len(places)} such pixels in this window)."
            " Replace NaN and infinity by numbers, such as 0, and save the image again.",
            path=self.path,
        )


def _check_inside(layout: Layout, *, frame: int, channel: int, window: Window, path: Path) -> None:
    inside = (
        0 <= frame < layout.n_frames
        and 0 <= channel < layout.n_channels
        and window.stop_row <= layout.rows
        and window.stop_col <= layout.cols
    )
    if not inside:
        raise InvalidWindow(
            f"{path}: frame {frame}, channel {channel}, {window} is not inside the image of"
            f" {layout.n_frames} frames, {layout.n_channels} channels, {layout.rows} x {layout.cols} px."
        )
