import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.windows import Window
from training.errors import InvalidConfig
from training.rescale import Scaling, plan_scaling

sides = st.integers(1, 40)


@given(st.tuples(sides, sides), st.tuples(sides, sides), st.data())
def test_a_window_shows_what_the_whole_shows_there(shape, scaled, data):
    image = np.random.default_rng(0).random((*shape, 2)).astype(np.float32)
    read = Scaling(shape, scaled).reader(lambda window: image[window.slices])
    whole = read(Window(0, 0, *scaled))
    row, col = (data.draw(st.integers(0, size - 1)) for size in scaled)
    height, width = (
        data.draw(st.integers(1, size - start)) for size, start in zip(scaled, (row, col), strict=True)
    )
    window = Window(row, col, height, width)
    np.testing.assert_allclose(read(window), whole[window.slices], atol=1e-5)
    assert whole.shape == (*scaled, 2)


@given(st.tuples(sides, sides), st.tuples(sides, sides), st.integers(1, 7))
def test_bands_brought_back_are_the_whole_brought_back(shape, scaled, step):
    scaling = Scaling(shape, scaled)
    labels = np.arange(scaled[0] * scaled[1], dtype=np.int32).reshape(scaled)
    start, whole = scaling.bring_back(0, labels)
    assert (start, whole.shape) == (0, shape)
    rows = 0
    for first in range(0, scaled[0], step):
        row, band = scaling.bring_back(first, labels[first : first + step])
        assert row == rows
        assert np.array_equal(band, whole[row : row + len(band)])
        rows += len(band)
    assert rows == shape[0]


def test_an_even_slope_stays_one():
    slope = np.arange(40, dtype=np.float32)[:, None, None] * np.ones((1, 30, 1), np.float32)
    seen = Scaling((40, 30), (20, 60)).reader(lambda window: slope[window.slices])(Window(0, 0, 20, 60))
    np.testing.assert_allclose(
        seen[3:-3, :, 0], (2 * np.arange(20) + 0.5)[3:-3, None] * np.ones(60), atol=1e-4
    )


@pytest.mark.parametrize(("image_um", "scaled"), [(0.25, (50, 100)), (1.0, (200, 400)), (0.65, (130, 260))])
def test_sizes_follow_from_the_pixels(image_um, scaled):
    assert plan_scaling((100, 200), image_um=image_um, model_um=0.5) == Scaling((100, 200), scaled)


@pytest.mark.parametrize("pair", [(None, 0.5), (0.5, None), (0.5, 0.5), (0.508, 0.5)])
def test_there_is_nothing_to_do_where_sizes_are_equal_or_unknown(pair):
    assert plan_scaling((100, 200), image_um=pair[0], model_um=pair[1]) is None


def test_a_pixel_size_that_cannot_be_is_refused():
    with pytest.raises(InvalidConfig, match="check the pixel size of the image"):
        plan_scaling((1000, 1000), image_um=1000.0, model_um=0.5)
