"""Opening OME-Zarr groups, on disk or in any Zarr store."""

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import zarr
from zarr.abc.store import Store

from pipeline.errors import InvalidImage, UnreadableImage
from pipeline.io.decoding import decoding
from pipeline.io.lazy import LazyArray
from pipeline.io.limits import DEFAULT_LIMITS, ReadLimits, check_array_size, check_chunk_size
from pipeline.io.ngff import NgffImage, parse_image

StoreLike: TypeAlias = Store | Path


def describe_store(store: StoreLike) -> Path:
    """Name of a store for messages."""
    return store if isinstance(store, Path) else Path(str(store))


def open_group(store: StoreLike, name: str = "") -> Any:
    """Open an existing group for reading.

    Raises
    ------
    UnreadableImage
        When there is no Zarr group.
    """
    where = describe_store(store)
    with decoding(where, "OME-Zarr"):
        if isinstance(store, Path) and not store.is_dir():
            raise UnreadableImage("there is no such folder. Check the path.", path=where)
        return zarr.open_group(store, mode="r", path=name)


def open_levels(
    group: Any, *, path: Path, limits: ReadLimits = DEFAULT_LIMITS
) -> tuple[NgffImage, list[LazyArray]]:
    """Open the arrays of a multiscale image.

    Raises
    ------
    InvalidImage
        When the metadata describe no image or contradict the arrays.
    UnreadableImage
        When an array is missing or damaged.
    TooLarge
        When it claims more than `limits` allow.
    """
    with decoding(path, "OME-Zarr"):
        image = parse_image(dict(group.attrs), path=path)
        levels: list[LazyArray] = []
        for name in image.datasets:
            array: Any = group[name]
            levels.append(array)
            _check_array(array, image=image, path=path, limits=limits)
    return image, levels


def _check_array(array: Any, *, image: NgffImage, path: Path, limits: ReadLimits) -> None:
    if len(image.axes) != array.ndim:
        raise InvalidImage(
            f"the metadata name {len(image.axes)} axes and the array has {array.ndim} dimensions"
            f" {array.shape}. Correct the metadata or convert the image again.",
            path=path,
        )
    if np.dtype(array.dtype).kind not in "uifb":
        raise InvalidImage(
            f"pixels of type {array.dtype} cannot be read. Convert them to numbers.", path=path
        )
    itemsize = array.dtype.itemsize
    plane_px = int(array.shape[-1]) * int(array.shape[-2]) if array.ndim >= 2 else 0
    check_array_size(path, shape=tuple(array.shape), plane_px=plane_px, itemsize=itemsize, limits=limits)
    check_chunk_size(path, n_bytes=int(np.prod(array.chunks, dtype=object)) * itemsize, limits=limits)


def label_names(store: StoreLike) -> tuple[str, ...]:
    """Names of the label images of an OME-Zarr image; empty when there are none."""
    group = open_group(store)
    with decoding(describe_store(store), "OME-Zarr"):
        if "labels" not in group:
            return ()
        attributes = dict(group["labels"].attrs)
    listed = attributes.get("ome", attributes).get("labels") or ()
    return tuple(str(name) for name in listed)
