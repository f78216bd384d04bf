import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.regions import clip_polygon, polygon_mask, regions_mask
from pipeline.windows import Window

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "contract" / "marks.json").read_text(encoding="utf-8")
)["regions"]
# Eighths are exact, so that an outline cut at a border keeps its slope to the last bit.
POINTS = st.lists(
    st.tuples(st.integers(-80, 240), st.integers(-80, 240)).map(lambda at: [at[0] / 8, at[1] / 8]),
    min_size=3,
    max_size=9,
)
WINDOWS = st.builds(Window, st.integers(0, 12), st.integers(0, 12), st.integers(1, 12), st.integers(1, 12))
ALL = Window(0, 0, 24, 24)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_masks_are_those_of_the_editor(vector: dict[str, Any]) -> None:
    mask = polygon_mask(vector["points"], Window(0, 0, *vector["shape"]))
    assert ["".join(str(int(pixel)) for pixel in row) for row in mask] == vector["mask"]
    assert mask.dtype == np.bool_


@given(points=POINTS, window=WINDOWS)
def test_a_window_of_the_mask_is_the_mask_of_the_window(points: list[list[float]], window: Window) -> None:
    np.testing.assert_array_equal(polygon_mask(points, window), polygon_mask(points, ALL)[window.slices])


@given(points=POINTS, start=st.integers(0, 8))
@example(points=[[0.0, 0.0], [0.0, 0.125], [18.125, 18.125]], start=0)  # its slopes are no binary fractions
def test_where_an_outline_starts_does_not_matter(points: list[list[float]], start: int) -> None:
    turned = points[start % len(points) :] + points[: start % len(points)]
    expected = polygon_mask(points, ALL)
    np.testing.assert_array_equal(polygon_mask(turned, ALL), expected)
    np.testing.assert_array_equal(polygon_mask(points[::-1], ALL), expected)


@given(points=POINTS, window=WINDOWS)
def test_a_clipped_polygon_lies_in_its_window(points: list[list[float]], window: Window) -> None:
    for row, col in clip_polygon(points, window):
        assert window.row <= row <= window.stop_row
        assert window.col <= col <= window.stop_col


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_clipped_polygon_encloses_the_same_pixels_there(vector: dict[str, Any]) -> None:
    whole = Window(0, 0, *vector["shape"])
    for window in (Window(0, 0, 3, 6), Window(2, 3, 4, 3), Window(1, 0, 3, 5)):
        clipped = clip_polygon(vector["points"], window)
        found = polygon_mask(clipped, whole) if clipped else np.zeros(whole.shape, dtype=np.bool_)
        expected = np.zeros(whole.shape, dtype=np.bool_)
        expected[window.slices] = polygon_mask(vector["points"], whole)[window.slices]
        np.testing.assert_array_equal(found, expected)


def test_a_polygon_inside_stays_as_it_is() -> None:
    points = [[1, 1], [1, 5.5], [4.25, 3]]
    assert clip_polygon(points, Window(0, 0, 6, 6)) == points
    assert clip_polygon(points, Window(7, 0, 6, 6)) == []


def test_regions_add_up() -> None:
    window = Window(0, 0, 4, 4)
    squares = [[[0, 0], [0, 1], [1, 1], [1, 0]], [[2, 2], [2, 4], [4, 4], [4, 2]]]
    assert regions_mask(squares, window).sum() == 5
    assert not regions_mask([], window).any()
