"""The marks text: what is read, what is refused and why, and that undo undoes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DivergingMark, InvalidMarks
from pipeline.label_diff import edit_checksum
from pipeline.mark_grammar import MarkKey, parse_key
from pipeline.marks import (
    MAX_CHANGES,
    MAX_HELD_BYTES,
    MAX_TEXT_BYTES,
    CropExtent,
    MarkChange,
    apply_marks,
    check_extent,
    encode_marks,
    growth_bytes,
    held_bytes,
    invert_marks,
    parse_marks,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "contract" / "marks.json").read_text(encoding="utf-8")
)
CROP = VECTORS["extent"]
EXTENT = CropExtent(tuple(CROP["compartments"]), CROP["n_frames"], (CROP["height"], CROP["width"]))


def named(section: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[section], ids=lambda vector: vector["name"])


def text_of(vector: dict[str, Any]) -> str:
    if "marks" in vector:
        return str(vector["marks"])
    long = vector["repeated"]
    return str(long["before"] + long["part"] * long["times"] + long["after"])


@named("valid")
def test_a_text_is_read(vector: dict[str, Any]) -> None:
    diff = bytes.fromhex(vector["diff_hex"])
    assert edit_checksum(diff, vector["marks"]) == vector["checksum"]
    if vector["canonical"]:
        assert encode_marks([MarkChange(*change) for change in vector["changes"]]) == vector["marks"]
    if vector["marks"]:
        assert [list(change) for change in parse_marks(vector["marks"])] == vector["changes"]


@named("invalid")
def test_a_text_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidMarks):
        parse_marks(text_of(vector))


@named("inside")
def test_marks_fit_the_crop(vector: dict[str, Any]) -> None:
    check_extent(parse_marks(vector["marks"]), EXTENT)


@named("outside")
def test_marks_do_not_fit_the_crop(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidMarks):
        check_extent(parse_marks(vector["marks"]), EXTENT)


@named("applied")
def test_changes_are_made_and_undone(vector: dict[str, Any]) -> None:
    marks = dict(vector["before"])
    changes = parse_marks(vector["marks"])
    apply_marks(marks, changes)
    assert marks == vector["after"]
    assert encode_marks(invert_marks(changes)) == vector["inverse"]
    apply_marks(marks, invert_marks(changes))
    assert marks == vector["before"]


@named("diverging")
def test_changes_that_do_not_fit_leave_everything_as_it_was(vector: dict[str, Any]) -> None:
    marks = dict(vector["before"])
    with pytest.raises(DivergingMark) as caught:
        apply_marks(marks, parse_marks(vector["marks"]))
    assert caught.value.key == vector["key"]
    assert marks == vector["before"]


def test_limits_are_those_of_the_contract() -> None:
    limits = VECTORS["limits"]
    assert (limits["changes"], limits["bytes"], limits["held_bytes"]) == (
        MAX_CHANGES,
        MAX_TEXT_BYTES,
        MAX_HELD_BYTES,
    )


_LABELS = st.integers(1, 2**31 - 1)
# Whole numbers without a point, as a browser writes them: 1 and 1.0 are equal and differ in bytes.
_PLACES = st.integers(0, 2400).map(lambda eighths: eighths / 8 if eighths % 8 else eighths // 8)
_POINTS = st.tuples(_PLACES, _PLACES).map(list)
_NOTES = st.fixed_dictionaries(
    {
        "compartment": st.just("nuclear"),
        "label": st.integers(0, 99),
        "frame": st.integers(0, 3),
        "row": _PLACES,
        "column": _PLACES,
        "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
    }
)
_TYPES = {f"type/whole_cell/{label}": st.sampled_from("abc") for label in range(1, 6)}
_OTHERS = {
    "note/n1": _NOTES,
    "uncertain/nuclear/3": st.just(True),
    "division/nuclear/3/1": st.sets(_LABELS, min_size=1, max_size=8).map(
        lambda found: {"daughters": sorted(found)}
    ),
    "ignore/r": st.fixed_dictionaries(
        {
            "frame": st.just(0),
            "points": st.lists(st.tuples(_PLACES, _PLACES).map(list), min_size=3, max_size=9),
        }
    ),
}
MARKS = st.fixed_dictionaries({}, optional={**_TYPES, **_OTHERS})


@given(before=MARKS, after=MARKS)
def test_any_marks_become_any_others_and_back(before: dict[str, Any], after: dict[str, Any]) -> None:
    keys = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    changes = [MarkChange(key, before.get(key), after.get(key)) for key in keys]
    text = encode_marks(changes)
    assert (parse_marks(text) if text else []) == changes
    marks = dict(before)
    apply_marks(marks, changes)
    assert marks == after
    assert held_bytes(before) + growth_bytes(changes) == held_bytes(after) >= 0
    apply_marks(marks, invert_marks(changes))
    assert marks == before


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("type/whole_cell/7", MarkKey("type", "whole_cell", 7)),
        ("checked/nuclear/2147483647", MarkKey("checked", "nuclear", 2147483647)),
        ("note/0a", MarkKey("note", id="0a")),
        ("ignore/z", MarkKey("ignore", id="z")),
        ("division/nuclear/5/12", MarkKey("division", "nuclear", 5, 12)),
    ],
)
def test_a_key_is_taken_apart(key: str, parts: MarkKey) -> None:
    assert parse_key(key) == parts


NOTE = {"compartment": "nuclear", "label": 1, "frame": 0, "row": 1, "column": 1, "text": "a"}


def _one(key: str, new: Any) -> str:
    return json.dumps([[key, None, new]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1", "The marks are no JSON: Expecting ',' delimiter: line 1 column 3 (char 2)."),
        ("[" * 5000, "The marks are nested too deep; send [[key, old, new], ...]."),
        ("[" + "9" * 5000 + "]", "The marks are no JSON: "),
        (_one("note/a", {**NOTE, "row": 10**400}), "its row and column are numbers from 0 on."),
        (_one("ignore/a", {"frame": 0, "points": [[0, 0], [1, 1], [10**400, 2]]}), "its points are [row"),
        ("[NaN]", "The marks hold NaN, which is no JSON number."),
        (" " * 1_000_001, "The marks take more than 1000000 bytes; send smaller edits."),
        ("é" * 500_001, "The marks take more than 1000000 bytes; send smaller edits."),
        ("\ud83d", "The marks hold half a character (a lone surrogate); send whole ones."),
        ("{}", "The marks are no list of changes; send [[key, old, new], ...], or no marks."),
        ("[" + "1," * 10_000 + "1]", "10001 changes of marks in one edit; send at most 10000."),
        ("[7]", "Change 0 of the marks is 7; send [key, old, new]."),
        (_one("tag/7", True), '"tag/7" is no key of a mark; see the table of keys in the protocol.'),
        (_one("type/nuclear/2147483648", "a"), "labels and frames go up to 2147483647."),
        ('[["type/nuclear/1",null,null]]', "type/nuclear/1 does not change; leave it out."),
        (
            '[["type/nuclear/1",null,"a"],["type/nuclear/1","a","b"]]',
            "type/nuclear/1 changes twice in one edit; send one change for each key.",
        ),
        (
            _one("type/nuclear/1", "?"),
            'type/nuclear/1: "?" is no value of it; send the id of a cell type, 1 to 40 of a-z 0-9 _ -.',
        ),
        (
            _one("checked/nuclear/1", 1),
            "checked/nuclear/1: 1 is no value of it; send true, or null for none.",
        ),
        (_one("note/a", 1), "send an object of compartment, label, frame, row, column and text."),
        (_one("note/a", {**NOTE, "text": ""}), "its text has 1 to 2000 whole characters, none of them NUL."),
        (_one("note/a", {**NOTE, "compartment": []}), "its compartment is one of whole_cell, nuclear."),
        (
            _one("note/a", {**NOTE, "label": -1}),
            "label and frame are whole numbers from 0 to 2147483647.",
        ),
        (_one("note/a", {**NOTE, "row": "1"}), "its row and column are numbers from 0 on."),
        (_one("ignore/a", []), "send an object of frame and points."),
        (_one("ignore/a", {"frame": 0.5, "points": []}), "its frame is a whole number from 0 to 2147483647."),
        (_one("ignore/a", {"frame": 0, "points": [[0, 0]]}), "send a polygon of 3 to 500 points."),
        (
            _one("ignore/a", {"frame": 0, "points": [[0, 0], [1], [1, 1]]}),
            "its points are [row, column], from 0 on.",
        ),
        (_one("division/nuclear/1/1", {"daughters": 2}), "send {daughters}, a list of 1 to 8 labels."),
        (
            _one("division/nuclear/1/1", {"daughters": [3, 2]}),
            "its daughters are labels above 0, each once, in ascending order.",
        ),
    ],
)
def test_what_is_refused_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidMarks) as caught:
        parse_marks(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("key", "new", "message"),
    [
        ("type/nuclear/1", "a", "type/nuclear/1: this crop has no nuclear; it has whole_cell."),
        (
            "note/a",
            {**NOTE, "compartment": "whole_cell", "frame": 3},
            "note/a: this crop has no frame 3; it has frames 0 to 2.",
        ),
        (
            "note/a",
            {**NOTE, "compartment": "whole_cell", "row": 40},
            "note/a: row 40, column 1 is outside of the crop of 40 x 50 px.",
        ),
        (
            "ignore/a",
            {"frame": 0, "points": [[0, 0], [0, 50.5], [9, 9]]},
            "ignore/a: a point is outside of the crop of 40 x 50 px.",
        ),
    ],
)
def test_what_does_not_fit_the_crop_is_named(key: str, new: Any, message: str) -> None:
    with pytest.raises(InvalidMarks) as caught:
        check_extent(parse_marks(_one(key, new)), EXTENT)
    assert str(caught.value) == message


def test_a_mark_that_differs_is_named() -> None:
    with pytest.raises(DivergingMark) as caught:
        apply_marks({"type/nuclear/1": "a"}, [MarkChange("type/nuclear/1", None, "b")])
    assert str(caught.value) == (
        'The edit expects type/nuclear/1 to be absent, but it is "a"; load the crop again.'
    )
