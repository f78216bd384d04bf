"""Write marks.json, the vectors that the Python and the TypeScript tests both read.

Run from the root of the repository: ``python tests/contract/generate_marks.py``. Texts are written out here,
and checksums and masks computed without the code under test, so that the file is an oracle of its own.

`valid` texts parse to `changes`; `canonical` ones are what encoding these changes gives. `checksum` is that
of an edit with the diff `diff_hex` and this text. `invalid` texts are refused; a text given as `repeated` is
`before`, then `part` as often as `times` says, then `after`. `outside` texts are sound but do not fit the
crop in `extent`; those `inside` do. `applied` changes turn `before` into `after`, `inverse` turns it back.
`diverging` ones do not fit `before`: `key` is the first that differs. `regions` are masks of polygons, a row
of 0 and 1 per string.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

NOTE = {"compartment": "whole_cell", "label": 7, "frame": 0, "row": 12, "column": 30, "text": "mitosis?"}
SQUARE = {"frame": 0, "points": [[1, 1], [1, 9.5], [9.25, 9.5], [9.25, 1]]}
DIFF = bytes([1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 5])


def compact(value: Any) -> str:
    """Give JSON as `JSON.stringify` does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def valid(name: str, changes: list[Any], *, text: str | None = None, diff: bytes = b"") -> dict[str, Any]:
    """Describe a text that is read."""
    marks = compact(changes) if text is None else text
    return {
        "name": name,
        "marks": marks,
        "canonical": text is None,
        "changes": changes,
        "diff_hex": diff.hex(),
        "checksum": zlib.crc32(diff + marks.encode()),
    }


def invalid(name: str, changes: Any) -> dict[str, Any]:
    """Describe a text that is refused, given as the value it holds or as itself."""
    return {"name": name, "marks": changes if isinstance(changes, str) else compact(changes)}


def repeated(name: str, before: str, part: str, times: int, after: str) -> dict[str, Any]:
    """Describe a long text that is refused."""
    return {"name": name, "repeated": {"before": before, "part": part, "times": times, "after": after}}


def note(**other: Any) -> list[Any]:
    """A change that adds a note."""
    return [["note/a1", None, {**NOTE, **other}]]


def region(points: Any, **other: Any) -> list[Any]:
    """A change that adds a region."""
    return [["ignore/r", None, {"frame": 0, "points": points, **other}]]


def division(daughters: Any, key: str = "division/whole_cell/5/3") -> list[Any]:
    """A change that adds a division."""
    return [[key, None, {"daughters": daughters}]]


TYPED = ["type/whole_cell/7", None, "t-cell"]
VALID = [
    valid("a cell type", [TYPED]),
    valid("a cell type with pixels", [TYPED], diff=DIFF),
    valid("no marks, pixels alone", [], text="", diff=DIFF),
    valid("another cell type", [["type/nuclear/2147483647", "t-cell", "b_2"]]),
    valid("flags", [["uncertain/nuclear/1", None, True], ["checked/whole_cell/10", True, None]]),
    valid("a note", note()),
    valid("a note on a place", note(label=0, row=0, column=39.5)),
    valid("a note beyond ASCII", note(text='Zelle "A" \\ β→γ 😀\nline two\ttab')),
    valid("a note of 2000 characters outside the first plane", note(text="😀" * 2000)),
    valid("spaces, escapes and the order of fields", note(text="é"), text=(
        ' [ [ "note\\/a1" , null , {"text":"\\u00e9","column":30,"row":12,"frame":0,"label":7,'
        '"compartment":"whole_cell"} ] ]\n')),
    valid("an ignored region", [["ignore/0123456789abcdef", None, SQUARE]]),
    valid("a region of 500 points", region([[k % 40, k // 40] for k in range(500)])),
    valid("a region moved", [["ignore/r", SQUARE, {**SQUARE, "frame": 2}]]),
    valid("a division", division([6, 9])),
    valid("a division into eight", division([1, 2, 3, 4, 6, 7, 8, 9], "division/nuclear/5/0")),
    valid("undo of a division", [["division/whole_cell/5/3", {"daughters": [6, 9]}, None]]),
]  # fmt: skip

INVALID = [
    invalid("no JSON", "marks"),
    invalid("a text cut short", '[["type/whole_cell/7",null,"t-cell"]'),
    invalid("text after the end", '[["type/whole_cell/7",null,"t"]] []'),
    invalid("single quotes", "[['type/whole_cell/7',null,'t']]"),
    invalid("an object", {"type/whole_cell/7": "t-cell"}),
    invalid("null", None),
    invalid("an empty list", []),
    invalid("a change that is no list", [{"key": "type/whole_cell/7"}]),
    invalid("a change of two", [["type/whole_cell/7", "t"]]),
    invalid("a change of four", [[*TYPED, None]]),
    invalid("a key that is a number", [[7, None, "t"]]),
    invalid("a key twice", [TYPED, ["type/whole_cell/7", "t-cell", "b"]]),
    invalid("nothing to nothing", [["type/whole_cell/7", None, None]]),
    invalid("a value that stays", [["type/whole_cell/7", "t", "t"]]),
    invalid("a region that stays", [["ignore/r", SQUARE, dict(reversed(SQUARE.items()))]]),
    invalid("an empty key", [["", None, True]]),
    invalid("an unknown kind", [["tag/whole_cell/7", None, True]]),
    invalid("an unknown compartment", [["type/membrane/7", None, "t"]]),
    invalid("label 0", [["type/whole_cell/0", None, "t"]]),
    invalid("a leading zero", [["type/whole_cell/07", None, "t"]]),
    invalid("a negative label", [["type/whole_cell/-7", None, "t"]]),
    invalid("a label with a sign", [["type/whole_cell/+7", None, "t"]]),
    invalid("a fractional label", [["type/whole_cell/7.5", None, "t"]]),
    invalid("digits that are not ASCII", [["type/whole_cell/٧", None, "t"]]),
    invalid("a label of 2**31", [["type/whole_cell/2147483648", None, "t"]]),
    invalid("a label of eleven digits", [["type/whole_cell/10000000000", None, "t"]]),
    invalid("a key with a line end", [["type/whole_cell/7\n", None, "t"]]),
    invalid("a key with a space before", [[" type/whole_cell/7", None, "t"]]),
    invalid("a key with one part more", [["type/whole_cell/7/1", None, "t"]]),
    invalid("a key with one part less", [["type/7", None, "t"]]),
    invalid("a key of another's form", [["note/whole_cell/7", None, NOTE]]),
    invalid("a key that every object has", [["constructor", None, True]]),
    invalid("an empty id", [["note/", None, NOTE]]),
    invalid("an id of 17 characters", [["note/0123456789abcdefg", None, NOTE]]),
    invalid("an id in capitals", [["note/A1", None, NOTE]]),
    invalid("a type that is empty", [["type/whole_cell/7", None, ""]]),
    invalid("a type in capitals", [["type/whole_cell/7", None, "T-cell"]]),
    invalid("a type with a space", [["type/whole_cell/7", None, "t cell"]]),
    invalid("a type of 41 characters", [["type/whole_cell/7", None, "t" * 41]]),
    invalid("a type that is a number", [["type/whole_cell/7", None, 3]]),
    invalid("an old type that is none", [["type/whole_cell/7", ["t"], None]]),
    invalid("a flag of 1", [["checked/whole_cell/7", None, 1]]),
    invalid("a flag of false", [["uncertain/whole_cell/7", None, False]]),
    invalid("a flag of text", [["uncertain/whole_cell/7", None, "true"]]),
    invalid("a note that is a text", [["note/a1", None, "mitosis?"]]),
    invalid("a note with a field less", [["note/a1", None, {k: v for k, v in NOTE.items() if k != "row"}]]),
    invalid("a note with a field more", note(author="someone")),
    invalid("a note without text", note(text="")),
    invalid("a note of 2001 characters", note(text="x" * 2001)),
    invalid("a note with NUL", note(text="a\0b")),
    invalid("half a character", '[["note/a1",null,{"compartment":"whole_cell","label":7,"frame":0,"row":1,'
            '"column":1,"text":"a\\ud83d"}]]'),
    invalid("a note on a compartment that is none", note(compartment="cell")),
    invalid("a note on a label below 0", note(label=-1)),
    invalid("a note on a fractional label", note(label=1.5)),
    invalid("a note in a frame of text", note(frame="0")),
    invalid("a note in a frame of true", note(frame=True)),
    invalid("a note above the image", note(row=-0.5)),
    invalid("a note at a place of null", note(column=None)),
    invalid("a place beyond all numbers", '[["ignore/r",null,{"frame":0,"points":[[0,1e999],[1,2],[2,2]]}]]'),
    invalid("a place that is NaN", '[["ignore/r",null,{"frame":0,"points":[[0,NaN],[1,2],[2,2]]}]]'),
    invalid("a region of two points", region([[0, 0], [1, 1]])),
    invalid("a region of 501 points", region([[k % 40, k // 40] for k in range(501)])),
    invalid("a region with a point of three", region([[0, 0], [1, 1], [2, 2, 2]])),
    invalid("a region with points as objects", region([{"row": 0, "column": 0}] * 3)),
    invalid("a region with a point left of the image", region([[0, -1], [5, 5], [5, 0]])),
    invalid("a region with a field more", region([[0, 0], [5, 5], [5, 0]], note="dust")),
    invalid("a region without frame", [["ignore/r", None, {"points": SQUARE["points"]}]]),
    invalid("a division without daughters", division([])),
    invalid("a division into nine", division([1, 2, 3, 4, 6, 7, 8, 9, 10])),
    invalid("daughters out of order", division([9, 6])),
    invalid("a daughter twice", division([6, 6])),
    invalid("a daughter 0", division([0, 6])),
    invalid("a daughter of text", division(["6"])),
    invalid("a division that is a list", [["division/whole_cell/5/3", None, [6, 9]]]),
    invalid("a division without frame", division([6, 9], "division/whole_cell/5")),
    invalid("a frame with a leading zero", division([6, 9], "division/whole_cell/5/03")),
    repeated("nested without end", "", "[", 100_000, ""),
    repeated("10,001 changes", "[", '["checked/nuclear/1",null,true],', 10_000,
             '["checked/nuclear/2",null,true]]'),
    repeated("more than 1,000,000 bytes", "[", " ", 1_000_000, '["type/whole_cell/7",null,"t"]]'),
]  # fmt: skip

EXTENT = {"compartments": ["whole_cell"], "n_frames": 3, "height": 40, "width": 50}
INSIDE = [
    invalid("the last frame and pixel", note(frame=2, row=39, column=49)),
    invalid("a region to the very edge", region([[0, 0], [0, 50], [40, 50], [40, 0]])),
    invalid("a division in the last frame", division([6], "division/whole_cell/5/2")),
    invalid("removing what does not fit", [["type/nuclear/7", "t", None]]),
]
OUTSIDE = [
    invalid("another compartment", [["type/nuclear/7", None, "t"]]),
    invalid("a note on another compartment", note(compartment="nuclear")),
    invalid("a note in a frame too late", note(frame=3)),
    invalid("a note below the crop", note(row=40)),
    invalid("a note right of the crop", note(column=50)),
    invalid("a region in a frame too late", region([[0, 0], [5, 5], [5, 0]], frame=3)),
    invalid("a region below the crop", region([[0, 0], [40.5, 5], [5, 0]])),
    invalid("a region right of the crop", region([[0, 0], [5, 51], [5, 0]])),
    invalid("a division in a frame too late", division([6], "division/whole_cell/5/3")),
]


def applied(name: str, before: dict[str, Any], changes: list[Any]) -> dict[str, Any]:
    """Describe what changes do."""
    after = dict(before)
    for key, _, new in changes:
        after.pop(key, None)
        after |= {} if new is None else {key: new}
    inverse = [[key, new, old] for key, old, new in changes]
    return {
        "name": name,
        "before": before,
        "marks": compact(changes),
        "after": after,
        "inverse": compact(inverse),
    }


def diverging(name: str, before: dict[str, Any], changes: list[Any], key: str) -> dict[str, Any]:
    """Describe changes that do not fit what is held."""
    return {"name": name, "before": before, "marks": compact(changes), "key": key}


HELD = {"type/whole_cell/7": "t-cell", "ignore/r": SQUARE, "checked/whole_cell/7": True}
APPLIED = [
    applied("the first mark", {}, [TYPED]),
    applied("a type becomes another, a flag goes", HELD, [
        ["type/whole_cell/7", "t-cell", "b-cell"], ["checked/whole_cell/7", True, None]]),
    applied("a region moves, fields in another order", HELD, [
        ["ignore/r", dict(reversed(SQUARE.items())), {**SQUARE, "frame": 1}]]),
    applied("the last mark goes", {"note/a1": NOTE}, [["note/a1", NOTE, None]]),
    applied("a merge hands its type on", {"type/whole_cell/3": "b"}, [
        ["type/whole_cell/3", "b", None], ["type/whole_cell/2", None, "b"]]),
]  # fmt: skip
DIVERGING = [
    diverging("a mark that is not there", {}, [["type/whole_cell/7", "t", "b"]], "type/whole_cell/7"),
    diverging("a mark that is there", HELD, [TYPED], "type/whole_cell/7"),
    diverging("another value", HELD, [["type/whole_cell/7", "b", "c"]], "type/whole_cell/7"),
    diverging(
        "another region, the second of two",
        HELD,
        [["checked/nuclear/7", None, True], ["ignore/r", {**SQUARE, "frame": 1}, None]],
        "ignore/r",
    ),
]


def winding(points: list[list[float]], row: float, col: float) -> int:
    """How often a closed outline goes round a place: half turns seen from it."""
    turns = 0
    for (r0, c0), (r1, c1) in zip(points, points[1:] + points[:1], strict=True):
        if (r0 <= row) == (r1 <= row):
            continue
        if c0 + (row - r0) * (c1 - c0) / (r1 - r0) <= col:
            turns += 1 if r1 > r0 else -1
    return turns


def mask(name: str, points: list[list[float]], shape: tuple[int, int]) -> dict[str, Any]:
    """Describe the pixels whose centre is in a polygon."""
    rows = [
        "".join(str(int(winding(points, r + 0.5, c + 0.5) != 0)) for c in range(shape[1]))
        for r in range(shape[0])
    ]
    return {"name": name, "points": points, "shape": list(shape), "mask": rows}


STAR = [[0, 6], [11, 9.5], [4, 0.5], [4, 11.5], [11, 2.5]]
REGIONS = [
    mask("a square on pixel borders", [[2, 3], [2, 7], [5, 7], [5, 3]], (8, 10)),
    mask("the same the other way round", [[5, 3], [5, 7], [2, 7], [2, 3]], (8, 10)),
    mask("a triangle with fractions", [[0.2, 0.3], [7.9, 2.5], [3.3, 9.75]], (8, 10)),
    mask("an outline that crosses itself has no hole", STAR, (12, 12)),
    mask("a bow tie", [[1, 1], [9, 9], [9, 1], [1, 9]], (10, 10)),
    mask("the whole crop", [[0, 0], [0, 6], [4, 6], [4, 0]], (4, 6)),
    mask("smaller than a pixel, centre outside", [[3.1, 3.1], [3.1, 3.4], [3.4, 3.1]], (6, 6)),
    mask("smaller than a pixel, centre inside", [[3.1, 3.1], [3.1, 3.9], [3.9, 3.9], [3.9, 3.1]], (6, 6)),
    mask("all points on a line", [[2, 1], [2, 5], [2, 8]], (5, 9)),
]


def main() -> None:
    """Write the file beside this one."""
    content = {
        "limits": {"changes": 10_000, "bytes": 1_000_000, "note_characters": 2000, "held_bytes": 8_000_000},
        "valid": VALID,
        "invalid": INVALID,
        "extent": EXTENT,
        "inside": INSIDE,
        "outside": OUTSIDE,
        "applied": APPLIED,
        "diverging": DIVERGING,
        "regions": REGIONS,
    }
    text = json.dumps(content, separators=(",", ":")).replace('{"name"', '\n{"name"')
    Path(__file__).with_name("marks.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
