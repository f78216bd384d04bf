"""Creating and filling the arrays of an OME-Zarr, and cleaning up when that fails."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec
from zarr.core.sync import sync

from pipeline.errors import InvalidSetting
from pipeline.io.ngff_store import StoreLike, describe_store
from pipeline.io.pyramid import blocks, level_shapes, n_blocks
from pipeline.windows import Window

CHUNK_PX = 512
# A block of 16-bit pixels is 16 MB; rows are long so that a TIFF in strips is decoded once.
BLOCK_ROWS = 2 * CHUNK_PX
BLOCK_COLS = 16 * CHUNK_PX
# A block of a smaller level is made from one four times as large, so its blocks are smaller.
_HALF_BLOCK = {"height": BLOCK_ROWS // 2, "width": BLOCK_COLS // 2}

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


@contextmanager
def writing(store: StoreLike, *, label: str | None = None) -> Iterator[Any]:
    """Give the group to write to, and remove it again when the writing fails.

    A new image in a folder is written beside its place and moved there at the end.

    Raises
    ------
    InvalidSetting
        When the folder or the label image exists.
    """
    where = describe_store(store)
    if label is None and isinstance(store, Path):
        if store.exists():
            raise InvalidSetting(f"{where}: exists already. Choose another place or remove it.")
        partial = store.with_name(f".{store.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            yield zarr.open_group(partial, mode="w", zarr_format=3)
            os.replace(partial, store)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return
    root = zarr.open_group(store, mode="a", zarr_format=3)
    name = f"labels/{label}" if label is not None else ""
    if name in root if name else len(list(root.keys())) > 0:
        raise InvalidSetting(
            f"{where}: {name or 'an image'} exists already. Choose another place or remove it."
        )
    finished = False
    try:
        yield root.require_group(name) if name else root
        finished = True
    finally:
        if not finished:
            sync(root.store.delete_dir(name))


def create_levels(
    group: Any,
    *,
    axes: str,
    shape: tuple[int, int, int, int],
    dtype: np.dtype[Any],
    rows_cols: tuple[int, int],
) -> list[Any]:
    """Create the arrays of all levels, filled with zeros.

    Parameters
    ----------
    group
        The group they go to, as ``"0"``, ``"1"`` and so on.
    axes
        Lower-case letters of the stored dimensions.
    shape
        (frame, channel, row, column) of level 0.
    dtype
        Of the values.
    rows_cols
        Rows and columns of level 0.
    """
    lengths = {"t": shape[0], "z": shape[0], "c": shape[1]}
    leading = tuple(lengths[axis] for axis in axes if axis not in "yx")
    arrays = []
    for level, (rows, cols) in enumerate(level_shapes(*rows_cols, smallest_px=CHUNK_PX)):
        arrays.append(
            group.create_array(
                str(level),
                shape=(*leading, rows, cols),
                chunks=(*(1 for _ in leading), min(CHUNK_PX, rows), min(CHUNK_PX, cols)),
                dtype=dtype,
                compressors=[BloscCodec(cname="zstd", clevel=3, shuffle="bitshuffle")],
                fill_value=0,
                dimension_names=list(axes),
            )
        )
    return arrays


def n_level_blocks(rows: int, cols: int) -> int:
    """Number of blocks of one plane over all levels."""
    full, *smaller = level_shapes(rows, cols, smallest_px=CHUNK_PX)
    in_full = n_blocks(*full, height=BLOCK_ROWS, width=BLOCK_COLS)
    return in_full + sum(n_blocks(*shape, **_HALF_BLOCK) for shape in smaller)


def fill_levels(
    arrays: list[Any],
    *,
    at: tuple[int, ...],
    halve: Callable[[Any], Any],
    step: Callable[[], None] | None = None,
) -> None:
    """Fill levels 1 and up of one plane, each from the one before, block by block.

    Parameters
    ----------
    arrays
        Of all levels; level 0 of the plane is written.
    at
        Index of the plane.
    halve
        Makes a block half as large.
    step
        Called after each block.
    """
    for finer, coarser in pairwise(arrays):
        full_rows, full_cols = finer.shape[-2:]
        for window in blocks(*coarser.shape[-2:], **_HALF_BLOCK):
            row, col = 2 * window.row, 2 * window.col
            source = Window(
                row, col, min(2 * window.height, full_rows - row), min(2 * window.width, full_cols - col)
            )
            coarser[(*at, *window.slices)] = halve(np.asarray(finer[(*at, *source.slices)]))
            if step is not None:
                step()
