"""Images among files and folders."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import tifffile

from pipeline.errors import UnreadableImage
from pipeline.io.decoding import DECODER_ERRORS
from pipeline.io.formats import IMAGE_SUFFIXES, PLANE_SUFFIXES, channel_name, refusal
from pipeline.io.roles import is_nuclear_name
from pipeline.io.zarr_source import is_zarr

# Folders of these names hold one file for each channel, as the MIBI software writes them.
_CHANNEL_FOLDERS = frozenset({"tifs", "tiffs", "channels"})
# Files that stand beside images and are no images.
_BESIDE = frozenset({".json", ".md", ".txt", ".csv", ".xml", ".html", ".pdf", ".yml", ".yaml", ".toml"})


@dataclass(frozen=True)
class FoundImages:
    """Result of `scan_images`.

    Attributes
    ----------
    images
        Paths that `open_image` opens, in the order given, folders walked by name.
    skipped
        Files that are no images, or none that is read here, with the reason.
    """

    images: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]


def find_images(paths: Iterable[Path]) -> list[Path]:
    """Images among files and folders; see `scan_images`, which also says what was left out."""
    return list(scan_images(paths).images)


def scan_images(paths: Iterable[Path]) -> FoundImages:
    """Look for images among files and folders.

    A file that is named is taken as it is. A folder is an image itself when it is an OME-Zarr, or when it
    holds one file for each channel: single planes of one size and type of which one is named as a nuclear
    channel, or a folder called ``TIFs``. Any other folder is walked; links that leave it are left out.

    Raises
    ------
    UnreadableImage
        When a path does not exist.
    """
    images: dict[Path, None] = {}
    skipped: list[tuple[Path, str]] = []
    for path in map(Path, paths):
        if not path.exists():
            raise UnreadableImage("there is no such file or folder. Check the path.", path=path)
        if path.is_file():
            images[path] = None
        else:
            images.update(dict.fromkeys(_walk(path, root=path.resolve(), skipped=skipped)))
    return FoundImages(tuple(images), tuple(skipped))


def _walk(folder: Path, *, root: Path, skipped: list[tuple[Path, str]]) -> Iterator[Path]:
    if is_zarr(folder) or is_channel_folder(folder):
        yield folder
        return
    for place in sorted(folder.iterdir()):
        if place.name.startswith("."):
            continue
        if not place.resolve().is_relative_to(root):
            skipped.append((place, "a link to a place outside the folder"))
        elif place.is_dir():
            # A link to a folder above would be walked for ever.
            if not place.is_symlink():
                yield from _walk(place, root=root, skipped=skipped)
        elif place.suffix.lower() in IMAGE_SUFFIXES:
            yield place
        elif place.suffix.lower() not in _BESIDE:
            skipped.append((place, refusal(place)))


def is_channel_folder(folder: Path) -> bool:
    """Whether a folder clearly is one image with a file for each channel."""
    files = [
        file
        for file in sorted(folder.iterdir())
        if file.is_file() and not file.name.startswith(".") and file.suffix.lower() not in _BESIDE
    ]
    if len(files) < 2 or any(file.suffix.lower() not in PLANE_SUFFIXES for file in files):
        return False
    named = folder.name.lower() in _CHANNEL_FOLDERS or _name_channels([channel_name(file) for file in files])
    return named and _are_alike(files)


def _name_channels(names: list[str]) -> bool:
    """Whether file names tell channels of one field apart: one is nuclear, and no nuclear word comes"
    " twice."""
    words = [[word for word in re.split(r"[^A-Za-z0-9]+", name) if word] for name in names]
    shared = set.intersection(*(set(each) for each in words))
    nuclear = [
        word.lower() for each in words for word in each if word not in shared and is_nuclear_name(word)
    ]
    return 0 < len(nuclear) < len(names) and len(set(nuclear)) == len(nuclear)


def _are_alike(files: list[Path]) -> bool:
    kinds = {_plane_kind(file) for file in files}
    return len(kinds) == 1 and None not in kinds


def _plane_kind(file: Path) -> tuple[tuple[int, ...], str] | None:
    """Shape and type of a file of one plane, None for any other file; only headers of TIFF are read."""
    try:
        if file.suffix.lower() == ".png":
            array = imagecodecs.png_decode(file.read_bytes())
            return (array.shape, str(array.dtype)) if array.ndim == 2 else None
        with tifffile.TiffFile(file) as tiff:
            first = tiff.pages[0]
            if len(tiff.pages) != 1 or len(first.shape) != 2:
                return None
            return (tuple(first.shape), str(first.dtype))
    except DECODER_ERRORS:
        return None
