"""Reads a batch of edits by hand: it comes up to a thousand times a second, and a schema costs more than
the database. `schemas.assignments.EditBatchIn` documents the same rules; a test holds the two together.
"""

import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from backend.api.schemas.assignments import LARGEST_CHECKSUM, MOST_EDITS_PER_BATCH
from backend.errors import InvalidInput
from backend.services.edits import NewEdit
from pipeline.marks import MAX_TEXT_BYTES

LONGEST_TOOL = 40
LARGEST_SEQ = 2**31 - 1
LONGEST_ACTIVE_S = 86_400.0
# Editors that know no marks leave them out.
_NEEDED = frozenset({"seq", "tool", "client_at", "active_s", "diff", "checksum"})
_FIELDS = _NEEDED | {"marks"}


def read_edit_batch(body: Any) -> Sequence[NewEdit]:
    """The edits of a request body; raises `InvalidInput` naming the edit and its field."""
    edits = body.get("edits") if isinstance(body, dict) else None
    if not isinstance(edits, list) or not 1 <= len(edits) <= MOST_EDITS_PER_BATCH:
        raise InvalidInput(
            f"edits: expected a list of 1 to {MOST_EDITS_PER_BATCH} edits. Send fewer at once."
        )
    if set(body) != {"edits"}:
        raise InvalidInput(f"{', '.join(sorted(set(body) - {'edits'}))}: unknown field. Send only `edits`.")
    return [_read_edit(edit, f"edits.{index}") for index, edit in enumerate(edits)]


def _read_edit(edit: Any, place: str) -> NewEdit:
    if not isinstance(edit, dict) or (edit.keys() != _NEEDED and edit.keys() != _FIELDS):
        raise InvalidInput(f"{place}: expected exactly the fields {', '.join(sorted(_FIELDS))}.")
    tool = edit["tool"]
    if not isinstance(tool, str) or not 1 <= len(tool) <= LONGEST_TOOL:
        raise InvalidInput(f"{place}.tool: expected a name of 1 to {LONGEST_TOOL} characters.")
    return NewEdit(
        seq=_whole(edit["seq"], f"{place}.seq", least=1, most=LARGEST_SEQ),
        tool=tool,
        client_at=_moment(edit["client_at"], f"{place}.client_at"),
        active_s=_seconds(edit["active_s"], f"{place}.active_s"),
        diff=_base64(edit["diff"], f"{place}.diff"),
        checksum=_whole(edit["checksum"], f"{place}.checksum", least=0, most=LARGEST_CHECKSUM),
        marks=_marks(edit.get("marks", ""), f"{place}.marks"),
    )


def _whole(value: Any, place: str, *, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise InvalidInput(f"{place}: expected a whole number from {least} to {most}, got {_short(value)}.")
    return value


def _seconds(value: Any, place: str) -> float:
    if type(value) not in (int, float) or not 0 <= value <= LONGEST_ACTIVE_S:
        raise InvalidInput(f"{place}: expected seconds from 0 to {LONGEST_ACTIVE_S:g}, got {_short(value)}.")
    return float(value)


def _moment(value: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        # Moments at either end of the calendar leave it when they are turned to UTC.
        utc = None if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        utc = None
    if utc is None:
        raise InvalidInput(f"{place}: expected a moment such as 2026-01-31T12:00:00Z, got {_short(value)}.")
    return utc


def _base64(value: Any, place: str) -> bytes:
    try:
        return binascii.a2b_base64(value.encode("ascii"), strict_mode=True)
    except (AttributeError, ValueError):
        raise InvalidInput(f"{place}: expected base64, got {_short(value)}.") from None


def _marks(value: Any, place: str) -> str:
    # Length and characters before anything else looks at the text.
    if not isinstance(value, str) or len(value) > MAX_TEXT_BYTES or not _is_encodable(value):
        raise InvalidInput(
            f"{place}: expected a text of at most {MAX_TEXT_BYTES} bytes, got {_short(value)}."
        )
    return value


def _is_encodable(text: str) -> bool:
    """Whether the text has no half characters (lone surrogates), which UTF-8 cannot hold."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _short(value: Any) -> str:
    text = repr(value[:60] if isinstance(value, str) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."
