from typing import Any

import numpy as np

from pipeline.mark_masks import hidden_pixels
from pipeline.windows import Window

WINDOW = Window(10, 20, 6, 8)
CELLS = np.zeros((6, 8), dtype=np.int32)
CELLS[4:, 6:] = 7
LABELS = {"whole_cell": CELLS, "nuclear": np.zeros_like(CELLS)}
MARKS: dict[str, Any] = {
    "ignore/a": {"frame": 1, "points": [[0, 0], [0, 23], [12, 23], [12, 0]]},
    "ignore/b": {"frame": 0, "points": [[0, 0], [0, 99], [99, 99], [99, 0]]},
    "uncertain/whole_cell/7": True,
    "checked/whole_cell/7": True,
}


def test_regions_of_the_frame_hide_pixels_of_every_compartment() -> None:
    hidden = hidden_pixels(MARKS, LABELS, frame=1, window=WINDOW, hide_uncertain=False)
    expected = np.zeros((6, 8), dtype=bool)
    expected[:2, :3] = True
    for name in LABELS:
        np.testing.assert_array_equal(hidden[name], expected)


def test_uncertain_cells_are_hidden_when_wanted() -> None:
    hidden = hidden_pixels(MARKS, LABELS, frame=1, window=WINDOW, hide_uncertain=True)
    assert hidden["whole_cell"].sum() == 6 + 4
    assert hidden["whole_cell"][CELLS == 7].all()
    assert hidden["nuclear"].sum() == 6


def test_nothing_hidden_is_nothing() -> None:
    assert hidden_pixels(MARKS, LABELS, frame=2, window=WINDOW, hide_uncertain=False) == {}
    assert hidden_pixels({}, LABELS, frame=0, window=WINDOW, hide_uncertain=True) == {}
