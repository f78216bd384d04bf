"""Which keys and values marks have; the table is in docs/architecture.md, "Marks"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidMarks
from pipeline.labels import MAX_LABEL

MAX_NOTE_CHARACTERS = 2000
REGION_POINTS = (3, 500)
MAX_DAUGHTERS = 8

TYPE, UNCERTAIN, CHECKED, NOTE, IGNORE, DIVISION = (
    "type",
    "uncertain",
    "checked",
    "note",
    "ignore",
    "division",
)
_COMPARTMENT = f"({'|'.join(COMPARTMENTS)})"
_LABEL = r"([1-9][0-9]{0,9})"
_FRAME = r"(0|[1-9][0-9]{0,9})"
_KEY = re.compile(
    rf"(?:(type|uncertain|checked)/{_COMPARTMENT}/{_LABEL}"
    rf"|(note|ignore)/([a-z0-9]{{1,16}})"
    rf"|(division)/{_COMPARTMENT}/{_LABEL}/{_FRAME})",
    re.ASCII,
)
_TYPE_ID = re.compile(r"[a-z0-9_-]{1,40}", re.ASCII)
_NOTE_FIELDS = {"compartment", "label", "frame", "row", "column", "text"}

MarkValue = Any
"""A plain JSON value: what a mark of its kind holds."""


class MarkKey(NamedTuple):
    """A key, taken apart. `compartment` is "" and `label` 0 for notes and regions, which have an `id`."""

    kind: str
    compartment: str = ""
    label: int = 0
    frame: int = 0
    id: str = ""


def parse_key(key: str) -> MarkKey:
    """Take a key apart.

    Raises
    ------
    InvalidMarks
        When it is none.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        raise InvalidMarks(f"{short_value(key)} is no key of a mark; see the table of keys in the protocol.")
    kind, compartment, label, placed, name, division, where, parent, frame = found.groups()
    if placed:
        return MarkKey(placed, id=name)
    split = MarkKey(kind or division, compartment or where, int(label or parent), int(frame or 0))
    if max(split.label, split.frame) > MAX_LABEL:
        raise InvalidMarks(f"{key}: labels and frames go up to {MAX_LABEL}.")
    return split


def _type_fault(value: Any) -> str:
    good = isinstance(value, str) and _TYPE_ID.fullmatch(value) is not None
    return "" if good else "send the id of a cell type, 1 to 40 of a-z 0-9 _ -"


def _flag_fault(value: Any) -> str:
    return "" if value is True else "send true, or null for none"


def _note_fault(value: Any) -> str:
    if not isinstance(value, dict) or value.keys() != _NOTE_FIELDS:
        return "send an object of compartment, label, frame, row, column and text"
    text = value["text"]
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_NOTE_CHARACTERS or not _is_plain(text):
        return f"its text has 1 to {MAX_NOTE_CHARACTERS} whole characters, none of them NUL"
    if value["compartment"] not in COMPARTMENTS:
        return f"its compartment is one of {', '.join(COMPARTMENTS)}"
    if not _is_whole(value["label"]) or not _is_whole(value["frame"]):
        return f"its label and frame are whole numbers from 0 to {MAX_LABEL}"
    return "" if _is_place([value["row"], value["column"]]) else "its row and column are numbers from 0 on"


def _region_fault(value: Any) -> str:
    if not isinstance(value, dict) or value.keys() != {"frame", "points"}:
        return "send an object of frame and points"
    if not _is_whole(value["frame"]):
        return f"its frame is a whole number from 0 to {MAX_LABEL}"
    least, most = REGION_POINTS
    points = value["points"]
    if not isinstance(points, list) or not least <= len(points) <= most:
        return f"send a polygon of {least} to {most} points"
    return "" if all(_is_place(point) for point in points) else "its points are [row, column], from 0 on"


def _division_fault(value: Any) -> str:
    daughters = value.get("daughters") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(daughters, list) or not 1 <= len(daughters) <= MAX_DAUGHTERS:
        return f"send {{daughters}}, a list of 1 to {MAX_DAUGHTERS} labels"
    if not all(_is_whole(label, least=1) for label in daughters) or sorted(set(daughters)) != daughters:
        return "its daughters are labels above 0, each once, in ascending order"
    return ""


def value_fault(kind: str, value: MarkValue) -> str:
    """Say what is wrong with a value of this kind of mark; "" when nothing is."""
    return _CHECKS[kind](value)


_CHECKS: Mapping[str, Callable[[Any], str]] = {
    TYPE: _type_fault,
    UNCERTAIN: _flag_fault,
    CHECKED: _flag_fault,
    NOTE: _note_fault,
    IGNORE: _region_fault,
    DIVISION: _division_fault,
}


def _is_whole(value: Any, *, least: int = 0) -> bool:
    return type(value) is int and least <= value <= MAX_LABEL


def _is_place(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(type(n) in (int, float) and 0 <= n <= MAX_LABEL for n in point)
    )


def _is_plain(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def short_value(value: Any) -> str:
    """A value as a message quotes it: as JSON, in part when it is long."""
    text = "absent" if value is None else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
