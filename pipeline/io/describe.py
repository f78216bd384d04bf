"""What would be read from a file, for people to confirm or correct before anything is stored."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import AmbiguousAxes
from pipeline.io.errors import UnnamedAcquisition, UnnamedChannel
from pipeline.io.lazy_image import ChannelInfo
from pipeline.io.limits import DEFAULT_LIMITS, ReadLimits
from pipeline.io.open import open_image
from pipeline.io.preview import preview_png, thumbnail
from pipeline.io.roles import MEMBRANE
from pipeline.io.source import ImageSource

_SAMPLE_PX = 192


@dataclass(frozen=True)
class Ambiguity:
    """What the user must say.

    Attributes
    ----------
    what
        ``"axes"``, ``"acquisition"`` or ``"nuclear"`` (or ``"membrane"``): the argument to give.
    choices
        Its possible values; the preview shows the first.
    message
        The question, for people.
    """

    what: str
    choices: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class ImageDescription:
    """What would be read.

    Attributes
    ----------
    name, format
        File name and kind of file.
    axes
        One letter for each dimension as stored.
    stored_shape
        Lengths of the dimensions as stored.
    shape
        (frame, channel, row, column).
    dtype
        Of the stored values.
    channels
        Names and roles.
    pixel_size_um
        Micrometres per pixel, or None.
    compartments
        Of which the file has label images.
    alternatives
        Other label images, which are not read.
    group
        From the JSON file beside the image.
    warnings
        What the user should know.
    ambiguous
        What the user must say first, or None.
    """

    name: str
    format: str
    axes: str
    stored_shape: tuple[int, ...]
    shape: tuple[int, int, int, int]
    dtype: str
    channels: tuple[ChannelInfo, ...]
    pixel_size_um: float | None
    compartments: tuple[str, ...]
    alternatives: tuple[str, ...]
    group: str | None
    warnings: tuple[str, ...]
    ambiguous: Ambiguity | None

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)


def describe_image(
    path: Path,
    *,
    axes: str | None = None,
    acquisition: str | int | None = None,
    nuclear: str | int | None = None,
    membrane: str | int | None = None,
    pixel_size_um: float | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> ImageDescription:
    """Describe what `open_image` would read; an ambiguity is part of the answer, not an error.

    See `preview_image`, which gives a picture as well.
    """
    description, _ = preview_image(
        path,
        axes=axes,
        acquisition=acquisition,
        nuclear=nuclear,
        membrane=membrane,
        pixel_size_um=pixel_size_um,
        limits=limits,
        with_png=False,
    )
    return description


def preview_image(
    path: Path,
    *,
    axes: str | None = None,
    acquisition: str | int | None = None,
    nuclear: str | int | None = None,
    membrane: str | int | None = None,
    pixel_size_um: float | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
    with_png: bool = True,
) -> tuple[ImageDescription, bytes]:
    """Describe what `open_image` would read, with a contact sheet of the channels.

    Where the axes or the acquisition are ambiguous, description and picture are those of the first choice;
    where the nuclear channel is, no channel has a role.

    Parameters
    ----------
    path, axes, acquisition, nuclear, membrane, pixel_size_um, limits
        See `pipeline.io.open.open_image`.
    with_png
        Whether to make the picture.

    Returns
    -------
    description : ImageDescription
    png : bytes
        Empty when `with_png` is False.

    Raises
    ------
    UnreadableImage, UnsafeArchive, TooLarge, InvalidImage, InvalidLabels
        When the file cannot be used whatever the user says.
    """
    path = Path(path)
    ambiguity: Ambiguity | None = None
    chosen: dict[str, Any] = {
        "axes": axes,
        "acquisition": acquisition,
        "nuclear": nuclear,
        "membrane": membrane,
    }
    while True:
        try:
            source = open_image(path, **chosen, pixel_size_um=pixel_size_um, limits=limits)
            break
        except AmbiguousAxes as error:
            ambiguity = ambiguity or Ambiguity("axes", error.choices, str(error))
            chosen["axes"] = error.choices[0]
        except UnnamedAcquisition as error:
            ambiguity = ambiguity or Ambiguity("acquisition", error.choices, str(error))
            chosen["acquisition"] = error.choices[0]
        except UnnamedChannel as error:
            ambiguity = ambiguity or Ambiguity(error.role, error.choices, str(error))
            stand_in = None if error.role == MEMBRANE else 0
            if chosen[error.role] == stand_in:
                # The name comes from the JSON file beside the image, which only the user can correct.
                raise
            chosen[error.role] = stand_in
    with source:
        if chosen["nuclear"] != nuclear:
            source.channels = tuple(ChannelInfo(channel.name) for channel in source.channels)
        return _describe(source, ambiguity), preview_png(source) if with_png else b""


def _describe(source: ImageSource, ambiguity: Ambiguity | None) -> ImageDescription:
    return ImageDescription(
        name=source.path.name,
        format=source.format,
        axes=source.axes,
        stored_shape=source.stored_shape,
        shape=source.shape,
        dtype=str(source.dtype),
        channels=source.channels,
        pixel_size_um=source.pixel_size_um,
        compartments=source.labels,
        alternatives=source.alternatives,
        group=source.group,
        warnings=(*source.warnings, *_flat_channels(source)),
        ambiguous=ambiguity,
    )


def _flat_channels(source: ImageSource) -> list[str]:
    """Warnings for channels that look constant in a sample of the middle frame."""
    warnings = []
    for index, channel in enumerate(source.channels):
        sample = thumbnail(source, frame=source.shape[0] // 2, channel=index, max_side_px=_SAMPLE_PX)
        if sample.min() == sample.max():
            warnings.append(f"channel {channel.name!r} seems to be {sample.min():g} everywhere")
    return warnings
