"""Metadata of OME-Zarr images, versions 0.4 (Zarr 2) and 0.5 (Zarr 3), and of those we write.

Source: Next-generation file format specification, https://ngff.openmicroscopy.org/0.5/ and /0.4/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InvalidImage
from pipeline.io.lazy_image import ChannelInfo

_UM_PER_UNIT = {
    "micrometer": 1.0,
    "nanometer": 1e-3,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
    "angstrom": 1e-4,
    "picometer": 1e-6,
    "inch": 25400.0,
}
# Colours for viewers that know no roles; the first two follow the habit of blue nuclei and green membranes.
_COLOURS = {"nuclear": "0000FF", "membrane": "00FF00"}
_OTHER_COLOURS = ("FF0000", "FFFF00", "FF00FF", "00FFFF", "FFFFFF")


@dataclass(frozen=True)
class NgffImage:
    """What the metadata of a multiscale image say.

    Attributes
    ----------
    version
        Of the specification.
    axes
        One upper-case letter for each dimension; unknown ones stay as they are.
    datasets
        Paths of the arrays, the full resolution first.
    pixel_size_um
        Of the full resolution, None when unknown.
    channels
        From the ``omero`` part; empty when there is none.
    """

    version: str
    axes: str
    datasets: tuple[str, ...]
    pixel_size_um: float | None
    channels: tuple[ChannelInfo, ...]


def parse_image(attributes: Mapping[str, Any], *, path: Path) -> NgffImage:
    """Read the attributes of an image group.

    Raises
    ------
    InvalidImage
        When there is no multiscale image.
    """
    ome = attributes.get("ome", attributes)
    scales = ome.get("multiscales")
    if not scales or not scales[0].get("datasets"):
        raise InvalidImage(
            "the Zarr group has no multiscales metadata, so it is not an OME-Zarr image. Give the folder that"
            " holds the image itself, or convert it with an OME-Zarr writer.",
            path=path,
        )
    multiscale = scales[0]
    axes = multiscale.get("axes") or list("tczyx")
    names = [axis["name"] if isinstance(axis, Mapping) else str(axis) for axis in axes]
    letters = "".join(name[0].upper() if name.lower() in "tczyx" else "?" for name in names)
    return NgffImage(
        version=str(ome.get("version") or multiscale.get("version") or "0.4"),
        axes=letters,
        datasets=tuple(str(dataset["path"]) for dataset in multiscale["datasets"]),
        pixel_size_um=_pixel_size(multiscale, axes, letters),
        channels=_channels(ome.get("omero") or {}),
    )


def _pixel_size(multiscale: Mapping[str, Any], axes: Sequence[Any], letters: str) -> float | None:
    index = letters.find("X")
    unit = axes[index].get("unit") if index >= 0 and isinstance(axes[index], Mapping) else None
    if unit not in _UM_PER_UNIT:
        return None
    size = _UM_PER_UNIT[unit]
    for owner in (multiscale["datasets"][0], multiscale):
        for transformation in owner.get("coordinateTransformations") or ():
            if transformation.get("type") == "scale":
                size *= float(transformation["scale"][index])
    return size


def _channels(omero: Mapping[str, Any]) -> tuple[ChannelInfo, ...]:
    channels = []
    for index, entry in enumerate(omero.get("channels") or ()):
        window = entry.get("window") or {}
        channels.append(
            ChannelInfo(
                name=str(entry.get("label") or f"channel {index}"),
                role=str(entry.get("cytoloop:role") or "other"),
                minimum=window.get("min"),
                maximum=window.get("max"),
            )
        )
    return tuple(channels)


def multiscales_attributes(
    name: str, *, axes: str, n_levels: int, pixel_size_um: float | None
) -> list[dict[str, Any]]:
    """The ``multiscales`` entry of version 0.5 for levels that halve rows and columns.

    Parameters
    ----------
    name
        Name of the image.
    axes
        Lower-case letters in the order of the specification: t, c, z, y, x.
    n_levels
        Number of levels; their arrays are called ``"0"``, ``"1"`` and so on.
    pixel_size_um
        Micrometres per pixel of level 0, or None.
    """
    kinds = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
    described: list[dict[str, str]] = []
    for axis in axes:
        entry = {"name": axis, "type": kinds[axis]}
        if axis in "yx" and pixel_size_um is not None:
            entry["unit"] = "micrometer"
        described.append(entry)
    base = pixel_size_um or 1.0
    datasets = [
        {
            "path": str(level),
            "coordinateTransformations": [
                {"type": "scale", "scale": [base * 2**level if axis in "yx" else 1.0 for axis in axes]}
            ],
        }
        for level in range(n_levels)
    ]
    return [{"name": name, "axes": described, "datasets": datasets}]


def omero_attributes(channels: Sequence[ChannelInfo]) -> dict[str, Any]:
    """The ``omero`` entry: names, colours, ranges and our roles of the channels."""
    entries = []
    for index, channel in enumerate(channels):
        low = 0.0 if channel.minimum is None else channel.minimum
        high = 1.0 if channel.maximum is None else channel.maximum
        entries.append(
            {
                "label": channel.name,
                "color": _COLOURS.get(channel.role, _OTHER_COLOURS[index % len(_OTHER_COLOURS)]),
                "active": channel.role != "other" or len(channels) == 1,
                "window": {"min": low, "max": high, "start": low, "end": high},
                "cytoloop:role": channel.role,
            }
        )
    return {"channels": entries}
