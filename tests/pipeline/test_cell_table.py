import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.cell_table import measure_cells


@given(
    labels=arrays.arrays(np.int32, (12, 9), elements=st.sampled_from([0, 1, 2, 70_000, 2**31 - 1])),
    height=st.integers(1, 12),
)
def test_bands_give_what_the_whole_image_gives(labels: np.ndarray, height: int) -> None:
    table = measure_cells((row, labels[row : row + height]) for row in range(0, 12, height))
    present = np.unique(labels[labels > 0])
    np.testing.assert_array_equal(table.labels, present)
    for place, label in enumerate(present):
        pixels = np.argwhere(labels == label)
        assert table.areas_px[place] == len(pixels)
        np.testing.assert_allclose(table.centres[place], pixels.mean(axis=0))


def test_an_empty_image_has_no_rows() -> None:
    table = measure_cells([(0, np.zeros((3, 4), dtype=np.int32))])
    assert (len(table.labels), table.areas_px.shape, table.centres.shape) == (0, (0,), (0, 2))
    assert len(measure_cells([]).labels) == 0
