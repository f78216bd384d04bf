import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.windows import Window
from training.errors import InvalidConfig
from training.rescale import BandsBroughtBack, Scaling, plan_scaling, plan_shrink

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
    rng = np.random.default_rng(0)
    labels = {name: rng.integers(0, 4, scaled, np.int32) for name in ("whole_cell", "nuclear")}
    whole = scaling.bring_back(labels)
    assert {plane.shape for plane in whole.values()} == {shape}
    brought_back = BandsBroughtBack(scaling)
    rows = 0
    for first in range(0, scaled[0], step):
        part = {name: plane[first : first + step] for name, plane in labels.items()}
        for row, band in brought_back.add(part):
            assert row == rows
            for name, plane in band.items():
                assert np.array_equal(plane, whole[name][row : row + len(plane)])
            rows += len(plane)
    assert rows == shape[0]


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([2, 4, 8]))
def test_a_shrunken_image_covers_the_field(rows, cols, shrink):
    scaling = plan_shrink((rows, cols), shrink)
    assert scaling.shape == (rows, cols)
    for full, seen in zip(scaling.shape, scaling.scaled, strict=True):
        assert seen >= 1
        assert abs(full / shrink - seen) <= 0.5 or seen == 1


def test_an_image_shrunken_by_one_is_as_it_is():
    assert plan_shrink((10, 10), 1) is None


def test_reading_a_shrunken_window_takes_little_at_a_time():
    """A window of 1,024 px, each of 8 x 8 stored ones, is not 67 million of them at once."""
    scaling = plan_shrink((40_000, 40_000), 8)
    sizes = []

    def read(window):
        sizes.append(window.height * window.width)
        return np.zeros((*window.shape, 1), np.float32)

    seen = scaling.reader(read)(Window(1000, 1000, 256, 1024))
    assert seen.shape == (256, 1024, 1)
    assert len(sizes) > 1
    assert max(sizes) < 10_000_000


def test_much_is_brought_back_a_little_at_a_time():
    scaling = plan_shrink((16_000, 4_000), 8)
    labels = np.arange(2_000, dtype=np.int32)[:, None].repeat(500, axis=1)
    rows = 0
    for row, band in BandsBroughtBack(scaling).add({"nuclear": labels}):
        assert row == rows
        assert band["nuclear"].size <= 9_000_000
        assert np.array_equal(band["nuclear"][:, 0] // 2, np.arange(rows, rows + len(band["nuclear"])) // 16)
        rows += len(band["nuclear"])
    assert rows == 16_000


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
