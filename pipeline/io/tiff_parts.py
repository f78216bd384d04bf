"""OME-TIFF whose planes lie in several files: their names come from outside, and may lead anywhere."""

from pathlib import Path, PureWindowsPath
from typing import Any
from xml.etree import ElementTree

from pipeline.errors import InvalidImage

_SHOWN = 3


def check_parts(tiff: Any, *, path: Path) -> None:
    """Refuse an OME-TIFF of which planes lie in other files, unless those lie beside it.

    Call it before anything looks at `tiff.series`, which opens the other files wherever they are, and takes
    those that are not there for black.

    Parameters
    ----------
    tiff : tifffile.TiffFile
        The opened file.
    path
        Where it lies.

    Raises
    ------
    InvalidImage
        Naming the files that are not beside it.
    """
    if not tiff.is_ome:
        return
    absent = sorted(name for name in _other_files(tiff, path) if not _is_beside(name, path))
    if absent:
        more = f" and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
        raise InvalidImage(
            f"its metadata say that planes of it lie in other files ({', '.join(absent[:_SHOWN])}{more}),"
            " which are not beside it. Export the image as one file, or keep all of its files in one folder"
            " under the names that they were given.",
            path=path,
        )


def _other_files(tiff: Any, path: Path) -> set[str]:
    """The files that the metadata name besides this one, which is known by its identifier or its name.

    Tags are known by their ends and identifiers to the letter, as tifffile knows them, so that no spelling
    leads it to a file that is not seen here.
    """
    root = ElementTree.fromstring(tiff.ome_metadata)
    identifier = root.get("UUID")
    parts = [
        (part.text, part.get("FileName", ""))
        for data in root.iter()
        if data.tag.endswith("TiffData")
        for part in data
        if part.tag.endswith("UUID")
    ]
    if identifier is not None:
        return {name for text, name in parts if text != identifier}
    return {name for _, name in parts if name.lower() != path.name.lower()}


def _is_beside(name: str, path: Path) -> bool:
    # Read as Windows does, a name shows the folders of every system.
    return PureWindowsPath(name).name == name and (path.parent / name).is_file()
