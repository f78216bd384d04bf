"""First pass over the crops: every version of every cell, and what each pair of crops shares.

A *version* is one instance in one crop. Crops are numbered by the order of their windows and versions by
crop and then by first pixel, so every number below is geometric: neither the order in which crops are given
nor the labels inside them can change it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.contingency import count_pairs, index_labels
from pipeline.errors import CropMismatch
from pipeline.labels import check_labels
from pipeline.types import AnyArray, Ints, Labels
from pipeline.windows import Window

ReadCrop = Callable[[int], Labels]
BACKGROUND = -1


@dataclass(frozen=True)
class Survey:
    """What the first pass found.

    Parameters
    ----------
    windows : list of Window
        Sorted.
    shape : (int, int)
        Rows and columns of the FOV.
    stack_shape : tuple of int
        ``()`` for label images (row, col), ``(n_frames,)`` for (frame, row, col).
    offsets : int64, (n_crops + 1,)
        Versions of crop k are ``offsets[k]`` to ``offsets[k + 1]``.
    labels, crops : int64, (n_versions,)
        Label within the crop, and the crop.
    boxes : int64, (n_versions, 4)
        First row, first column, row after the last, column after the last, in FOV pixels.
    pairs : int64, (n_pairs, 2)
        Crops that share pixels, the lower number first.
    pair_offsets : int64, (n_pairs + 1,)
        Shared regions of pair k are ``pair_offsets[k]`` to ``pair_offsets[k + 1]``.
    first, second, counts, pixels : int64, (n_regions,)
        Version in either crop (`BACKGROUND` for none), pixels they share, and the first of them as a flat
        index (frame, row, col) of the FOV.
    """

    windows: list[Window]
    shape: tuple[int, int]
    stack_shape: tuple[int, ...]
    offsets: Ints
    labels: Ints
    crops: Ints
    boxes: Ints
    pairs: Ints
    pair_offsets: Ints
    first: Ints
    second: Ints
    counts: Ints
    pixels: Ints

    @property
    def n_versions(self) -> int:
        """Number of versions."""
        return len(self.labels)

    def window_table(self) -> Ints:
        """Give the windows as int64 (n_crops, 4): row, column, row after the last, column after the last."""
        return np.array([(w.row, w.col, w.stop_row, w.stop_col) for w in self.windows], dtype=np.int64)


@dataclass(frozen=True)
class _OpenCrop:
    number: int
    window: Window
    stack: Labels
    sorted_labels: Ints
    versions: Ints

    def version_of(self, labels: Ints) -> Ints:
        """Give the version of each label, `BACKGROUND` for 0."""
        if len(self.versions) == 0:
            return np.full(len(labels), BACKGROUND, dtype=np.int64)
        found = self.versions[np.searchsorted(self.sorted_labels, labels)]
        found[labels == 0] = BACKGROUND
        return found

    def part(self, window: Window) -> Labels:
        rows, cols = window.shifted(-self.window.row, -self.window.col).slices
        return self.stack[:, rows, cols]


def sort_windows(windows: Sequence[Window], shape: tuple[int, int]) -> list[int]:
    """Give the order of windows, or say why they do not make up the FOV.

    Raises
    ------
    CropMismatch
        When there is none, one is there twice, one passes the border, or a pixel is in none.
    """
    if not windows:
        raise CropMismatch("There is no crop to stitch; give all crops of the FOV.")
    order = sorted(range(len(windows)), key=lambda k: windows[k])
    for before, after in pairwise(order):
        if windows[before] == windows[after]:
            raise CropMismatch(
                f"Two crops have the window {windows[before]}; stitch one version of each crop."
            )
    for window in windows:
        if window.stop_row > shape[0] or window.stop_col > shape[1]:
            raise CropMismatch(
                f"The crop {window} passes the border of the FOV of {shape[0]} x {shape[1]} px; "
                "stitch crops with the FOV they were cut from."
            )
    _check_cover(windows, shape)
    return order


def _check_cover(windows: Sequence[Window], shape: tuple[int, int]) -> None:
    row_edges = sorted({0, *(w.row for w in windows), *(w.stop_row for w in windows)})
    col_edges = sorted({0, *(w.col for w in windows), *(w.stop_col for w in windows)})
    row_of = {row: k for k, row in enumerate(row_edges)}
    col_of = {col: k for k, col in enumerate(col_edges)}
    covered = np.zeros((len(row_edges), len(col_edges)), dtype=bool)
    for w in windows:
        covered[row_of[w.row] : row_of[w.stop_row], col_of[w.col] : col_of[w.stop_col]] = True
    holes = np.argwhere(~covered)
    inside = [
        (row_edges[r], col_edges[c]) for r, c in holes if row_edges[r] < shape[0] and col_edges[c] < shape[1]
    ]
    if inside:
        row, col = inside[0]
        raise CropMismatch(
            f"No crop covers row {row}, column {col} of the FOV of {shape[0]} x {shape[1]} px; "
            "stitch all crops of the plan."
        )


def read_stack(window: Window, labels: AnyArray, stack_shape: tuple[int, ...] | None) -> Labels:
    """Give one crop as int32 (frame, row, col), or say why it does not fit.

    Raises
    ------
    CropMismatch
        When its shape is not that of its window, or its frames are not those of the other crops.
    InvalidLabels
        When it is no label image.
    """
    labels = check_labels(labels, name=f"The crop {window}")
    if labels.ndim not in (2, 3) or labels.shape[-2:] != window.shape:
        raise CropMismatch(
            f"The crop {window} has labels of shape {labels.shape}; its window needs "
            f"(row, col) = {window.shape} or (frame, row, col)."
        )
    if stack_shape is not None and labels.shape[:-2] != stack_shape:
        raise CropMismatch(
            f"The crop {window} has frames {labels.shape[:-2]} and the first crop {stack_shape}; "
            "stitch crops of the same frames."
        )
    return labels.reshape((-1, *window.shape))


class _Surveyor:
    """Collects the tables while crops pass by."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.n_versions = 0
        self.offsets = [0]
        self.labels: list[Ints] = []
        self.boxes: list[Ints] = []
        self.pairs: list[tuple[int, int]] = []
        self.regions: list[tuple[Ints, Ints, Ints, Ints]] = []

    def add_crop(self, number: int, *, window: Window, stack: Labels) -> _OpenCrop:
        table = index_labels(stack)
        versions = np.arange(self.n_versions, self.n_versions + len(table.labels), dtype=np.int64)
        self.n_versions += len(versions)
        self.offsets.append(self.n_versions)
        self.labels.append(table.labels)
        self.boxes.append(table.boxes + np.array([window.row, window.col] * 2))
        order = np.argsort(table.labels)
        return _OpenCrop(number, window, stack, table.labels[order], versions[order])

    def add_pair(self, first: _OpenCrop, second: _OpenCrop, *, shared: Window) -> None:
        table = count_pairs(first.part(shared), second.part(shared))
        frame, inside = np.divmod(table.pixels, shared.area)
        row, col = np.divmod(inside, shared.width)
        rows, cols = self.shape
        pixels = (frame * rows + shared.row + row) * cols + shared.col + col
        versions = first.version_of(table.first), second.version_of(table.second)
        self.pairs.append((first.number, second.number))
        self.regions.append((*versions, table.counts, pixels))


def survey_crops(windows: list[Window], read_crop: ReadCrop, shape: tuple[int, int]) -> Survey:
    """Read every crop once and describe versions and shared regions.

    At any moment only crops that reach below the top of the current one are held.

    Parameters
    ----------
    windows : list of Window
        Sorted, as `sort_windows` orders them.
    read_crop : function of the number of a window
        Gives its labels, (row, col) or (frame, row, col).
    shape : (int, int)
        Rows and columns of the FOV.
    """
    surveyor = _Surveyor(shape)
    stack_shape: tuple[int, ...] | None = None
    open_crops: list[_OpenCrop] = []
    for number, window in enumerate(windows):
        labels = read_crop(number)
        stack = read_stack(window, labels, stack_shape)
        stack_shape = np.shape(labels)[:-2]
        crop = surveyor.add_crop(number, window=window, stack=stack)
        open_crops = [other for other in open_crops if other.window.stop_row > window.row]
        beside = [o for o in open_crops if o.window.col < window.stop_col and window.col < o.window.stop_col]
        for other in beside:
            shared = other.window.intersection(window)
            if shared is not None:
                surveyor.add_pair(other, crop, shared=shared)
        open_crops.append(crop)
    return _finish(surveyor, windows, stack_shape or ())


def _finish(surveyor: _Surveyor, windows: list[Window], stack_shape: tuple[int, ...]) -> Survey:
    offsets = np.array(surveyor.offsets, dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    columns = [np.concatenate([none, *parts]) for parts in zip(*surveyor.regions, strict=True)] or [none] * 4
    sizes = [len(region[0]) for region in surveyor.regions]
    return Survey(
        windows=windows,
        shape=surveyor.shape,
        stack_shape=stack_shape,
        offsets=offsets,
        labels=np.concatenate([none, *surveyor.labels]),
        crops=np.repeat(np.arange(len(windows), dtype=np.int64), np.diff(offsets)),
        boxes=np.concatenate([none.reshape(0, 4), *surveyor.boxes]),
        pairs=np.array(surveyor.pairs, dtype=np.int64).reshape(-1, 2),
        pair_offsets=np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))),
        first=columns[0],
        second=columns[1],
        counts=columns[2],
        pixels=columns[3],
    )
