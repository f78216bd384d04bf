"""TIFF in all its dialects: OME (pyramids too), ImageJ, inForm and QPTIFF, MIBItiff, plain pages."""

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
import zarr

from pipeline.errors import InvalidImage, UnreadableImage
from pipeline.io.decoding import decoding
from pipeline.io.lazy import CachedPlanes, LazyArray, StackedPlanes
from pipeline.io.limits import ReadLimits, check_array_size, check_chunk_size, check_unpacked_size
from pipeline.io.opened import Opened
from pipeline.io.tiff_metadata import read_metadata
from pipeline.io.tiff_parts import check_parts

# tifffile reports oddities of a file through logging; without a handler they would land on stderr.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

# Series of a slide scanner that are not the image.
_EXTRAS = frozenset({"thumbnail", "label", "macro", "overview"})


def open_tiff(path: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open a TIFF file.

    Raises
    ------
    UnreadableImage
        When the file is corrupt or cut short.
    InvalidImage
        When its pages differ in size, it holds several images, or planes of it lie in files elsewhere.
    TooLarge
        When it claims more than `limits` allow.
    """
    with decoding(path, "TIFF"):
        tiff = stack.enter_context(tifffile.TiffFile(path))
        check_parts(tiff, path=path)
        parts, warnings = _main_series(tiff, path=path)
        first = parts[0]
        shape, axes = tuple(int(n) for n in first.shape), str(first.axes)
        for part in parts:
            _check_complete(part, path=path)
        _check_claims(first, shape=(len(parts), *shape), path=path, limits=limits)
        metadata = read_metadata(tiff, first, [page for part in parts for page in part.pages])
        levels = [_open_level(path, level, stack, limits=limits) for level in first.levels]
        if len(parts) > 1:
            planes = [_open_level(path, part, stack, limits=limits) for part in parts]
            levels, axes = [StackedPlanes(planes)], f"I{axes}"
    colour = ("red", "green", "blue", "alpha")[: shape[-1]] if axes.endswith("S") else None
    if metadata.pages_are_channels and axes.count("I") == 1:
        axes = axes.replace("I", "C")
    return Opened(
        format=metadata.format,
        levels=levels,
        axes=axes,
        channel_names=metadata.channel_names,
        default_names=colour,
        pixel_size_um=metadata.pixel_size_um,
        warnings=warnings,
    )


def _main_series(tiff: Any, *, path: Path) -> tuple[list[Any], list[str]]:
    """The series that is the image, or all of them where each is one plane of it."""
    every = list(tiff.series)
    if not every:
        raise UnreadableImage("the TIFF holds no image. Export it again.", path=path)
    images = [series for series in every if not _is_extra(series)] or every[:1]
    kinds = {(tuple(series.shape), str(series.dtype), str(series.axes)) for series in images}
    if len(images) > 1 and (len(kinds) > 1 or str(images[0].axes) != "YX" or tiff.is_ome):
        sizes = "; ".join(
            f"{series.name or f'image {i}'}: {series.axes} {tuple(series.shape)}"
            for i, series in enumerate(images)
        )
        raise InvalidImage(
            f"its pages differ in size or type, or it holds several images ({sizes}). Save each image as a"
            " file of its own, all pages of one size.",
            path=path,
        )
    left_out = len(every) - len(images)
    warnings = [f"{left_out} thumbnail or overview image(s) in the file are left out"] if left_out else []
    return images, warnings


def _is_extra(series: Any) -> bool:
    name = str(series.name or "").strip().lower()
    return name in _EXTRAS or bool(series.keyframe.is_reduced)


def _check_claims(series: Any, *, shape: tuple[int, ...], path: Path, limits: ReadLimits) -> None:
    dtype = series.dtype
    if dtype is None or np.dtype(dtype).kind not in "uifb":
        raise InvalidImage(
            f"pixels of type {dtype} cannot be read. Save the image as integers or real numbers.", path=path
        )
    page = series.keyframe
    itemsize = np.dtype(dtype).itemsize
    plane_px = page.imagelength * page.imagewidth
    check_array_size(path, shape=shape, plane_px=plane_px, itemsize=itemsize, limits=limits)
    unpacked = int(np.prod(shape, dtype=object)) * itemsize
    check_unpacked_size(path, packed=path.stat().st_size, unpacked=unpacked, limits=limits)


def _check_complete(series: Any, *, path: Path) -> None:
    """Refuse a file that ends before its last strip or tile; missing ones would read as zeros."""
    size = path.stat().st_size
    needed = 0
    for level in series.levels:
        if level.dataoffset is not None:
            needed = max(needed, level.dataoffset + level.nbytes)
            continue
        for page in level.pages:
            if page is not None and len(page.dataoffsets):
                ends = np.add(page.dataoffsets, page.databytecounts, dtype=np.int64)
                needed = max(needed, int(ends.max()))
    if needed > size:
        raise UnreadableImage(
            f"the file is cut short: its image data end at byte {needed:,}, the file at byte {size:,}. Copy"
            " or export it again.",
            path=path,
        )


def _open_level(path: Path, level: Any, stack: ExitStack, *, limits: ReadLimits) -> LazyArray:
    if level.dataoffset is not None:
        dtype = np.dtype(level.dtype).newbyteorder(level.keyframe.parent.byteorder)
        return np.memmap(path, dtype=dtype, mode="r", offset=level.dataoffset, shape=tuple(level.shape))
    store = stack.enter_context(level.aszarr(level=0))
    array: Any = zarr.open_array(store, mode="r")
    check_chunk_size(path, n_bytes=int(np.prod(array.chunks)) * array.dtype.itemsize, limits=limits)
    axes = str(level.axes)
    row_axis, col_axis = axes.index("Y"), axes.index("X")
    first = min(row_axis, col_axis)
    whole = all(array.chunks[i] == array.shape[i] for i in (row_axis, col_axis))
    if whole and max(array.shape[row_axis], array.shape[col_axis]) > 1:
        return CachedPlanes(array, n_leading=first)
    return array
