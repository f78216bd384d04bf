"""Opening .npy and .npz for reading in windows."""

import shutil
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from pipeline.errors import InvalidImage, UnreadableImage
from pipeline.io.decoding import decoding
from pipeline.io.lazy import LazyArray
from pipeline.io.limits import ReadLimits, check_array_size
from pipeline.io.npy_header import NpyHeader, read_header
from pipeline.io.npz import check_npz_shapes, member_headers, plane_names
from pipeline.io.opened import Opened, StoredLabels
from pipeline.io.sidecar import read_sidecar

_COPY_BYTES = 4 * 1024**2


def open_npy(path: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open a .npy file; its axes are not known unless it is two-dimensional.

    Raises
    ------
    UnreadableImage, UnsafeArchive, TooLarge, InvalidImage
        Each names the file and says what to do.
    """
    with decoding(path, "array"), open(path, "rb") as stream:
        header = read_header(stream, path=path)
    if path.stat().st_size < header.n_bytes:
        raise UnreadableImage(
            f"the array is cut short: {path.stat().st_size:,} bytes of {header.n_bytes:,}. Copy or save it"
            " again.",
            path=path,
        )
    _check_header(header, path=path, limits=limits)
    return Opened(format="npy", levels=[header.memmap(path)], axes=None)


def open_npz(path: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open `X`, and `y` if it is there, of an .npz file.

    Compressed arrays are unpacked to a temporary file, which goes when the source is closed.

    Raises
    ------
    UnreadableImage, UnsafeArchive, TooLarge, InvalidImage, InvalidLabels
        Each names the file and says what to do.
    """
    with decoding(path, "npz"):
        archive = stack.enter_context(zipfile.ZipFile(path))
    headers = member_headers(path, archive, limits=limits)
    check_npz_shapes(headers, path=path)
    if "X" not in headers:
        raise InvalidImage(
            "holds labels (y) but no image. Save the image as X (images, rows, columns, channels).", path=path
        )
    _check_header(headers["X"], path=path, limits=limits)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cytoloop-")))
    named = _names(path, archive, headers)
    n_dims = len(headers["X"].shape)
    axes = _image_axes(headers["X"])
    opened = Opened(
        format="npz",
        levels=[_map_member(path, archive, "X", headers["X"], scratch=scratch)],
        axes=axes,
        channel_names=named.get("channels"),
        alternatives=tuple(
            name[:-4] for name in archive.namelist() if name.startswith("y_") and name.endswith(".npy")
        ),
    )
    if "y" in headers:
        labels = _map_member(path, archive, "y", headers["y"], scratch=scratch)
        with_planes = len(headers["y"].shape) == n_dims and n_dims > 2
        n_planes = headers["y"].shape[-1] if with_planes else 1
        given = named.get("compartments") or read_sidecar(path).compartments
        for plane, compartment in enumerate(plane_names(n_planes, given, path=path)):
            opened.labels.append((compartment, StoredLabels(labels, plane=plane)))
    return opened


def _check_header(header: NpyHeader, *, path: Path, limits: ReadLimits) -> None:
    longest = sorted(header.shape)[-2:]
    plane_px = int(np.prod(longest, dtype=object)) if longest else 0
    check_array_size(
        path, shape=header.shape, plane_px=plane_px, itemsize=header.dtype.itemsize, limits=limits
    )


def _image_axes(header: NpyHeader) -> str | None:
    """Axes by the convention; several images ("N" is not a known letter) leave it to the user what they"
    " are."""
    if len(header.shape) == 4:
        return "NYXC"
    return "YX" if len(header.shape) == 2 else None


def _names(path: Path, archive: zipfile.ZipFile, headers: dict[str, NpyHeader]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for key in ("channels", "compartments"):
        if key in headers:
            with decoding(path, key), archive.open(f"{key}.npy") as stream:
                texts = np.lib.format.read_array(stream, allow_pickle=False)
            names[key] = [str(text) for text in np.atleast_1d(texts)]
    return names


def _map_member(
    path: Path, archive: zipfile.ZipFile, name: str, header: NpyHeader, *, scratch: Path
) -> LazyArray:
    if 0 in header.shape:
        raise InvalidImage(
            f"{name} is {header.shape}: it has no pixels. Save an image with pixels.", path=path
        )
    unpacked = scratch / f"{name}.npy"
    # Reading a member to its end checks its CRC as well.
    with decoding(path, f"array {name}"), archive.open(f"{name}.npy") as packed, open(unpacked, "wb") as out:
        shutil.copyfileobj(packed, out, _COPY_BYTES)
    return header.memmap(unpacked)
