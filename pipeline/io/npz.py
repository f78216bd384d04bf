"""Arrays in .npz files: ``X`` (N, rows, columns, channels), ``y`` (N, rows, columns, compartments).

``compartments`` names the planes of `y` and ``channels`` those of `X`. Nothing is ever unpickled.
"""

import os
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidImage, InvalidLabels
from pipeline.io.decoding import decoding
from pipeline.io.limits import DEFAULT_LIMITS, ReadLimits, check_unpacked_size
from pipeline.io.npy_header import NpyHeader, read_header
from pipeline.io.sidecar import read_sidecar
from pipeline.labels import check_labels
from pipeline.types import Labels

_NAME_ARRAYS = ("channels", "compartments")


@dataclass(frozen=True)
class NpzArrays:
    """Contents of an .npz file.

    Attributes
    ----------
    X
        (N, rows, columns, channels) in the stored dtype, or None.
    y
        (N, rows, columns, compartments) int32, or None.
    channels
        Names of the channels, None when the file has none.
    compartments
        Names of the planes of `y`, in order; empty without `y`.
    """

    X: npt.NDArray[Any] | None
    y: Labels | None
    channels: tuple[str, ...] | None
    compartments: tuple[str, ...]


def member_headers(path: Path, archive: zipfile.ZipFile, *, limits: ReadLimits) -> dict[str, NpyHeader]:
    """Headers of the arrays of the convention that an .npz holds; other members are not touched.

    Raises
    ------
    TooLarge
        When the file looks like a decompression bomb.
    UnsafeArchive
        When an array is pickled.
    UnreadableImage
        When an array is shorter than its header says.
    """
    headers = {}
    for name in ("X", "y", *_NAME_ARRAYS):
        if f"{name}.npy" not in archive.namelist():
            continue
        info = archive.getinfo(f"{name}.npy")
        check_unpacked_size(path, packed=info.compress_size, unpacked=info.file_size, limits=limits)
        with decoding(path, f"array {name}"), archive.open(info) as stream:
            header = read_header(stream, path=path, name=name)
            if header.n_bytes != info.file_size:
                raise ValueError(f"{name} has {info.file_size:,} bytes, its header says {header.n_bytes:,}")
        headers[name] = header
    return headers


def check_npz_shapes(headers: dict[str, NpyHeader], *, path: Path) -> None:
    """Check that an .npz holds `X` or `y` and that they fit each other.

    Raises
    ------
    InvalidImage
        When neither is there.
    InvalidLabels
        When `y` does not have the images, rows and columns of `X`.
    """
    if "X" not in headers and "y" not in headers:
        raise InvalidImage(
            "holds neither X nor y. Save the image as X (images, rows, columns, channels) and labels as y.",
            path=path,
        )
    if "X" in headers and "y" in headers:
        image, labels = headers["X"].shape, headers["y"].shape
        fits = image[:-1] == (labels[:-1] if len(labels) == len(image) else labels)
        if not fits:
            raise InvalidLabels(
                f"X is {image} and y is {labels}; y must have the images, rows and columns of X. Save both"
                " from the same image.",
                path=path,
            )


def plane_names(
    n_planes: int, named: Sequence[str] | None, *, path: Path, one_plane: str | None = None
) -> tuple[str, ...]:
    """Compartments of the planes of `y`.

    Parameters
    ----------
    n_planes
        Number of planes.
    named
        What the file, or the JSON file beside it, says.
    path
        Named in messages.
    one_plane
        Compartment of a single plane without a name.

    Raises
    ------
    InvalidLabels
        When the names are unknown, repeated, of another number, or missing for other than two planes.
    """
    if named is None:
        if n_planes == len(COMPARTMENTS):
            return COMPARTMENTS
        if n_planes == 1 and one_plane is not None:
            return (one_plane,)
        raise InvalidLabels(
            f"y has {n_planes} plane(s) and nothing says which compartment each one outlines. Add an array"
            f" `compartments` to the file, or a JSON file beside it, with names out of {list(COMPARTMENTS)}.",
            path=path,
        )
    names = tuple(str(name) for name in named)
    if len(names) != n_planes or len(set(names)) != len(names) or set(names) - set(COMPARTMENTS):
        raise InvalidLabels(
            f"y has {n_planes} plane(s) and the compartments are given as {list(names)}. Name each plane"
            f" once, out of {list(COMPARTMENTS)}.",
            path=path,
        )
    return names


def read_npz(path: Path, *, one_plane: str | None = None, limits: ReadLimits = DEFAULT_LIMITS) -> NpzArrays:
    """Read the arrays of the convention whole.

    `y` without a last dimension of planes, (N, rows, columns), is taken as one plane, and `X` likewise as
    one channel. Names come from the file, else from the JSON file beside it.

    Parameters
    ----------
    path
        The .npz file.
    one_plane
        Compartment of a single plane that nothing names.
    limits
        Checked before anything is unpacked.

    Raises
    ------
    UnreadableImage, UnsafeArchive, TooLarge, InvalidImage, InvalidLabels
        Each names the file and says what to do.
    """
    path = Path(path)
    sidecar = read_sidecar(path)
    with decoding(path, "npz"), zipfile.ZipFile(path) as archive:
        headers = member_headers(path, archive, limits=limits)
    check_npz_shapes(headers, path=path)
    with decoding(path, "npz"), np.load(path, allow_pickle=False) as arrays:
        image = _with_last_axis(arrays["X"], "X", path=path) if "X" in headers else None
        labels = _with_last_axis(arrays["y"], "y", path=path) if "y" in headers else None
        named = {key: _as_names(arrays[key], path=path, name=key) for key in _NAME_ARRAYS if key in headers}
    channels = named.get("channels") or sidecar.channels
    if image is not None and channels is not None and len(channels) != image.shape[-1]:
        raise InvalidImage(
            f"X has {image.shape[-1]} channels and {len(channels)} names: {list(channels)}. Name each once.",
            path=path,
        )
    compartments: tuple[str, ...] = ()
    if labels is not None:
        given = named.get("compartments") or sidecar.compartments
        compartments = plane_names(labels.shape[-1], given, path=path, one_plane=one_plane)
        labels = check_labels(labels, name="y", path=path)
    return NpzArrays(X=image, y=labels, channels=channels, compartments=compartments)


def _with_last_axis(array: npt.NDArray[Any], name: str, *, path: Path) -> npt.NDArray[Any]:
    if array.ndim == 3:
        return array[..., np.newaxis]
    if array.ndim != 4 or 0 in array.shape:
        raise InvalidImage(
            f"{name} is {array.shape}; it must be (images, rows, columns, planes), none of them 0.", path=path
        )
    return array


def _as_names(array: npt.NDArray[Any], *, path: Path, name: str) -> tuple[str, ...]:
    if array.dtype.kind != "U" or array.ndim != 1:
        raise InvalidImage(f"{name} must be a list of texts, not {array.dtype} {array.shape}.", path=path)
    return tuple(str(text) for text in array)


def write_npz(
    path: Path,
    *,
    X: npt.NDArray[Any] | None = None,
    y: npt.NDArray[Any] | None = None,
    compartments: Sequence[str] | None = None,
    channels: Sequence[str] | None = None,
) -> None:
    """Write an .npz file of the convention; it appears complete or not at all.

    Parameters
    ----------
    path
        Where to; a file that is there is replaced.
    X
        (N, rows, columns, channels), any dtype of numbers.
    y
        (N, rows, columns, compartments), stored as int32.
    compartments, channels
        Names of the planes of `y` and `X`.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    if X is not None:
        arrays["X"] = X
    if y is not None:
        arrays["y"] = np.asarray(y, dtype=np.int32)
    if compartments is not None:
        arrays["compartments"] = np.array(list(compartments), dtype=np.str_)
    if channels is not None:
        arrays["channels"] = np.array(list(channels), dtype=np.str_)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(partial, "wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_label_blocks(
    file: IO[bytes],
    blocks: Iterable[npt.NDArray[Any]],
    *,
    shape: tuple[int, int, int],
    compartments: Sequence[str],
) -> None:
    """Write `y` and `compartments` as .npz, holding one block at a time; equal labels give equal bytes.

    Parameters
    ----------
    file
        Open for writing.
    blocks
        (rows, columns, compartments) each, the full width: frame by frame, from top to bottom.
    shape
        (N, rows, columns) of the whole.
    compartments
        Names of the planes.
    """
    header = {"descr": "<i4", "fortran_order": False, "shape": (*shape, len(compartments))}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(_member("y"), "w", force_zip64=True) as member:
            npy_format.write_array_header_1_0(member, header)
            for block in blocks:
                member.write(np.ascontiguousarray(block, dtype="<i4").data)
        with archive.open(_member("compartments"), "w") as member:
            npy_format.write_array(member, np.array(list(compartments), dtype=np.str_), allow_pickle=False)


def _member(name: str) -> zipfile.ZipInfo:
    # Without the time of day, so that the bytes depend on the labels alone.
    info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
