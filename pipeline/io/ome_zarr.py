"""FOVs and label images as OME-Zarr, written and read in blocks.

Written as version 0.5 on Zarr 3: one metadata file for each node, codecs that are part of the core
specification, and no need of a listing to open it, so that it costs few requests on an object store. Versions
0.4 and 0.5 are both read.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from pipeline.errors import InvalidLabels, InvalidWindow
from pipeline.io.axes import Layout, choose_layout
from pipeline.io.decoding import decoding
from pipeline.io.lazy_image import ChannelInfo, LazyImage
from pipeline.io.limits import DEFAULT_LIMITS, ReadLimits
from pipeline.io.ngff import multiscales_attributes, omero_attributes
from pipeline.io.ngff_store import StoreLike, describe_store, open_group, open_levels
from pipeline.io.ngff_write import (
    BLOCK_COLS,
    BLOCK_ROWS,
    Progress,
    create_levels,
    fill_levels,
    n_level_blocks,
    writing,
)
from pipeline.io.pyramid import blocks, halve_labels, halve_mean
from pipeline.io.source import ImageSource
from pipeline.labels import check_labels
from pipeline.types import Labels
from pipeline.windows import Window

VERSION = "0.5"
LabelBlock = tuple[int, Window, Labels]
"""Frame, window and the labels in it."""


@dataclass(frozen=True)
class WriteReport:
    """What was written.

    Attributes
    ----------
    shape
        (frame, channel, row, column).
    n_levels
        Number of resolutions.
    channels
        With the range of their values.
    warnings
        Channels that show nothing.
    """

    shape: tuple[int, int, int, int]
    n_levels: int
    channels: tuple[ChannelInfo, ...]
    warnings: tuple[str, ...]


class FovReader(LazyImage):
    """A stored FOV, read in windows; frames are axis 0 whatever the order in the store."""


class LabelReader:
    """A stored label image, read in windows."""

    def __init__(self, levels: list[tuple[Any, Layout]], *, path: Path, name: str) -> None:
        self._levels = levels
        self._path = path
        self.name = name

    @property
    def shape(self) -> tuple[int, int, int]:
        """(frame, row, column)."""
        layout = self._levels[0][1]
        return (layout.n_frames, layout.rows, layout.cols)

    @property
    def n_levels(self) -> int:
        """Number of resolutions."""
        return len(self._levels)

    def level_shape(self, level: int) -> tuple[int, int]:
        """(row, column) of a level."""
        layout = self._levels[level][1]
        return (layout.rows, layout.cols)

    def read(self, frame: int, window: Window) -> Labels:
        """Window of the labels, (row, column) int32."""
        return self.read_level(0, frame, window)

    def read_level(self, level: int, frame: int, window: Window) -> Labels:
        """Window of a level, in the pixels of that level.

        Raises
        ------
        InvalidWindow
            When frame or window lie outside the image.
        """
        array, layout = self._levels[level]
        inside = window.stop_row <= layout.rows and window.stop_col <= layout.cols
        if not inside or not 0 <= frame < layout.n_frames:
            raise InvalidWindow(
                f"{self._path}: frame {frame}, {window} is not inside the label image of {layout.n_frames}"
                f" frames of {layout.rows} x {layout.cols} px."
            )
        with decoding(self._path, "label image"):
            values = layout.read(array, frame=frame, channel=0, window=window)
        return check_labels(values, name=f"label image {self.name!r}", path=self._path)


def write_image(store: StoreLike, source: LazyImage, *, progress: Progress | None = None) -> WriteReport:
    """Write an image as multiscale OME-Zarr, block by block, in its own dtype.

    Memory is bounded by a block, whatever the image. A folder appears complete or not at all; what was
    written to another store is removed again when something fails.

    Parameters
    ----------
    store
        A folder that does not exist yet, or an empty Zarr store.
    source
        What `open_image` or `open_fov` gives.
    progress
        Called with (done, total) blocks.

    Raises
    ------
    InvalidImage, UnreadableImage
        From reading: NaN, infinity, damaged data.
    InvalidSetting
        When the folder exists.
    """
    n_frames, n_channels, rows, cols = source.shape
    axes = _stored_axes(n_frames, source.frame_axis, channels=True)
    with writing(store) as root:
        arrays = create_levels(
            root, axes=axes, shape=source.shape, dtype=source.dtype, rows_cols=(rows, cols)
        )
        total = n_frames * n_channels * n_level_blocks(rows, cols)
        count = _Count(progress, total)
        ranges = [_Range() for _ in range(n_channels)]
        for frame in range(n_frames):
            for channel in range(n_channels):
                at = _positions(axes, frame=frame, channel=channel)
                for window in blocks(rows, cols, height=BLOCK_ROWS, width=BLOCK_COLS):
                    plane = source.read(frame, channel, window)
                    ranges[channel].add(plane)
                    arrays[0][(*at, *window.slices)] = plane
                    count.step()
                fill_levels(arrays, at=at, halve=halve_mean, step=count.step)
        channels = tuple(
            ChannelInfo(channel.name, channel.role, span.low, span.high)
            for channel, span in zip(source.channels, ranges, strict=True)
        )
        # The metadata come last: without them a half-written group is no image.
        root.attrs["ome"] = {
            "version": VERSION,
            "multiscales": multiscales_attributes(
                "image", axes=axes, n_levels=len(arrays), pixel_size_um=source.pixel_size_um
            ),
            "omero": omero_attributes(channels),
        }
    return WriteReport(source.shape, len(arrays), channels, _range_warnings(channels))


def open_fov(store: StoreLike, *, limits: ReadLimits = DEFAULT_LIMITS) -> FovReader:
    """Open an OME-Zarr image for reading in windows.

    Raises
    ------
    UnreadableImage, InvalidImage, TooLarge
        When it is missing, damaged, or no image.
    """
    where = describe_store(store)
    image, arrays = open_levels(open_group(store), path=where, limits=limits)
    levels = [(array, choose_layout(image.axes, array.shape, path=where)) for array in arrays]
    n_channels = levels[0][1].n_channels
    channels = image.channels
    if len(channels) != n_channels:
        channels = tuple(ChannelInfo(f"channel {index}") for index in range(n_channels))
    return FovReader(levels, channels=channels, pixel_size_um=image.pixel_size_um, path=where)


def write_labels(
    store: StoreLike,
    name: str,
    blocks_of_labels: Iterable[LabelBlock],
    *,
    shape: tuple[int, int, int],
    frame_axis: str = "t",
    pixel_size_um: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write a label image as ``labels/<name>`` of an OME-Zarr, block by block, as uint32.

    Pixels that no block covers are background; a later block replaces an earlier one. When a block cannot
    be written, the label image is removed again.

    Parameters
    ----------
    store
        An OME-Zarr image, or an empty store or folder that is to hold labels only.
    name
        Usually the compartment.
    blocks_of_labels
        (frame, window, labels); windows that begin at multiples of 512 px are fastest.
    shape
        (frame, row, column).
    frame_axis
        ``"t"`` or ``"z"``.
    pixel_size_um
        Micrometres per pixel, or None.
    progress
        Called with the number of blocks written so far.

    Raises
    ------
    InvalidLabels
        When a block is no label image, has another shape than its window, or lies outside the image.
    InvalidSetting
        When there are labels of that name.
    """
    n_frames, rows, cols = shape
    axes = _stored_axes(n_frames, frame_axis, channels=False)
    with writing(store, label=name) as group:
        arrays = create_levels(
            group,
            axes=axes,
            shape=(n_frames, 1, rows, cols),
            dtype=np.dtype(np.uint32),
            rows_cols=(rows, cols),
        )
        for count, (frame, window, labels) in enumerate(blocks_of_labels, start=1):
            _check_block(frame, window, labels, shape=shape, name=name)
            at = _positions(axes, frame=frame, channel=0)
            arrays[0][(*at, *window.slices)] = check_labels(labels, name=name).astype(np.uint32)
            if progress is not None:
                progress(count)
        for frame in range(n_frames):
            fill_levels(arrays, at=_positions(axes, frame=frame, channel=0), halve=halve_labels)
        group.attrs["ome"] = {
            "version": VERSION,
            "multiscales": multiscales_attributes(
                name, axes=axes, n_levels=len(arrays), pixel_size_um=pixel_size_um
            ),
            "image-label": {"source": {"image": "../../"}},
        }
        _list_label(store, name)


def open_labels(store: StoreLike, name: str, *, limits: ReadLimits = DEFAULT_LIMITS) -> LabelReader:
    """Open ``labels/<name>`` of an OME-Zarr for reading in windows.

    Raises
    ------
    UnreadableImage, InvalidImage, TooLarge
        When it is missing, damaged, or no label image.
    """
    where = describe_store(store)
    image, arrays = open_levels(open_group(store, f"labels/{name}"), path=where, limits=limits)
    levels = [(array, choose_layout(image.axes, array.shape, path=where)) for array in arrays]
    return LabelReader(levels, path=where, name=name)


def label_blocks(source: ImageSource, compartment: str) -> Iterator[LabelBlock]:
    """Blocks of a label image of a file, for `write_labels`."""
    n_frames, _, rows, cols = source.shape
    for frame in range(n_frames):
        for window in blocks(rows, cols, height=BLOCK_ROWS, width=BLOCK_COLS):
            yield frame, window, source.read_labels(compartment, frame, window)


class _Count:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def step(self) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)


class _Range:
    def __init__(self) -> None:
        self.low = float("inf")
        self.high = float("-inf")

    def add(self, plane: Any) -> None:
        self.low = min(self.low, float(plane.min()))
        self.high = max(self.high, float(plane.max()))


def _range_warnings(channels: Iterable[ChannelInfo]) -> tuple[str, ...]:
    return tuple(
        f"channel {channel.name!r} ({channel.role}) is {channel.minimum:g} everywhere: it shows nothing"
        for channel in channels
        if channel.minimum == channel.maximum
    )


def _stored_axes(n_frames: int, frame_axis: str, *, channels: bool) -> str:
    """Axes in the order of the specification: time, channel, space."""
    channel = "c" if channels else ""
    if n_frames == 1:
        return f"{channel}yx"
    return f"{channel}zyx" if frame_axis == "z" else f"t{channel}yx"


def _positions(axes: str, *, frame: int, channel: int) -> tuple[int, ...]:
    return tuple(channel if axis == "c" else frame for axis in axes if axis not in "yx")


def _check_block(
    frame: int, window: Window, labels: Labels, *, shape: tuple[int, int, int], name: str
) -> None:
    fits = labels.shape == window.shape
    if not fits or not 0 <= frame < shape[0] or window.stop_row > shape[1] or window.stop_col > shape[2]:
        raise InvalidLabels(
            f"label image {name!r} is {shape}; a block {labels.shape} for frame {frame}, {window} does not"
            " fit into it. Give blocks of the shape of their window, inside the image."
        )


def _list_label(store: StoreLike, name: str) -> None:
    labels = zarr.open_group(store, mode="a", path="labels", zarr_format=3)
    listed = dict(labels.attrs).get("ome", {}).get("labels", [])
    labels.attrs["ome"] = {"version": VERSION, "labels": [*listed, name]}
