"""Unpacking of zips that come from outside."""

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from pipeline.errors import TooLarge, UnsafeArchive
from pipeline.io.decoding import decoding
from pipeline.io.limits import ReadLimits, check_unpacked_size

_COPY_BYTES = 4 * 1024**2


def unpack_zip(path: Path, target: Path, *, limits: ReadLimits) -> None:
    """Unpack a zip into a folder, after a look at every member.

    Raises
    ------
    UnsafeArchive
        When a member is a link, is encrypted, has an absolute path or leaves the folder.
    TooLarge
        When it holds too many files or looks like a decompression bomb.
    UnreadableImage
        When it is damaged.
    """
    with decoding(path, "zip"), zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not _is_clutter(info.filename)]
        if len(members) > limits.max_members:
            raise TooLarge(
                f"the zip holds {len(members):,} files, more than {limits.max_members:,}. Split it.",
                path=path,
            )
        for info in members:
            _check_member(info, path=path)
            check_unpacked_size(path, packed=info.compress_size, unpacked=info.file_size, limits=limits)
        check_unpacked_size(
            path,
            packed=path.stat().st_size,
            unpacked=sum(info.file_size for info in members),
            limits=limits,
        )
        for info in members:
            _unpack_member(archive, info, target=target)


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or (bool(parts) and parts[-1] in (".DS_Store", "Thumbs.db"))


def _check_member(info: zipfile.ZipInfo, *, path: Path) -> None:
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode) or (stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))):
        raise UnsafeArchive(
            f"{info.filename!r} in the zip is a link or a device. Zip the files themselves.", path=path
        )
    if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0]:
        raise UnsafeArchive(
            f"{info.filename!r} in the zip leaves the folder it is unpacked to. Zip the folder anew, with"
            " paths inside it.",
            path=path,
        )
    if info.flag_bits & 1:
        raise UnsafeArchive(f"{info.filename!r} in the zip is encrypted. Zip without a password.", path=path)


def _unpack_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, target: Path) -> None:
    place = target.joinpath(*PurePosixPath(info.filename.replace("\\", "/")).parts)
    if info.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(info) as packed, open(place, "wb") as out:
        shutil.copyfileobj(packed, out, _COPY_BYTES)
