import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.errors import InvalidConfig
from training.preprocess import IntensityRange, PreprocessConfig, measure_ranges, preprocess_image

DEFAULT = PreprocessConfig()


def waves_with_an_outlier():
    """A smooth image of 64 x 64 px with one pixel of 5000."""
    rows, cols = np.indices((64, 64))
    plane = (100 + 50 * np.sin(rows / 5) + 50 * np.cos(cols / 7)).astype(np.float32)
    plane[10, 10] = 5000
    return plane


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(2)),
        elements=st.floats(-(2.0**100), 2.0**100, width=32),
    )
)
def test_every_channel_is_scaled_to_the_unit_range_or_zero(image):
    result = preprocess_image(image, config=DEFAULT)
    assert result.dtype == np.float32
    for channel in range(2):
        plane = result[..., channel]
        assert (plane.min(), plane.max()) in {(0.0, 1.0), (0.0, 0.0)}


def test_a_blank_image_stays_zero():
    assert not preprocess_image(np.zeros((32, 32, 2), np.float32), config=DEFAULT).any()


def test_a_constant_channel_becomes_zero():
    image = np.stack([waves_with_an_outlier(), np.full((64, 64), 9, np.float32)], axis=-1)
    result = preprocess_image(image, config=DEFAULT)
    assert result[..., 0].max() == 1
    assert not result[..., 1].any()


def test_bright_pixels_are_clipped_at_the_percentile_of_those_that_are_lit():
    image = waves_with_an_outlier()[..., None]
    before = image.copy()
    (found,) = measure_ranges([image], config=DEFAULT)
    assert found.high == pytest.approx(np.percentile(image, 99.9))
    assert found.high < 300
    padded = np.concatenate([image, np.zeros((500, 64, 1), np.float32)])
    assert measure_ranges([padded], config=DEFAULT) == (IntensityRange(0.0, found.high),)
    plain = PreprocessConfig(clahe_kernel_px=0)
    assert np.count_nonzero(preprocess_image(image, config=plain) == 1) >= 4
    assert np.array_equal(image, before)


def test_the_range_of_an_image_is_that_of_its_pieces():
    image = np.random.default_rng(1).gamma(2.0, 50.0, (60, 50, 2)).astype(np.float32)
    pieces = [image[:20], image[20:, :30], image[20:, 30:]]
    assert measure_ranges(pieces, config=DEFAULT) == measure_ranges([image], config=DEFAULT)


@pytest.mark.parametrize("downwards", [False, True])
def test_of_a_very_large_image_no_part_counts_more_than_another(downwards, monkeypatch):
    """A tenth of the rows is ten times brighter, and so are the brightest thousandth of the pixels."""
    monkeypatch.setattr("training.preprocess._MAX_SAMPLED", 20_000)
    image = np.random.default_rng(2).gamma(2.0, 50.0, (1000, 200, 1)).astype(np.float32)
    image[:100] *= 10
    pieces = [image[row : row + 20] for row in range(0, 1000, 20)]
    (found,) = measure_ranges(pieces if downwards else pieces[::-1], config=DEFAULT)
    assert found.high == pytest.approx(np.percentile(image, 99.9), rel=0.05)
    assert found.low == image.min()


def test_a_piece_is_scaled_like_its_image_when_its_range_is_given():
    image = np.random.default_rng(1).gamma(2.0, 50.0, (60, 50, 2)).astype(np.float32)
    plain = PreprocessConfig(clahe_kernel_px=0)
    ranges = measure_ranges([image], config=plain)
    whole = preprocess_image(image, config=plain)
    assert np.array_equal(preprocess_image(image[10:30], config=plain, ranges=ranges), whole[10:30])


def test_without_equalisation_the_order_of_values_is_kept():
    image = np.random.default_rng(0).random((16, 16, 2)).astype(np.float32)
    result = preprocess_image(image, config=PreprocessConfig(clahe_kernel_px=0, percentile=100))
    assert np.array_equal(np.argsort(image[..., 0].ravel()), np.argsort(result[..., 0].ravel()))


def test_gamma_lifts_dim_instances():
    image = np.random.default_rng(0).random((16, 16, 1)).astype(np.float32)
    plain = preprocess_image(image, config=PreprocessConfig(clahe_kernel_px=0))
    lifted = preprocess_image(image, config=PreprocessConfig(clahe_kernel_px=0, gamma=0.5))
    assert np.allclose(lifted, np.sqrt(plain))


def test_settings_out_of_range_are_refused():
    with pytest.raises(InvalidConfig, match="percentile is 0"):
        PreprocessConfig(percentile=0)
    with pytest.raises(InvalidConfig, match="gamma is 0"):
        PreprocessConfig(gamma=0)
    with pytest.raises(InvalidConfig, match="clahe_kernel_px is -1"):
        PreprocessConfig(clahe_kernel_px=-1)
    with pytest.raises(InvalidConfig, match="max_object_px is 7; choose from 16 to 1000, or none"):
        PreprocessConfig(max_object_px=7)


@pytest.mark.parametrize(
    ("image_um", "seen_um"),
    [(None, None), (0.1, None), (0.75, None), (0.8, 0.4), (1.0, 0.5), (1.5, 0.75), (2.0, 0.5), (9.0, 2.25)],
)
def test_coarse_pixels_are_made_finer_until_they_fit(image_um, seen_um):
    assert PreprocessConfig(coarsest_um=0.75).seen_um(image_um) == seen_um


def test_without_a_limit_pixels_are_as_they_are_and_a_size_of_the_model_decides_alone():
    assert PreprocessConfig().seen_um(9.0) is None
    assert [PreprocessConfig(pixel_size_um=0.5).seen_um(size) for size in (None, 0.1, 9.0)] == [
        None,
        0.5,
        0.5,
    ]


def test_sizes_of_pixels_that_cannot_be_are_refused():
    with pytest.raises(InvalidConfig, match=r"coarsest_um is 0; choose from 0\.01 to 100, or none"):
        PreprocessConfig(coarsest_um=0)
    with pytest.raises(InvalidConfig, match="pixel_size_um and coarsest_um are both given; leave one"):
        PreprocessConfig(coarsest_um=1, pixel_size_um=1)
