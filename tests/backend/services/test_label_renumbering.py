import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backend.services.label_canvas import label_canvas
from backend.services.label_renumbering import plan_matching
from pipeline.labels import map_labels
from pipeline.matching import match_compartments

SHAPE = (2, 7, 9)
planes = arrays(np.int32, SHAPE, elements=st.integers(0, 6))


@given(planes, planes)
def test_a_canvas_is_numbered_as_arrays_are(
    whole_cell: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
    nuclear: np.ndarray[tuple[int, ...], np.dtype[np.int32]],
) -> None:
    expected, _ = match_compartments(whole_cell, nuclear)
    with label_canvas(["nuclear", "whole_cell"], SHAPE) as canvas:
        canvas.planes["whole_cell"][:] = whole_cell
        canvas.planes["nuclear"][:] = nuclear
        renumberings = canvas.match()
        for name, labels in expected.items():
            np.testing.assert_array_equal(canvas.planes[name], labels)
            assert canvas.count(name) == len(np.unique(labels[labels > 0]))
    for name, before in (("whole_cell", whole_cell), ("nuclear", nuclear)):
        pairs = zip(before.ravel().tolist(), expected[name].ravel().tolist(), strict=True)
        assert all(renumberings[name].of(old) == new for old, new in pairs)


def test_planning_changes_nothing() -> None:
    cells = np.array([[5, 5, 0], [9, 9, 9]], np.int32)
    nuclei = np.array([[0, 9, 0], [3, 0, 9]], np.int32)
    plan = plan_matching({"whole_cell": cells, "nuclear": nuclei})
    np.testing.assert_array_equal(cells, [[5, 5, 0], [9, 9, 9]])
    np.testing.assert_array_equal(
        map_labels(nuclei, old=plan["nuclear"].old, new=plan["nuclear"].new), [[0, 1, 0], [2, 0, 1]]
    )
