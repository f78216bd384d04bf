"""Marks: what an annotator says about a label or a place that is not pixels.

The marks of a crop are one flat map from keys to plain JSON values. Keys and values are those of
docs/architecture.md, "Marks"; an edit changes them by a *marks text*, a JSON array of ``[key, old, new]`` in
which null means absent.

Laws: ``parse(encode(c))`` is c; applying the inverse of c after c gives the marks there were.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from pipeline.errors import DivergingMark, InvalidMarks
from pipeline.mark_grammar import IGNORE, NOTE, MarkKey, MarkValue, parse_key, short_value, value_fault

MAX_CHANGES = 10_000
MAX_TEXT_BYTES = 1_000_000
MAX_HELD_BYTES = 8_000_000
"""Most that the marks of one crop may take, as JSON."""
# What an entry of the map costs besides its own JSON: quotes, colon, comma.
_ENTRY_BYTES = 4


class MarkChange(NamedTuple):
    """One mark before and after; None is absent."""

    key: str
    old: MarkValue
    new: MarkValue


@dataclass(frozen=True)
class CropExtent:
    """What the marks of a crop may name: its compartments, frames, and (height, width) in pixels."""

    compartments: tuple[str, ...]
    n_frames: int
    shape: tuple[int, int]


def parse_marks(text: str) -> list[MarkChange]:
    """Read a marks text.

    Parameters
    ----------
    text : str
        JSON: ``[[key, old, new], ...]``, 1 to 10,000 changes of distinct keys, at most 1,000,000 bytes.

    Raises
    ------
    InvalidMarks
        When it is anything else; the message names the change.
    """
    entries = _load(text)
    if not isinstance(entries, list) or not entries:
        raise InvalidMarks("The marks are no list of changes; send [[key, old, new], ...], or no marks.")
    if len(entries) > MAX_CHANGES:
        raise InvalidMarks(f"{len(entries)} changes of marks in one edit; send at most {MAX_CHANGES}.")
    changes: dict[str, MarkChange] = {}
    for number, entry in enumerate(entries):
        change = _read_change(entry, number)
        if change.key in changes:
            raise InvalidMarks(f"{change.key} changes twice in one edit; send one change for each key.")
        changes[change.key] = change
    return list(changes.values())


def _load(text: str) -> Any:
    # Characters first: a text that is far too long is not even encoded.
    if len(text) > MAX_TEXT_BYTES or len(_utf8(text)) > MAX_TEXT_BYTES:
        raise InvalidMarks(f"The marks take more than {MAX_TEXT_BYTES} bytes; send smaller edits.")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except InvalidMarks:
        raise
    except RecursionError:
        raise InvalidMarks("The marks are nested too deep; send [[key, old, new], ...].") from None
    except ValueError as fault:
        raise InvalidMarks(f"The marks are no JSON: {fault}.") from None


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidMarks("The marks hold half a character (a lone surrogate); send whole ones.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidMarks(f"The marks hold {name}, which is no JSON number.")


def _read_change(entry: Any, number: int) -> MarkChange:
    if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[0], str):
        raise InvalidMarks(f"Change {number} of the marks is {short_value(entry)}; send [key, old, new].")
    change = MarkChange(*entry)
    kind = parse_key(change.key).kind
    for value in (change.old, change.new):
        fault = value_fault(kind, value) if value is not None else ""
        if fault:
            raise InvalidMarks(f"{change.key}: {short_value(value)} is no value of it; {fault}.")
    if change.old == change.new:
        raise InvalidMarks(f"{change.key} does not change; leave it out.")
    return change


def check_extent(changes: Iterable[MarkChange], extent: CropExtent) -> None:
    """Check that new values name compartments, frames and places that a crop has.

    Raises
    ------
    InvalidMarks
        Naming the key and what the crop has.
    """
    for change in changes:
        if change.new is not None:
            _check_extent(parse_key(change.key), change, extent)


def _check_extent(key: MarkKey, change: MarkChange, extent: CropExtent) -> None:
    value = change.new if isinstance(change.new, dict) else {}
    compartment = key.compartment or value.get("compartment")
    if compartment is not None and compartment not in extent.compartments:
        raise InvalidMarks(
            f"{change.key}: this crop has no {compartment}; it has {', '.join(extent.compartments)}."
        )
    frame = value.get("frame", key.frame)
    if frame >= extent.n_frames:
        raise InvalidMarks(
            f"{change.key}: this crop has no frame {frame}; it has frames 0 to {extent.n_frames - 1}."
        )
    height, width = extent.shape
    if key.kind == NOTE and not (value["row"] < height and value["column"] < width):
        raise InvalidMarks(
            f"{change.key}: row {value['row']}, column {value['column']} is outside of the crop of"
            f" {height} x {width} px."
        )
    if key.kind == IGNORE and any(row > height or col > width for row, col in value["points"]):
        raise InvalidMarks(f"{change.key}: a point is outside of the crop of {height} x {width} px.")


def encode_marks(changes: Iterable[MarkChange]) -> str:
    """Give the marks text of changes; "" for none."""
    rows = [list(change) for change in changes]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def invert_marks(changes: Iterable[MarkChange]) -> list[MarkChange]:
    """Give the changes that undo these."""
    return [MarkChange(change.key, change.new, change.old) for change in changes]


def apply_marks(marks: dict[str, MarkValue], changes: Sequence[MarkChange]) -> None:
    """Change marks in place. Everything is checked first: after an error nothing has changed.

    Raises
    ------
    DivergingMark
        When a mark does not hold its old value; names the first one.
    """
    for change in changes:
        found = marks.get(change.key)
        if found != change.old:
            raise DivergingMark(
                f"The edit expects {change.key} to be {short_value(change.old)}, but it is"
                f" {short_value(found)}; load the crop again.",
                key=change.key,
            )
    for change in changes:
        if change.new is None:
            del marks[change.key]
        else:
            marks[change.key] = change.new


def growth_bytes(changes: Iterable[MarkChange]) -> int:
    """Give by how many bytes changes make the marks longer, as JSON."""
    return sum(_entry_bytes(key, new) - _entry_bytes(key, old) for key, old, new in changes)


def held_bytes(marks: Mapping[str, MarkValue]) -> int:
    """Give what marks take, as JSON, in bytes."""
    return sum(_entry_bytes(key, value) for key, value in marks.items())


def _entry_bytes(key: str, value: MarkValue) -> int:
    if value is None:
        return 0
    own = 4 if value is True else len(json.dumps(value, separators=(",", ":")))
    return len(key) + own + _ENTRY_BYTES
