"""How much a file may claim before anything of it is decoded."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import TooLarge


@dataclass(frozen=True)
class ReadLimits:
    """Upper bounds that are checked against headers, before decoding.

    A whole-slide image passes; a file of a few kilobytes that unpacks to gigabytes does not.

    Attributes
    ----------
    max_plane_px
        Rows times columns of one plane of a format that is read in windows.
    max_bytes
        Bytes of the whole array, over all frames and channels.
    max_chunk_bytes
        Bytes of one strip, tile or chunk: the smallest piece that must be decoded whole.
    max_raster_px
        Pixels of a PNG or JPEG, which are decoded whole.
    max_members
        Files in one archive.
    max_archive_bytes
        Sum of the unpacked sizes of an archive.
    max_ratio
        Unpacked over packed size; label images of background reach 1000, so the ratio counts only
        above `ratio_from_bytes`.
    """

    max_plane_px: int = 40_000_000_000
    max_bytes: int = 2 * 1024**4
    max_chunk_bytes: int = 2 * 1024**3
    max_raster_px: int = 200_000_000
    max_members: int = 20_000
    max_archive_bytes: int = 256 * 1024**3
    max_ratio: int = 250
    ratio_from_bytes: int = 256 * 1024**2


DEFAULT_LIMITS = ReadLimits()


def check_array_size(
    path: Path, *, shape: tuple[int, ...], plane_px: int, itemsize: int, limits: ReadLimits
) -> None:
    """Refuse an array whose header claims more pixels or bytes than `limits` allow.

    Raises
    ------
    TooLarge
        Naming the file, the claim and the limit.
    """
    if plane_px > limits.max_plane_px:
        raise TooLarge(
            f"a plane of shape {shape} has {plane_px:,} pixels, more than the limit of"
            f" {limits.max_plane_px:,}. Cut the image into smaller fields.",
            path=path,
        )
    n_bytes = itemsize
    for length in shape:
        n_bytes *= length
    if n_bytes > limits.max_bytes:
        raise TooLarge(
            f"shape {shape} needs {n_bytes:,} bytes, more than the limit of"
            f" {limits.max_bytes:,}. Cut the image into smaller fields or fewer frames.",
            path=path,
        )


def check_chunk_size(path: Path, *, n_bytes: int, limits: ReadLimits) -> None:
    """Refuse a file whose smallest decodable piece does not fit in memory.

    Raises
    ------
    TooLarge
        Naming the file and what to do.
    """
    if n_bytes > limits.max_chunk_bytes:
        raise TooLarge(
            f"one strip, tile or chunk unpacks to {n_bytes:,} bytes, more than the limit of"
            f" {limits.max_chunk_bytes:,}. Save the image again in tiles of 512 x 512.",
            path=path,
        )


def check_unpacked_size(path: Path, *, packed: int, unpacked: int, limits: ReadLimits) -> None:
    """Refuse a compressed file that unpacks to suspiciously much.

    Raises
    ------
    TooLarge
        Naming the file, both sizes and the limit.
    """
    if unpacked > limits.max_archive_bytes:
        raise TooLarge(
            f"unpacks to {unpacked:,} bytes, more than the limit of {limits.max_archive_bytes:,}."
            " Upload fewer images at once.",
            path=path,
        )
    if unpacked > limits.ratio_from_bytes and unpacked > limits.max_ratio * max(packed, 1):
        raise TooLarge(
            f"{packed:,} bytes unpack to {unpacked:,}, more than {limits.max_ratio} times as much;"
            " this looks like a decompression bomb. Save the image again with ordinary compression.",
            path=path,
        )
