"""Small pictures of images: a contact sheet of channels, and an overlay of labels."""

from collections.abc import Mapping
from typing import Any, Protocol

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from pipeline.io.lazy_image import PixelReader
from pipeline.io.pyramid import blocks
from pipeline.windows import Window

_MAX_CHANNELS = 24
_CAPTION_PX = 14
_BLOCK_PX = 2048
# Share of pixels that the automatic contrast lets saturate, at both ends, in percent.
_PERCENTILES = (1.0, 99.8)
_OUTLINES = {"whole_cell": (255, 255, 0), "nuclear": (0, 255, 255)}


class LabelPixels(Protocol):
    """A label image that is read in windows, such as `pipeline.io.ome_zarr.LabelReader`."""

    @property
    def n_levels(self) -> int:
        """Number of resolutions."""
        ...

    def level_shape(self, level: int) -> tuple[int, int]:
        """(row, column) of a level."""
        ...

    def read_level(self, level: int, frame: int, window: Window) -> npt.NDArray[Any]:
        """Window of a level."""
        ...


def thumbnail(reader: PixelReader, *, frame: int, channel: int, max_side_px: int) -> npt.NDArray[Any]:
    """A plane at reduced size, by taking every nth pixel of the smallest level that is large enough.

    Returns
    -------
    ndarray
        (row, column), stored dtype, no side longer than `max_side_px`.
    """
    level = _level_for(reader, max_side_px)
    return _subsample(
        lambda window: reader.read_level(level, frame, channel, window),
        reader.level_shape(level),
        max_side_px=max_side_px,
    )


def _level_for(reader: PixelReader | LabelPixels, max_side_px: int) -> int:
    large_enough = [
        level for level in range(reader.n_levels) if max(reader.level_shape(level)) >= max_side_px
    ]
    return large_enough[-1] if large_enough else 0


def _subsample(read: Any, shape: tuple[int, int], *, max_side_px: int) -> npt.NDArray[Any]:
    stride = max(1, -(-max(shape) // max_side_px))
    size = max(stride, _BLOCK_PX // stride * stride)
    bands: dict[int, list[npt.NDArray[Any]]] = {}
    for window in blocks(*shape, height=size, width=size):
        bands.setdefault(window.row, []).append(read(window)[::stride, ::stride])
    return np.concatenate([np.concatenate(parts, axis=1) for parts in bands.values()], axis=0)


def auto_contrast(plane: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Stretch the values between two percentiles to 0..255; a constant plane becomes 0."""
    values = plane.astype(np.float64)
    low, high = np.percentile(values, _PERCENTILES)
    if high <= low:
        low, high = values.min(), values.max()
    if high <= low:
        return np.zeros(plane.shape, np.uint8)
    return (np.clip((values - low) / (high - low), 0, 1) * 255).round().astype(np.uint8)


def preview_png(reader: PixelReader, *, frame: int | None = None, max_side_px: int = 192) -> bytes:
    """Contact sheet of the channels with automatic contrast, names and roles.

    Parameters
    ----------
    reader
        Image source or stored FOV.
    frame
        The frame shown; the middle one by default.
    max_side_px
        Longest side of the picture of a channel.

    Returns
    -------
    bytes
        A PNG file. At most 24 channels are shown; the last caption says how many are not.
    """
    n_frames, n_channels, _, _ = reader.shape
    frame = n_frames // 2 if frame is None else frame
    shown = min(n_channels, _MAX_CHANNELS)
    tiles = [
        auto_contrast(thumbnail(reader, frame=frame, channel=channel, max_side_px=max_side_px))
        for channel in range(shown)
    ]
    captions = [
        channel.name if channel.role == "other" else f"{channel.name} [{channel.role}]"
        for channel in reader.channels[:shown]
    ]
    if shown < n_channels:
        captions[-1] += f" (+{n_channels - shown})"
    return _contact_sheet(tiles, captions)


def _contact_sheet(tiles: list[npt.NDArray[np.uint8]], captions: list[str]) -> bytes:
    n_cols = int(np.ceil(np.sqrt(len(tiles))))
    n_rows = -(-len(tiles) // n_cols)
    height, width = tiles[0].shape
    cell = max(width, 96)
    sheet = Image.new("L", (n_cols * (cell + 4), n_rows * (height + _CAPTION_PX + 4)), color=32)
    pen = ImageDraw.Draw(sheet)
    for index, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        x = (index % n_cols) * (cell + 4) + 2
        y = (index // n_cols) * (height + _CAPTION_PX + 4) + 2
        # The built-in font knows Latin letters only.
        text = caption.encode("latin-1", "replace").decode("latin-1")[: cell // 6]
        pen.text((x, y), text, fill=255)
        sheet.paste(Image.fromarray(tile), (x, y + _CAPTION_PX))
    return bytes(imagecodecs.png_encode(np.asarray(sheet)))


def overlay_png(
    reader: PixelReader,
    *,
    labels: Mapping[str, LabelPixels] | None = None,
    frame: int = 0,
    max_side_px: int = 1024,
) -> bytes:
    """Picture of an FOV: nuclei blue, membranes green, with the outlines of its labels.

    Parameters
    ----------
    reader
        Image source or stored FOV.
    labels
        Label image of each compartment to outline: cells yellow, nuclei cyan.
    frame
        The frame shown.
    max_side_px
        Longest side of the picture.

    Returns
    -------
    bytes
        A PNG file, RGB.
    """
    planes = {
        channel.role: auto_contrast(thumbnail(reader, frame=frame, channel=i, max_side_px=max_side_px))
        for i, channel in enumerate(reader.channels)
        if channel.role in ("nuclear", "membrane")
    }
    if not planes:
        planes = {
            "nuclear": auto_contrast(thumbnail(reader, frame=frame, channel=0, max_side_px=max_side_px))
        }
    nuclear = planes.get("nuclear", np.zeros_like(next(iter(planes.values()))))
    membrane = planes.get("membrane", np.zeros_like(nuclear))
    # Pure blue is hard to see, so nuclei get some of the other colours.
    picture = np.stack([nuclear // 3, np.maximum(nuclear // 2, membrane), nuclear], axis=-1)
    for compartment, image in (labels or {}).items():
        _draw_outlines(picture, image, colour=_OUTLINES[compartment], frame=frame, max_side_px=max_side_px)
    return bytes(imagecodecs.png_encode(picture))


def _draw_outlines(
    picture: npt.NDArray[np.uint8],
    image: LabelPixels,
    *,
    colour: tuple[int, int, int],
    frame: int,
    max_side_px: int,
) -> None:
    level = _level_for(image, max_side_px)
    small = _subsample(
        lambda window: image.read_level(level, frame, window),
        image.level_shape(level),
        max_side_px=max_side_px,
    )
    small = small[: picture.shape[0], : picture.shape[1]]
    edge = np.zeros(small.shape, bool)
    edge[:, 1:] |= small[:, 1:] != small[:, :-1]
    edge[1:, :] |= small[1:, :] != small[:-1, :]
    picture[: small.shape[0], : small.shape[1]][edge] = colour
