import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline import label_planes
from pipeline.cell_table import measure_cells
from pipeline.label_planes import ArrayPlane


@given(
    labels=arrays.arrays(np.int32, (12, 9), elements=st.sampled_from([0, 1, 2, 70_000, 2**31 - 1])),
    shape=st.tuples(st.integers(1, 12), st.integers(1, 9)),
)
def test_blocks_give_what_the_whole_image_gives(labels: np.ndarray, shape: tuple[int, int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_planes, "BLOCK_SHAPE", shape)
        table = measure_cells(ArrayPlane(labels))
    present = np.unique(labels[labels > 0])
    np.testing.assert_array_equal(table.labels, present)
    for place, label in enumerate(present):
        pixels = np.argwhere(labels == label)
        assert table.areas_px[place] == len(pixels)
        np.testing.assert_allclose(table.centres[place], pixels.mean(axis=0))


def test_an_empty_image_has_no_rows() -> None:
    table = measure_cells(ArrayPlane(np.zeros((3, 4), dtype=np.int32)))
    assert (len(table.labels), table.areas_px.shape, table.centres.shape) == (0, (0,), (0, 2))
