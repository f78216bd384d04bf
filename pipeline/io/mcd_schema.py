"""The list of acquisitions that an IMC file (.mcd) ends with."""

import mmap
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from pipeline.errors import InvalidImage, UnreadableImage
from pipeline.io.decoding import decoding

_ENCODING = "utf-16-le"
_START, _END = "<MCDSchema".encode(_ENCODING), "</MCDSchema>".encode(_ENCODING)
# Files of hundreds of acquisitions have lists of a few megabytes.
_MAX_BYTES = 32 * 1024**2
# What every record begins with; not channels, though they are listed among them.
_PLACE = frozenset({"X", "Y", "Z"})
# What laboratories write behind the target: "CD20_77((123))Dy161".
_TUBE = re.compile(r"\(\([^()]*\)\)")
_PLAUSIBLE_UM = (0.1, 50.0)
_SPOT_UM = 1.0


@dataclass(frozen=True)
class Acquisition:
    """One region as the machine recorded it.

    Attributes
    ----------
    number
        Its number in the file.
    name
        What the operator called it, maybe empty.
    rows, cols
        Its size in pixels.
    start, stop
        Bytes of the file that hold its records; equal when it was never recorded.
    value_type
        What the values are, such as ``("Float", 4)``: format and bytes.
    channels
        Names in order, the target with the metal behind it.
    pixel_size_um
        Distance between two shots of the laser along a row.
    row_distance_um
        Distance between two rows; 0 when the file does not say.
    """

    number: int
    name: str
    rows: int
    cols: int
    start: int
    stop: int
    value_type: tuple[str, int]
    channels: tuple[str, ...]
    pixel_size_um: float
    row_distance_um: float

    @property
    def title(self) -> str:
        """The acquisition in words."""
        return f"{self.number} ({self.name!r}, {self.rows} x {self.cols} px)"


def read_acquisitions(path: Path) -> tuple[Acquisition, ...]:
    """Read the list of acquisitions in the order of their numbers, those without pixels among them.

    Raises
    ------
    UnreadableImage
        When the list is not there, as in a file that was cut short, or is damaged.
    InvalidImage
        When the list contradicts itself.
    """
    with decoding(path, "list of acquisitions"):
        root = ElementTree.fromstring(_schema_text(path))
        names = _channel_names(root)
        found = [_acquisition(element, names) for element in root.findall("{*}Acquisition")]
    numbers = [acquisition.number for acquisition in found]
    if len(set(numbers)) != len(numbers):
        raise InvalidImage(
            f"several acquisitions have one number ({sorted(numbers)}). Export each region as OME-TIFF.",
            path=path,
        )
    return tuple(sorted(found, key=lambda acquisition: acquisition.number))


def _schema_text(path: Path) -> str:
    size = path.stat().st_size
    with open(path, "rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        start = content.rfind(_START, max(0, size - _MAX_BYTES))
        stop = content.find(_END, start) if start >= 0 else -1
        if stop < 0:
            raise UnreadableImage(
                "the list of acquisitions that ends the file is missing. The file is cut short, or the"
                " recording was not closed: copy it again, or open and save it with MCD Viewer.",
                path=path,
            )
        text = content[start : stop + len(_END)].decode(_ENCODING)
    if "<!DOCTYPE" in text:
        # Entities are declared there, and could expand without end.
        raise UnreadableImage(
            "the list of acquisitions holds declarations that no IMC machine writes. It is not read; copy"
            " the original file again.",
            path=path,
        )
    return text


def _channel_names(root: ElementTree.Element) -> dict[int, list[str]]:
    """Names of the channels of each acquisition, in order."""
    ordered: dict[int, list[tuple[int, str]]] = {}
    for element in root.findall("{*}AcquisitionChannel"):
        metal = _text(element, "ChannelName")
        if metal not in _PLACE:
            place = (_integer(element, "OrderNumber"), _channel_name(metal, _text(element, "ChannelLabel")))
            ordered.setdefault(_integer(element, "AcquisitionID"), []).append(place)
    return {number: [name for _, name in sorted(places)] for number, places in ordered.items()}


def _channel_name(metal: str, label: str) -> str:
    """`("Yb(172)", "H3K27Ac_1977((2242))Yb172")` -> `"H3K27Ac_1977 (Yb172)"`."""
    symbol, mass = re.sub(r"[^A-Za-z]", "", metal), re.sub(r"[^0-9]", "", metal)
    target = _TUBE.sub("", label)
    if symbol and mass:
        target = re.sub(f"{symbol}[_-]?{mass}|{mass}[_-]?{symbol}", "", target, flags=re.IGNORECASE)
    target = target.strip(" _-")
    return f"{target} ({symbol}{mass})" if target else f"{symbol}{mass}"


def _acquisition(element: ElementTree.Element, names: dict[int, list[str]]) -> Acquisition:
    number = _integer(element, "ID")
    size_um = _distance(element, "AblationDistanceBetweenShotsX")
    low, high = _PLAUSIBLE_UM
    return Acquisition(
        number=number,
        name=_text(element, "Description"),
        rows=_integer(element, "MaxY"),
        cols=_integer(element, "MaxX"),
        start=_integer(element, "DataStartOffset"),
        stop=_integer(element, "DataEndOffset"),
        value_type=(_text(element, "SegmentDataFormat"), _integer(element, "ValueBytes")),
        channels=tuple(names.get(number, ())),
        pixel_size_um=size_um if low <= size_um <= high else _SPOT_UM,
        row_distance_um=_distance(element, "AblationDistanceBetweenShotsY"),
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _integer(element: ElementTree.Element, name: str) -> int:
    text = _text(element, name)
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise ValueError(f"{name} is {text[:40]!r} and should be a whole number")
    return int(text)


def _distance(element: ElementTree.Element, name: str) -> float:
    text = _text(element, name)
    return float(text) if re.fullmatch(r"\d{1,18}(\.\d{0,18})?", text) else 0.0
