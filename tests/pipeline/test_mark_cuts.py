"""Crops get the marks that concern them, in their own pixels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mark_cuts import cut_marks, cut_places, shifted
from pipeline.marks import CropExtent, MarkChange, check_extent, encode_marks, parse_marks
from pipeline.regions import polygon_mask
from pipeline.windows import Window

WINDOW = Window(10, 20, 30, 40)
NAMES = ("whole_cell", "nuclear")


def _labels(*held: int) -> dict[str, Any]:
    cells = np.zeros((2, 30, 40), dtype=np.uint32)
    for place, label in enumerate(held):
        cells[0, place, :3] = label
    return {"whole_cell": cells, "nuclear": np.zeros_like(cells)}


def note(row: float, column: float, **other: Any) -> dict[str, Any]:
    return {
        "compartment": "whole_cell",
        "label": 7,
        "frame": 1,
        "row": row,
        "column": column,
        "text": "a",
        **other,
    }


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("type/whole_cell/7", "t", "t"),
        ("type/whole_cell/9", "t", None),
        ("uncertain/nuclear/7", True, None),
        ("checked/whole_cell/8", True, True),
        ("division/whole_cell/7/1", {"daughters": [8, 9]}, {"daughters": [8]}),
        ("division/whole_cell/7/1", {"daughters": [9]}, None),
        ("division/whole_cell/9/1", {"daughters": [7]}, None),
        ("note/a", note(10, 20), note(0, 0)),
        ("note/a", note(39.9, 59.25, label=99), note(29.9, 39.25, label=99)),
        ("note/a", note(40, 20), None),
        ("note/a", note(12, 60), None),
    ],
)
def test_what_a_crop_gets(key: str, value: Any, expected: Any) -> None:
    cut = cut_marks({key: value}, WINDOW, _labels(7, 8))
    assert cut == ({} if expected is None else {key: expected})


def test_a_crop_gets_its_part_of_a_region() -> None:
    region = {"frame": 1, "points": [[0, 0], [0, 30], [20, 30], [20, 0]]}
    cut = cut_marks({"ignore/a": region}, WINDOW, _labels())["ignore/a"]
    assert cut["frame"] == 1
    expected = np.zeros(WINDOW.shape, dtype=bool)
    expected[:10, :10] = True
    np.testing.assert_array_equal(polygon_mask(cut["points"], Window(0, 0, 30, 40)), expected)
    far = {"frame": 1, "points": [[0, 0], [0, 30], [9, 30]]}
    assert cut_places({"ignore/a": far}, WINDOW, NAMES) == {}


def test_marks_of_a_compartment_that_the_crop_lacks_stay_behind() -> None:
    marks = {"type/whole_cell/7": "t", "note/a": note(15, 25)}
    nuclear = {"nuclear": np.full((2, 30, 40), 7)}
    assert cut_marks(marks, WINDOW, nuclear) == {}
    assert cut_places(marks, WINDOW, ("nuclear",)) == {}


def test_an_outline_that_gains_points_keeps_to_the_limit() -> None:
    teeth = [[row / 5, 5 if row % 2 else 25] for row in range(60, 550)]
    region = {"frame": 0, "points": [*teeth, [150, 90], [5, 90]]}
    cut = cut_places({"ignore/a": region}, WINDOW, NAMES)["ignore/a"]
    assert 3 <= len(cut["points"]) <= 500


_PLACES = st.integers(0, 640).map(lambda eighths: eighths / 8)
_POINTS = st.lists(st.tuples(_PLACES, _PLACES).map(list), min_size=3, max_size=8)


@given(points=_POINTS, row=_PLACES, column=_PLACES)
def test_what_is_cut_fits_the_crop(points: list[list[float]], row: float, column: float) -> None:
    marks = {"ignore/a": {"frame": 1, "points": points}, "note/b": note(row, column)}
    cut = cut_marks(marks, WINDOW, _labels(7))
    changes = [MarkChange(key, None, value) for key, value in cut.items()]
    check_extent(changes, CropExtent(NAMES, 2, WINDOW.shape))
    assert not changes or parse_marks(encode_marks(changes)) == changes


def test_places_stay_whole_or_short() -> None:
    assert [shifted(3, -1), shifted(0.1, 2), shifted(2.5, -2), shifted(1.5, 0.5)] == [2, 2.1, 0.5, 2]  # type: ignore[arg-type]
    assert type(shifted(3.0, 1)) is int
