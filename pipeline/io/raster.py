"""PNG and JPEG: decoded whole, so their size is checked in the header first."""

import struct
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt

from pipeline.errors import TooLarge, UnreadableImage
from pipeline.io.decoding import decoding
from pipeline.io.limits import ReadLimits
from pipeline.io.opened import Opened

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers of JPEG; C4, C8 and CC are tables and an extension.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_COLOURS = {
    1: ("grey",),
    2: ("grey", "alpha"),
    3: ("red", "green", "blue"),
    4: ("red", "green", "blue", "alpha"),
}


def open_raster(path: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open a PNG or JPEG file.

    A colour image whose channels are equal is read as one grey channel, and an alpha channel is left out;
    both are said in the warnings.

    Raises
    ------
    TooLarge
        When the header claims more pixels than `limits.max_raster_px`.
    UnreadableImage
        When the file is corrupt, cut short or neither PNG nor JPEG.
    """
    with decoding(path, "picture"):
        data = _read_bytes(path, limits=limits)
        is_png = data.startswith(_PNG_SIGNATURE)
        if not is_png and not data.startswith(b"\xff\xd8"):
            raise UnreadableImage(
                "the file is neither PNG nor JPEG. Give it the extension of its format, or export it again.",
                path=path,
            )
        rows, cols = _png_size(data) if is_png else _jpeg_size(data, path=path)
        if rows * cols > limits.max_raster_px:
            raise TooLarge(
                f"the picture claims {rows} x {cols} px, more than {limits.max_raster_px:,}. Save images of"
                " this size as tiled OME-TIFF.",
                path=path,
            )
        pixels = np.asarray(imagecodecs.png_decode(data) if is_png else imagecodecs.jpeg_decode(data))
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    pixels, names, warnings = _simplify(pixels)
    return Opened(
        format="PNG" if is_png else "JPEG",
        levels=[pixels],
        axes="YXC",
        default_names=names,
        warnings=warnings,
    )


def _read_bytes(path: Path, *, limits: ReadLimits) -> bytes:
    # No picture within the pixel limit needs more than its raw size of four 16-bit channels.
    most = limits.max_raster_px * 8 + 2**20
    if path.stat().st_size > most:
        raise TooLarge(
            f"the picture has {path.stat().st_size:,} bytes, more than {most:,}. Save images of this size as"
            " tiled OME-TIFF.",
            path=path,
        )
    return path.read_bytes()


def _png_size(data: bytes) -> tuple[int, int]:
    cols, rows = struct.unpack(">II", data[16:24])
    return rows, cols


def _jpeg_size(data: bytes, *, path: Path) -> tuple[int, int]:
    size = None
    position = 2
    while True:
        if data[position] != 0xFF:
            raise UnreadableImage("the JPEG is damaged. Export it again.", path=path)
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in _JPEG_FRAMES:
            size = struct.unpack(">HH", data[position + 5 : position + 9])
        if marker == 0xDA:
            break
        position += 2 + struct.unpack(">H", data[position + 2 : position + 4])[0]
    # Decoders fill what is missing with grey; within the scan these two bytes are the end and nothing else.
    if data.find(b"\xff\xd9", position) < 0 or size is None:
        raise UnreadableImage("the JPEG is cut short. Copy or export it again.", path=path)
    return size


def _simplify(pixels: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], tuple[str, ...], list[str]]:
    warnings = []
    names = _COLOURS[pixels.shape[-1]]
    if names[-1] == "alpha":
        pixels, names = pixels[..., :-1], names[:-1]
        warnings.append("the alpha channel is left out")
    if len(names) == 3 and all(np.array_equal(pixels[..., 0], pixels[..., i]) for i in (1, 2)):
        pixels, names = pixels[..., :1], ("grey",)
        warnings.append("red, green and blue are equal: read as one grey channel")
    return np.ascontiguousarray(pixels), names, warnings
