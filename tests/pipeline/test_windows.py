"""Windows and crop plans: laws, reference values, refusals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidWindow
from pipeline.windows import Window, plan_windows

WINDOWS = st.builds(Window, st.integers(0, 9), st.integers(0, 9), st.integers(1, 9), st.integers(1, 9))


def pixels(window):
    mask = np.zeros((20, 20), dtype=bool)
    mask[window.slices] = True
    return mask


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.floats(0, 0.9))
def test_a_plan_covers_every_pixel_and_keeps_to_the_image(rows, cols, size_px, overlap):
    if round(size_px * overlap) >= size_px:
        return
    windows = plan_windows((rows, cols), size_px=size_px, overlap=overlap)
    covered = np.zeros((rows, cols), dtype=int)
    for window in windows:
        assert window.shape == (min(size_px, rows), min(size_px, cols))
        covered[window.slices] += 1
    assert covered.min() >= 1
    assert covered.sum() == sum(window.area for window in windows)
    assert windows == sorted(set(windows))


@given(st.integers(1, 90), st.integers(2, 40), st.data())
def test_neighbours_share_at_least_the_overlap(length, size_px, data):
    overlap_px = data.draw(st.integers(0, size_px - 1))
    windows = plan_windows((1, length), size_px=size_px, overlap=overlap_px / size_px)
    gaps = [before.stop_col - after.col for before, after in pairwise(windows)]
    assert all(gap >= overlap_px for gap in gaps)
    assert all(gap == overlap_px for gap in gaps[:-1])


@given(WINDOWS, WINDOWS)
def test_intersection_and_containment_are_those_of_pixel_sets(first, second):
    shared = first.intersection(second)
    assert shared == second.intersection(first)
    both = pixels(first) & pixels(second)
    assert np.array_equal(both, pixels(shared) if shared else np.zeros_like(both))
    assert first.contains(second) == (not (pixels(second) & ~pixels(first)).any())
    assert first.area == pixels(first).sum()


@pytest.mark.parametrize(
    ("length", "size_px", "overlap", "starts"),
    [
        (1024, 400, 0.1, [0, 360, 624]),
        (512, 256, 0.1, [0, 230, 256]),
        (2048, 512, 0.1, [0, 461, 922, 1383, 1536]),
        (1024, 200, 0.2, [0, 160, 320, 480, 640, 800, 824]),
        (270, 270, 0.2, [0]),
        (271, 270, 0.2, [0, 1]),
        (100, 270, 0.2, [0]),
        (9, 3, 0, [0, 3, 6]),
    ],
)
def test_starts_along_one_axis(length, size_px, overlap, starts):
    windows = plan_windows((1, length), size_px=size_px, overlap=overlap)
    assert [window.col for window in windows] == starts
    windows = plan_windows((length, 1), size_px=size_px, overlap=overlap)
    assert [window.row for window in windows] == starts


def test_the_default_plan():
    windows = plan_windows((500, 300))
    assert [(w.row, w.col) for w in windows] == [(0, 0), (0, 30), (216, 0), (216, 30), (230, 0), (230, 30)]
    assert {w.shape for w in windows} == {(270, 270)}


def test_a_window_holds_plain_integers_and_moves():
    window = Window(np.int64(2), np.int32(3), np.uint8(4), 5)
    assert all(type(value) is int for value in vars(window).values())
    assert window.shifted(-2, 1) == Window(0, 4, 4, 5)
    assert (window.stop_row, window.stop_col) == (6, 8)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((-1, 0, 2, 2), r"2 x 2 px at \(-1, 0\) cannot be; the origin must be at least 0"),
        ((0, 0, 0, 2), r"0 x 2 px at \(0, 0\) cannot be"),
        ((0, 0.5, 2, 2), r"The col of a window is 0\.5; give whole pixels"),
        ((0, 0, 2, "2"), "The width of a window is '2'; give whole pixels"),
    ],
)
def test_windows_that_cannot_be(values, message):
    with pytest.raises(InvalidWindow, match=message):
        Window(*values)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((0, 5), {}, "An image of 0 x 5 px has no pixels; give an image with pixels"),
        ((5, 5), {"size_px": 0}, "A window of 0 px cannot be; give a size of at least 1 px"),
        ((5, 5), {"overlap": 1}, "An overlap of 1 cannot be; give a share of 0 or more, below 1"),
        ((5, 5), {"overlap": -0.1}, r"An overlap of -0\.1 cannot be"),
        ((5, 5), {"overlap": float("nan")}, "An overlap of nan cannot be"),
        ((5, 5), {"size_px": 3, "overlap": 0.9}, r"Windows of 3 px with an overlap of 0\.9 never advance"),
    ],
)
def test_plans_that_cannot_be(shape, options, message):
    with pytest.raises(InvalidWindow, match=message):
        plan_windows(shape, **options)
