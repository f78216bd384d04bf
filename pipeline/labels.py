"""Label images: the check at the public edge, numbering, areas and boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.contingency import count_pairs, index_labels
from pipeline.errors import InvalidLabels
from pipeline.types import AnyArray, Ints, Labels

MAX_LABEL = 2**31 - 1
_SMALL_TABLE = 1 << 14


def check_labels(array: AnyArray, *, name: str = "labels", path: Path | str | None = None) -> Labels:
    """Give the array as a label image, or say why it is none.

    Parameters
    ----------
    array : array of integers, booleans or floats with whole values, any shape
        Labels from 0 (background) to 2**31 - 1; labels above 65,535 are as good as any.
    name : str
        What the array is, for the message.
    path : Path or str, optional
        The file it came from, for the message.

    Returns
    -------
    int32 array of the same shape
        The array itself where it is int32 already, else a copy.

    Raises
    ------
    InvalidLabels
        When a value is negative, fractional, not finite or too large, with the first such values; or when
        the dtype holds no numbers.
    """
    array = np.asarray(array)
    if array.dtype.kind not in "iubf":
        raise InvalidLabels(
            f"{name} has dtype {array.dtype}, which holds no labels; save it as integers.", path=path
        )
    if array.size == 0 or array.dtype == np.bool_:
        return array.astype(np.int32)
    if array.dtype.kind == "f":
        _refuse(array, bad=~np.isfinite(array), what="values that are not finite", name=name, path=path)
        _refuse(array, bad=array != np.floor(array), what="fractional values", name=name, path=path)
    if array.dtype.kind != "u" and array.min() < 0:
        _refuse(array, bad=array < 0, what="negative values", name=name, path=path)
    if array.dtype.itemsize >= 4 and array.max() > MAX_LABEL:
        _refuse(array, bad=array > MAX_LABEL, what=f"labels above {MAX_LABEL}", name=name, path=path)
    return array.astype(np.int32, copy=False)


def _refuse(array: AnyArray, *, bad: AnyArray, what: str, name: str, path: Path | str | None) -> None:
    if not bad.any():
        return
    values = ", ".join(str(value) for value in array[bad][:3].tolist())
    raise InvalidLabels(
        f"{name} holds {what} ({values}; {int(bad.sum())} px in all); "
        "a label image has whole numbers from 0 (background) upward.",
        path=path,
    )


def check_plane(array: AnyArray, *, name: str = "labels") -> Labels:
    """Give the array as a label image of one frame, (row, col).

    Raises
    ------
    InvalidLabels
        As `check_labels`, and when the array has not two axes.
    """
    if np.ndim(array) != 2:
        raise InvalidLabels(
            f"{name} has shape {np.shape(array)}; give one frame of one compartment, (row, col)."
        )
    return check_labels(array, name=name)


def check_same_shape(first: AnyArray, second: AnyArray, *, names: tuple[str, str]) -> None:
    """Raise InvalidLabels unless the two label images have one shape."""
    if np.shape(first) != np.shape(second):
        raise InvalidLabels(
            f"{names[0]} has shape {np.shape(first)} and {names[1]} has shape {np.shape(second)}; "
            "give label images of the same pixels."
        )


def present_labels(labels: Labels) -> Ints:
    """Give the labels of a label image, sorted, without background."""
    return np.sort(index_labels(labels).labels)


def count_instances(labels: Labels) -> int:
    """Count the instances of a label image."""
    return len(index_labels(labels).labels)


def map_labels(labels: Labels, *, old: Ints, new: Ints) -> Labels:
    """Replace labels: each pixel of ``old[i]`` becomes ``new[i]``; other labels stay as they are.

    Parameters
    ----------
    labels : int32, any shape
    old, new : int64, (n,)
        `old` without repetition.

    Returns
    -------
    int32 array of the same shape
    """
    highest = int(labels.max(initial=0))
    old, new = old[old <= highest], new[old <= highest]
    if len(old) == 0:
        return labels.copy()
    if highest <= max(4 * labels.size, _SMALL_TABLE):
        table = np.arange(highest + 1, dtype=np.int32)
        table[old] = new
        return table[labels]
    order = np.argsort(old)
    held, wanted = old[order], new[order].astype(np.int32)
    slot = np.minimum(np.searchsorted(held, labels), len(held) - 1)
    return np.where(held[slot] == labels, wanted[slot], labels).astype(np.int32)


def relabel_sequential(labels: Labels, *, start: int = 1) -> Labels:
    """Number the instances ``start, start + 1, ...`` in the order of their labels.

    Parameters
    ----------
    labels : int32, (row, col) or (frame, row, col)
    start : int
        The first label, at least 1.

    Returns
    -------
    int32 array of the same shape
        The same partition; background stays 0.

    Raises
    ------
    InvalidLabels
        When `start` is below 1 or the last label would pass 2**31 - 1.
    """
    held = present_labels(labels)
    if start < 1 or start + len(held) - 1 > MAX_LABEL:
        raise InvalidLabels(
            f"{len(held)} instances cannot be numbered from {start}; labels run from 1 to {MAX_LABEL}."
        )
    return map_labels(labels, old=held, new=np.arange(start, start + len(held), dtype=np.int64))


def same_partition(first: Labels, second: Labels) -> bool:
    """Say whether two label images are equal up to renumbering."""
    check_same_shape(first, second, names=("The first label image", "the second"))
    table = count_pairs(first, second)
    if np.any((table.first == 0) != (table.second == 0)):
        return False
    return len(np.unique(table.first)) == len(table.first) == len(np.unique(table.second))
