"""The JSON file beside an image: names, roles, compartments, pixel size, group."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidImage, UnreadableImage

_MAX_BYTES = 4 * 1024**2


@dataclass(frozen=True)
class Sidecar:
    """What the JSON file says; None where it says nothing.

    Attributes
    ----------
    path
        The JSON file, None when there is none.
    axes
        One letter for each dimension of the image.
    channels
        Channel names in order.
    nuclear_channel, membrane_channel
        Names of the channels with these roles.
    compartments
        Names of the planes of the labels.
    pixel_size_um
        Pixel size in micrometres.
    group
        FOVs of one group stay in one split of a dataset.
    platform, tissue
        How the image was made and what it shows, in the words of whoever made it.
    """

    path: Path | None = None
    axes: str | None = None
    channels: tuple[str, ...] | None = None
    nuclear_channel: str | None = None
    membrane_channel: str | None = None
    compartments: tuple[str, ...] | None = None
    pixel_size_um: float | None = None
    group: str | None = None
    platform: str | None = None
    tissue: str | None = None


def sidecar_paths(image: Path) -> list[Path]:
    """Where the JSON file of an image may be: ``a.ome.tif`` -> ``a.ome.json``, ``a.json``."""
    stem = image.stem
    names = [f"{stem}.json"]
    if stem.lower().endswith(".ome"):
        names.append(f"{stem[:-4]}.json")
    return [image.parent / name for name in names]


def read_sidecar(image: Path) -> Sidecar:
    """Read the JSON file beside `image`, if there is one.

    Raises
    ------
    UnreadableImage
        When the file is not JSON.
    InvalidImage
        When a value has the wrong type.
    """
    for path in sidecar_paths(image):
        if path.is_file():
            return _parse(path, _load(path))
    return Sidecar()


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"larger than {_MAX_BYTES:,} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableImage(
            f"the file beside the image is not readable JSON ({error}). Correct or remove it.",
            path=path,
        ) from error
    if not isinstance(content, dict):
        raise InvalidImage(
            "the file beside the image must hold one JSON object. Correct or remove it.",
            path=path,
        )
    return content


def _parse(path: Path, content: dict[str, Any]) -> Sidecar:
    compartments = _names(path, content, "compartments")
    unknown = set(compartments or ()) - set(COMPARTMENTS)
    if unknown:
        raise InvalidImage(
            f"compartments {sorted(unknown)} are unknown. Use {' and '.join(COMPARTMENTS)}.",
            path=path,
        )
    return Sidecar(
        path=path,
        axes=_text(path, content, "axes"),
        channels=_names(path, content, "channels"),
        nuclear_channel=_text(path, content, "nuclear_channel"),
        membrane_channel=_text(path, content, "membrane_channel"),
        compartments=compartments,
        pixel_size_um=_positive(path, content, "pixel_size_um"),
        group=_text(path, content, "group"),
        platform=_text(path, content, "platform"),
        tissue=_text(path, content, "tissue"),
    )


def _text(path: Path, content: dict[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is None or isinstance(value, str):
        return value
    raise InvalidImage(f"{key} must be a text, not {value!r}.", path=path)


def _names(path: Path, content: dict[str, Any], key: str) -> tuple[str, ...] | None:
    value = content.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise InvalidImage(f"{key} must be a list of names, not {value!r}.", path=path)
    return tuple(value)


def _positive(path: Path, content: dict[str, Any], key: str) -> float | None:
    value = content.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InvalidImage(f"{key} must be a positive number, not {value!r}.", path=path)
    return float(value)
