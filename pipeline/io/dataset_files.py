"""The files of a dataset version: written crop by crop, complete or not at all, and checked when read."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy_format

from pipeline.errors import InvalidSetting, UnreadableImage
from pipeline.io.errors import NoSpaceLeft, is_disk_full

MANIFEST = "manifest.json"
# Files of equal content have equal bytes, so that their checksums say so.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside `out` to write to; it becomes `out` at the end, or goes when something fails.

    Raises
    ------
    InvalidSetting
        When `out` exists.
    NoSpaceLeft
        When the disk is full; nothing is left behind.
    """
    if out.exists():
        raise InvalidSetting(f"{out} exists already. Choose another folder or remove it.")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        os.replace(partial, out)
    except OSError as error:
        if is_disk_full(error):
            raise NoSpaceLeft(out, error) from error
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


class CropFile:
    """Arrays of one shape and dtype appended to a file, and read back one by one.

    Parameters
    ----------
    path
        The file.
    shape
        Of each array.
    dtype
        Of the values.
    """

    def __init__(self, path: Path, *, shape: tuple[int, ...], dtype: type[np.generic]) -> None:
        self._path = path
        self._shape = shape
        self.dtype = np.dtype(dtype)
        self._n_bytes = int(np.prod(shape)) * self.dtype.itemsize
        self._stream: IO[bytes] = open(path, "w+b")  # noqa: SIM115 - `close` closes it
        self.n_crops = 0

    def append(self, crop: npt.NDArray[Any]) -> int:
        """Append an array and return its number."""
        self._stream.seek(self.n_crops * self._n_bytes)
        self._stream.write(np.ascontiguousarray(crop, dtype=self.dtype).tobytes())
        self.n_crops += 1
        return self.n_crops - 1

    def write_member(self, archive: zipfile.ZipFile, name: str, numbers: Sequence[int]) -> None:
        """Write the arrays of these numbers, stacked, as one .npy member of an archive."""
        header = {
            "descr": npy_format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": (len(numbers), *self._shape),
        }
        with archive.open(_member(name), "w", force_zip64=True) as member:
            npy_format.write_array_header_1_0(member, header)
            for number in numbers:
                self._stream.seek(number * self._n_bytes)
                member.write(self._stream.read(self._n_bytes))

    def close(self) -> None:
        """Close and remove the file."""
        self._stream.close()
        self._path.unlink(missing_ok=True)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{name}.npy", _ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def write_split(
    path: Path,
    *,
    image: CropFile,
    labels: CropFile,
    numbers: Sequence[int],
    channels: Sequence[str],
    compartments: Sequence[str],
) -> None:
    """Write ``X`` and ``y`` of a split, with the names of their planes, holding one crop at a time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        image.write_member(archive, "X", numbers)
        labels.write_member(archive, "y", numbers)
        for name, texts in (("channels", channels), ("compartments", compartments)):
            with archive.open(_member(name), "w") as member:
                npy_format.write_array(member, np.array(list(texts), dtype=np.str_), allow_pickle=False)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as hexadecimal digits."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write ``manifest.json``."""
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read ``manifest.json`` of a dataset folder.

    Raises
    ------
    UnreadableImage
        When there is none or it is damaged.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
            raise ValueError("it lists no files")
    except (OSError, ValueError) as error:
        raise UnreadableImage(
            f"this is no dataset folder, or its manifest is damaged ({error}). Build the dataset again.",
            path=path,
        ) from error
    return manifest


def verify_files(folder: Path, manifest: dict[str, Any], names: Iterable[str]) -> None:
    """Compare files with the checksums in the manifest.

    Raises
    ------
    UnreadableImage
        When a file is missing or differs.
    """
    for name in names:
        path = folder / name
        known = manifest["files"].get(name)
        if known is None or not path.is_file():
            raise UnreadableImage(f"the dataset has no file {name}. Build it again.", path=path)
        if file_sha256(path) != known["sha256"]:
            raise UnreadableImage(
                "the file is not the one that the manifest describes. Build the dataset again.", path=path
            )


def load_split_file(folder: Path, split: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """`X` and `y` of a split, after its checksum was compared (see `pipeline.dataset.load_split`)."""
    name = f"{split}.npz"
    verify_files(folder, read_manifest(folder), [name])
    with np.load(folder / name, allow_pickle=False) as arrays:
        return arrays["X"], arrays["y"]
