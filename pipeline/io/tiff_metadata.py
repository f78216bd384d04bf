"""Channel names and pixel size from the metadata of a TIFF."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

# Pixel sizes outside these bounds are leftovers of screens and printers (72 dpi is 353 um).
_PLAUSIBLE_UM = (0.001, 50.0)
_UM_PER_UNIT = {
    "m": 1e6,
    "cm": 1e4,
    "mm": 1e3,
    "µm": 1.0,
    "μm": 1.0,
    "um": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "\\u00b5m": 1.0,
    "nm": 1e-3,
    "pm": 1e-6,
    "inch": 25400.0,
}
_CENTIMETRE, _INCH = 3, 2


@dataclass(frozen=True)
class TiffMetadata:
    """What the metadata of a TIFF say.

    Attributes
    ----------
    format
        Name of the dialect for people.
    channel_names
        Names in order, None when there are none.
    pages_are_channels
        Whether the pages are named as channels, so that an unknown dimension of pages is one of channels.
    pixel_size_um
        Micrometres per pixel, None when unknown.
    """

    format: str
    channel_names: list[str] | None = None
    pages_are_channels: bool = False
    pixel_size_um: float | None = None


def read_metadata(tiff: Any, series: Any, pages: Sequence[Any]) -> TiffMetadata:
    """Read the metadata of the dialect that `tiff` is written in.

    Parameters
    ----------
    tiff
        The open file.
    series
        The series that is the image, or the first of those that are its planes.
    pages
        All pages of the image.
    """
    if tiff.is_ome:
        return _from_ome(tiff)
    if tiff.is_imagej:
        return _from_imagej(tiff, series)
    names = _page_names(pages)
    if series.kind == "qpi":
        dialect = "inForm or QPTIFF"
    elif names is not None and _mibi_target(pages[0]) is not None:
        dialect = "MIBItiff"
    else:
        dialect = "TIFF"
    return TiffMetadata(
        format=dialect,
        channel_names=names,
        pages_are_channels=names is not None,
        pixel_size_um=_resolution_um(series.keyframe),
    )


def _from_ome(tiff: Any) -> TiffMetadata:
    root = ElementTree.fromstring(tiff.ome_metadata)
    pixels = root.find(".//{*}Image/{*}Pixels")
    if pixels is None:
        return TiffMetadata(format="OME-TIFF")
    channels = pixels.findall("{*}Channel")
    names = [channel.get("Name") or f"channel {i}" for i, channel in enumerate(channels)]
    named = any(channel.get("Name") for channel in channels)
    size = _positive(pixels.get("PhysicalSizeX"))
    factor = _UM_PER_UNIT.get((pixels.get("PhysicalSizeXUnit") or "µm").strip())
    return TiffMetadata(
        format="OME-TIFF",
        channel_names=names if named else None,
        pixel_size_um=_plausible(size * factor if size and factor else None),
    )


def _from_imagej(tiff: Any, series: Any) -> TiffMetadata:
    metadata = tiff.imagej_metadata or {}
    n_channels = series.shape[series.axes.index("C")] if "C" in series.axes else 1
    labels = metadata.get("Labels")
    n_planes = 1
    for axis, length in zip(series.axes, series.shape, strict=True):
        n_planes *= length if axis not in "YXS" else 1
    names = None
    if isinstance(labels, list) and len(labels) == n_channels == n_planes and all(labels):
        names = [str(label).strip() for label in labels]
    factor = _UM_PER_UNIT.get(str(metadata.get("unit", "")).strip())
    per_unit = _ratio(series.keyframe, "XResolution")
    size = factor / per_unit if factor and per_unit else None
    return TiffMetadata(format="ImageJ TIFF", channel_names=names, pixel_size_um=_plausible(size))


def _page_names(pages: Sequence[Any]) -> list[str] | None:
    """Names of the pages, where each has one of its own."""
    if len(pages) < 2:
        return None
    names = []
    for page in pages:
        # Only full pages carry tags; the frames of a uniform stack are read one by one.
        full = page.aspage() if hasattr(page, "aspage") else page
        name = _mibi_target(full) or _inform_name(full) or _page_name_tag(full)
        if not name:
            return None
        names.append(name)
    return names if len(set(names)) == len(names) else None


def _mibi_target(page: Any) -> str | None:
    text = _description(page)
    if not text.lstrip().startswith("{"):
        return None
    try:
        content = json.loads(text)
    except ValueError:
        return None
    target = content.get("channel.target") if isinstance(content, dict) else None
    return str(target) if target else None


def _inform_name(page: Any) -> str | None:
    text = _description(page)
    if "PerkinElmer-QPI-ImageDescription" not in text:
        return None
    # The declaration says UTF-16, which the decoded text no longer is.
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return None
    return root.findtext("Biomarker") or root.findtext("Name") or None


def _page_name_tag(page: Any) -> str | None:
    tag = page.tags.get("PageName")
    return str(tag.value).strip() if tag is not None and str(tag.value).strip() else None


def _description(page: Any) -> str:
    tag = page.tags.get("ImageDescription")
    value = tag.value if tag is not None else ""
    return value if isinstance(value, str) else ""


def _resolution_um(page: Any) -> float | None:
    tag = page.tags.get("ResolutionUnit")
    unit = int(tag.value) if tag is not None else 0
    per_unit = _ratio(page, "XResolution")
    if unit not in (_CENTIMETRE, _INCH) or not per_unit:
        return None
    return _plausible((1e4 if unit == _CENTIMETRE else 25400.0) / per_unit)


def _ratio(page: Any, name: str) -> float | None:
    tag = page.tags.get(name)
    if tag is None:
        return None
    numerator, denominator = tag.value
    return numerator / denominator if numerator and denominator else None


def _positive(text: str | None) -> float | None:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _plausible(size_um: float | None) -> float | None:
    low, high = _PLAUSIBLE_UM
    return size_um if size_um is not None and low <= size_um <= high else None
