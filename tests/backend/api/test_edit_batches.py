"""The hand-written reader accepts what the documented schema accepts, and names what it refuses."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.edit_batches import read_edit_batch
from backend.api.schemas.assignments import EditBatchIn
from backend.errors import InvalidInput

EDIT: dict[str, Any] = {
    "seq": 1,
    "tool": "brush",
    "client_at": "2026-01-31T12:00:00Z",
    "active_s": 1.5,
    "diff": base64.b64encode(b"\x01\x02").decode(),
    "checksum": 7,
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**33),
    st.floats(),
    st.text(max_size=50),
    st.just([]),
    st.sampled_from(["AQI=", "2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00", "brush", "AQI"]),
    st.sampled_from([10**400, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
)


def test_a_batch_is_read() -> None:
    edit, marked = read_edit_batch({"edits": [EDIT, {**EDIT, "marks": "[]", "diff": ""}]})
    assert (edit.marks, marked.marks, marked.diff) == ("", "[]", b"")
    assert (edit.seq, edit.tool, edit.active_s, edit.diff, edit.checksum) == (1, "brush", 1.5, b"\x01\x02", 7)
    assert edit.client_at.isoformat() == "2026-01-31T12:00:00+00:00"


@given(field=st.sampled_from([*sorted(EDIT), "marks"]), value=VALUES)
def test_what_is_read_fits_the_documented_schema(field: str, value: Any) -> None:
    body = {"edits": [{**EDIT, field: value}]}
    refusal = _refusal(body)
    if refusal is None:
        EditBatchIn().load(body)
    else:
        assert refusal.startswith(f"edits.0.{field}: expected")


def _refusal(body: Any) -> str | None:
    try:
        read_edit_batch(body)
    except InvalidInput as fault:
        return str(fault)
    return None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "edits: expected a list of 1 to 500 edits. Send fewer at once."),
        ([], "edits: expected a list of 1 to 500 edits. Send fewer at once."),
        ({"edits": []}, "edits: expected a list of 1 to 500 edits. Send fewer at once."),
        ({"edits": [EDIT] * 501}, "edits: expected a list of 1 to 500 edits. Send fewer at once."),
        ({"edits": [EDIT], "role": 1}, "role: unknown field. Send only `edits`."),
        (
            {"edits": [EDIT, {"seq": 2}]},
            "edits.1: expected exactly the fields active_s, checksum, client_at, diff, marks, seq, tool.",
        ),
        (
            {"edits": [{**EDIT, "seq": 0}]},
            "edits.0.seq: expected a whole number from 1 to 2147483647, got 0.",
        ),
        ({"edits": [{**EDIT, "seq": True}]}, "got True."),
        ({"edits": [{**EDIT, "checksum": 2**32}]}, "edits.0.checksum: expected a whole number from 0 to"),
        (
            {"edits": [{**EDIT, "active_s": float("nan")}]},
            "edits.0.active_s: expected seconds from 0 to 86400",
        ),
        ({"edits": [{**EDIT, "tool": "x" * 41}]}, "edits.0.tool: expected a name of 1 to 40 characters."),
        ({"edits": [{**EDIT, "diff": "A=="}]}, "edits.0.diff: expected base64, got 'A=='."),
        (
            {"edits": [{**EDIT, "marks": [["type/nuclear/1", None, "a"]]}]},
            "edits.0.marks: expected a text of at most 1000000 bytes, got [['type/nuclear/1', None, 'a']].",
        ),
        (
            {"edits": [{**EDIT, "marks": " " * 1_000_001}]},
            "edits.0.marks: expected a text of at most 1000000",
        ),
        (
            {"edits": [{**EDIT, "marks": "\ud83d"}]},
            "edits.0.marks: expected a text of at most 1000000 bytes,",
        ),
        (
            {"edits": [{**EDIT, "client_at": "yesterday"}]},
            "edits.0.client_at: expected a moment such as 2026-01-31T12:00:00Z, got 'yesterday'.",
        ),
    ],
)
def test_what_is_refused_is_named(body: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_edit_batch(body)
    assert message in str(caught.value)


def test_a_long_value_is_quoted_in_part() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_edit_batch({"edits": [{**EDIT, "diff": "?" * 10_000}]})
    assert len(str(caught.value)) < 120
