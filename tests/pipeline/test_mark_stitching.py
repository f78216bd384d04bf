"""Marks of crops become marks of their FOV, whose labels have other numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mark_cuts import cut_marks
from pipeline.mark_stitching import MarkedCrop, majority_labels, stitch_marks
from pipeline.regions import polygon_mask
from pipeline.types import Labels
from pipeline.windows import Window, plan_windows

SHAPE = (2, 24, 36)
STEP = 6


def grid(*, first: int = 1) -> Labels:
    """Squares of 4 x 4 px in a grid of 6 px, the same in both frames."""
    row, col = np.mgrid[: SHAPE[1], : SHAPE[2]]
    labels = (row // STEP) * (SHAPE[2] // STEP) + col // STEP + first
    labels[(row % STEP > 3) | (col % STEP > 3)] = 0
    return np.broadcast_to(labels, SHAPE).astype(np.int32)


CELLS = grid()
LEFT, RIGHT = Window(0, 0, 24, 21), Window(0, 15, 24, 21)
Marks = dict[str, Any]


def note(row: float, column: float, **other: Any) -> Marks:
    return {
        "compartment": "whole_cell",
        "label": 0,
        "frame": 0,
        "row": row,
        "column": column,
        "text": "a",
        **other,
    }


def square(row: float, col: float, *, side: float = 4, frame: int = 0) -> Marks:
    points = [[row, col], [row, col + side], [row + side, col + side], [row + side, col]]
    return {"frame": frame, "points": points}


def crop(window: Window, marks: Mapping[str, Any], labels: Labels = CELLS) -> MarkedCrop:
    return MarkedCrop(
        window, marks, lambda _name: np.ascontiguousarray(labels[(slice(None), *window.slices)])
    )


def stitch(*crops: MarkedCrop, fov: Labels = CELLS, inherited: Mapping[str, Any] | None = None) -> Marks:
    def read(_name: str, window: Window) -> Labels:
        return np.ascontiguousarray(fov[(slice(None), *window.slices)])

    def read_inherited(_name: str, window: Window) -> Labels:
        return np.ascontiguousarray(CELLS[(slice(None), *window.slices)])

    return stitch_marks(crops, read, inherited=inherited or {}, read_inherited=read_inherited)


def test_the_label_that_holds_most_pixels() -> None:
    first = np.array([[1, 1, 1, 2, 2, 3, 0, 4, 4]], dtype=np.int32)
    second = np.array([[9, 8, 8, 7, 6, 0, 5, 0, 5]], dtype=np.int32)
    assert majority_labels(first, second) == {1: (8, 2), 2: (7, 1), 4: (5, 1)}


def test_marks_of_labels_follow_their_pixels() -> None:
    renumbered = grid(first=100)
    marks = {
        "type/whole_cell/1": "t",
        "uncertain/whole_cell/2": True,
        "checked/whole_cell/7": True,
        "type/whole_cell/500": "no pixels",
        "division/whole_cell/1/1": {"daughters": [2, 7, 500]},
        "division/whole_cell/7/1": {"daughters": [500]},
        "note/n": note(3, 4, label=2),
        "note/m": note(5, 5, label=500),
    }
    assert stitch(crop(LEFT, marks), fov=renumbered) == {
        "checked/whole_cell/106": True,
        "division/whole_cell/100/1": {"daughters": [101, 106]},
        "note/m": note(5, 5, label=0),
        "note/n": note(3, 4, label=101),
        "type/whole_cell/100": "t",
        "uncertain/whole_cell/101": True,
    }


def test_the_crop_that_holds_more_of_a_cell_is_heard() -> None:
    # Label 3 covers columns 12 to 15: the right crop holds one of its four.
    said = crop(LEFT, {"type/whole_cell/3": "left"}), crop(RIGHT, {"type/whole_cell/3": "right"})
    assert stitch(*said) == stitch(*said[::-1]) == {"type/whole_cell/3": "left"}
    assert stitch(crop(LEFT, {}), said[1]) == {"type/whole_cell/3": "right"}


def test_daughters_that_two_crops_name_add_up() -> None:
    crops = [
        crop(LEFT, {"division/whole_cell/4/1": {"daughters": [3]}}),
        crop(RIGHT, {"division/whole_cell/4/1": {"daughters": [5, 6]}}),
    ]
    assert stitch(*crops) == {"division/whole_cell/4/1": {"daughters": [3, 5, 6]}}


def test_a_daughter_that_no_crop_shows_with_its_parent_stays() -> None:
    # The left crop shows columns 0 to 20 and the right one 15 to 35: label 1 is in one, 5 and 6 in the other.
    marks = {"division/whole_cell/1/1": {"daughters": [2, 5, 6]}}
    left = {"division/whole_cell/1/1": {"daughters": [2]}}
    assert stitch(crop(LEFT, left), crop(RIGHT, {}), inherited=marks) == marks
    # What a crop showed is as its annotator left it.
    assert stitch(crop(LEFT, {}), crop(RIGHT, {}), inherited=marks) == {
        "division/whole_cell/1/1": {"daughters": [5, 6]}
    }
    renumbered = grid(first=100)
    fov = np.where(renumbered == 104, 0, renumbered).astype(np.int32)
    assert stitch(crop(LEFT, left), crop(RIGHT, {}), fov=fov, inherited=marks) == {
        "division/whole_cell/100/1": {"daughters": [101, 105]}
    }
    # A parent or daughters that became something else, or nothing, divide no more.
    assert stitch(crop(LEFT, {}), crop(RIGHT, {}), fov=np.zeros_like(CELLS), inherited=marks) == {}
    assert stitch(crop(LEFT, {}), crop(RIGHT, {}), fov=np.ones_like(CELLS), inherited=marks) == {}


def test_notes_and_regions_move_to_the_fov_under_ids_of_their_own() -> None:
    crops = [
        crop(LEFT, {"note/a": note(1.5, 2), "ignore/r": square(3, 4)}),
        crop(RIGHT, {"note/a": note(1, 2, text="b"), "ignore/r": square(5.25, 6, frame=1)}),
    ]
    assert stitch(*crops) == {
        "ignore/r": square(3, 4),
        "ignore/r2": square(5.25, 21, frame=1),
        "note/a": note(1.5, 2),
        "note/a2": note(1, 17, text="b"),
    }


def test_long_ids_stay_short() -> None:
    crops = [crop(LEFT, {"note/0123456789abcdef": note(k, 1)}) for k in range(3)]
    assert list(stitch(*crops)) == ["note/01234567892", "note/01234567893", "note/0123456789abcdef"]


INHERITED = {"note/a": note(1, 17), "note/b": note(1, 2), "ignore/r": square(2, 10, side=12)}


def _handed(window: Window) -> Marks:
    labels = CELLS[(slice(None), *window.slices)]
    return cut_marks(INHERITED, window, {"whole_cell": labels, "nuclear": labels})


def test_what_every_crop_kept_comes_back_as_it_was() -> None:
    crops = [crop(window, _handed(window)) for window in (LEFT, RIGHT)]
    assert stitch(*crops, inherited=INHERITED) == INHERITED


def test_a_note_that_one_crop_removed_is_gone() -> None:
    right = {key: value for key, value in _handed(RIGHT).items() if key != "note/a"}
    found = stitch(crop(LEFT, _handed(LEFT)), crop(RIGHT, right), inherited=INHERITED)
    assert found == {key: value for key, value in INHERITED.items() if key != "note/a"}


def test_a_note_that_one_crop_changed_is_replaced() -> None:
    right = {**_handed(RIGHT), "note/a": note(1, 2, text="changed")}
    found = stitch(crop(LEFT, _handed(LEFT)), crop(RIGHT, right), inherited=INHERITED)
    assert found == {**INHERITED, "note/a": note(1, 17, text="changed")}


def test_a_region_that_one_crop_removed_keeps_its_other_part() -> None:
    right = {key: value for key, value in _handed(RIGHT).items() if key != "ignore/r"}
    found = stitch(crop(LEFT, _handed(LEFT)), crop(RIGHT, right), inherited=INHERITED)
    assert found == {**INHERITED, "ignore/r": _handed(LEFT)["ignore/r"]}


_KEYS = st.one_of(
    st.tuples(st.sampled_from(["type"]), st.integers(1, 30), st.sampled_from("abc")),
    st.tuples(st.sampled_from(["uncertain", "checked"]), st.integers(1, 30), st.just(True)),
)
_PLACES = st.tuples(st.integers(0, 23 * 4), st.integers(0, 35 * 4)).map(lambda at: [at[0] / 4, at[1] / 4])
_NOTES = st.builds(lambda at, label: note(*at, label=label), _PLACES, st.integers(0, 24))
_REGIONS = st.builds(
    lambda points, frame: {"frame": frame, "points": points},
    st.lists(_PLACES, min_size=3, max_size=6),
    st.integers(0, 1),
)


@given(
    said=st.lists(_KEYS, max_size=12),
    notes=st.dictionaries(st.sampled_from("abcd"), _NOTES),
    regions=st.dictionaries(st.sampled_from("rs"), _REGIONS),
    size=st.integers(8, 36),
    overlap=st.sampled_from([0.0, 0.2, 0.5]),
    family=st.lists(st.integers(1, 24), min_size=2, max_size=9, unique=True),
)
def test_crops_that_nobody_changed_give_the_marks_back(
    said: list[tuple[str, int, Any]],
    notes: Marks,
    regions: Marks,
    size: int,
    overlap: float,
    family: list[int],
) -> None:
    marks = {f"{kind}/whole_cell/{label}": value for kind, label, value in said}
    marks |= {f"note/{name}": value for name, value in notes.items()}
    marks |= {f"ignore/{name}": value for name, value in regions.items()}
    marks[f"division/whole_cell/{family[0]}/1"] = {"daughters": sorted(family[1:])}
    crops = []
    for window in plan_windows(SHAPE[1:], size_px=size, overlap=overlap):
        labels = {"whole_cell": CELLS[(slice(None), *window.slices)]}
        crops.append(crop(window, cut_marks(marks, window, labels)))
    found = stitch(*crops, inherited=marks)
    # Labels above 24 have no pixels; a note's label must have some beside its place; an empty region is none.
    expected = {key: value for key, value in marks.items() if not _is_lost(key)}
    for key, value in expected.items():
        if key.startswith("ignore"):
            if polygon_mask(value["points"], Window(0, 0, *SHAPE[1:])).sum() > 4:
                assert found[key] == value
        elif key.startswith("note"):
            assert {**found[key], "label": value["label"]} == value
            assert found[key]["label"] in (0, value["label"])
        else:
            assert found[key] == value
    assert found.keys() <= expected.keys()


def _is_lost(key: str) -> bool:
    return "whole_cell" in key and int(key.split("/")[2]) > 24
