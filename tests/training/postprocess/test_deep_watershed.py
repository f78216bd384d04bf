import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.morphology import disk, reconstruction

from pipeline.metrics import score_labels
from pipeline.synthetic import synthetic_tissue
from training.postprocess import (
    WatershedConfig,
    deep_watershed,
    fill_small_holes,
    grow,
    h_maxima,
    remove_small,
)
from training.targets import INTERIOR, TargetConfig, inner_distance_target, pixelwise_target

PLAIN = WatershedConfig(maxima_threshold=0.1, interior_smooth_px=0.0, growth_px=1)


def hills(*, centres, sigma=4.0, shape=(40, 60)):
    rows, cols = np.indices(shape)
    return np.max(
        [np.exp(-((rows - r) ** 2 + (cols - c) ** 2) / (2 * sigma**2)) for r, c in centres], axis=0
    ).astype(np.float32)


@given(
    hnp.arrays(np.int8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.integers(0, 9)),
    st.integers(1, 5),
    st.integers(1, 3),
)
def test_h_maxima_are_those_of_the_reconstruction(steps, height, radius_px):
    image = np.pad(steps.astype(np.float32), radius_px)
    floor = reconstruction(image - height, image, footprint=disk(radius_px))
    expected = (image - floor >= height) & (image >= height)
    assert np.array_equal(h_maxima(image, height=height, radius_px=radius_px), expected)


@given(hnp.arrays(np.int32, hnp.array_shapes(min_dims=2, max_dims=2), elements=st.integers(0, 3)))
def test_small_instances_go_and_the_others_stay(labels):
    kept = remove_small(labels, min_px=4)
    areas = np.bincount(labels.ravel(), minlength=4)
    for label in (1, 2, 3):
        assert np.array_equal(kept == label, (labels == label) & (areas[label] >= 4))


def test_the_targets_of_tissue_give_its_instances_back():
    truth = synthetic_tissue(3, shape=(256, 256)).labels["whole_cell"]
    distance = inner_distance_target(truth, config=TargetConfig())
    interior = pixelwise_target(truth, config=TargetConfig())[..., INTERIOR]
    assert score_labels(truth, deep_watershed(distance, interior, config=PLAIN), iou=0.5).f1 > 0.98


def test_two_hills_are_two_instances():
    maxima = hills(centres=[(20, 20), (20, 34)])
    labels = deep_watershed(maxima, maxima, config=PLAIN)
    assert labels.max() == 2
    assert labels[20, 20] != labels[20, 34]


def test_local_peaks_can_be_the_markers():
    maxima = hills(centres=[(20, 15), (20, 40)])
    config = WatershedConfig(markers="peaks", radius_px=5)
    assert deep_watershed(maxima, maxima, config=config).max() == 2


def test_smoothing_joins_a_hill_that_noise_split():
    maxima = hills(centres=[(20, 20)], sigma=6.0)
    maxima[20, 20] = 0.2
    maxima[16:25, 20] *= 0.8
    split = deep_watershed(maxima, maxima, config=PLAIN).max()
    smooth = WatershedConfig(maxima_smooth_px=2.0)
    assert (split, deep_watershed(maxima, maxima, config=smooth).max()) == (2, 1)


def test_small_instances_are_removed_and_the_rest_renumbered():
    maxima = np.zeros((20, 40), np.float32)
    maxima[2:4, 2:4] = 1
    maxima[8:14, 10:20] = 1
    labels = deep_watershed(maxima, maxima, config=WatershedConfig(interior_smooth_px=0.0))
    assert np.unique(labels).tolist() == [0, 1]
    assert labels[10, 15] == 1


def test_foreground_that_no_marker_reaches_stays_background():
    interior = np.zeros((20, 40), np.float32)
    interior[5:12, 5:12] = interior[5:12, 25:32] = 1
    maxima = interior.copy()
    maxima[:, 20:] = 0
    labels = deep_watershed(maxima, interior, config=WatershedConfig(interior_smooth_px=0.0))
    assert labels[8, 8] == 1
    assert not labels[:, 20:].any()


@pytest.mark.parametrize("shape", [(0, 4), (1, 1), (1, 30), (3, 2)])
def test_any_shape_and_empty_maps_are_taken(shape):
    empty = np.zeros(shape, np.float32)
    assert deep_watershed(empty, empty, config=WatershedConfig.preset("whole_cell")).shape == shape


@pytest.mark.parametrize(("max_px", "areas"), [(3, (21, 75)), (5, (25, 75)), (26, (25, 100))])
def test_holes_are_filled_up_to_a_size(max_px, areas):
    labels = np.zeros((50, 50), np.int32)
    labels[:5, :5] = 1
    labels[2:4, 2:4] = 0
    labels[10:20, 10:20] = 2
    labels[12:17, 12:17] = 0
    labels[30:40, 30:40] = 3
    labels[30:40, 40:50] = 4
    labels[32:34, 38:42] = 0
    filled = fill_small_holes(labels, max_px=max_px)
    assert ((filled == 1).sum(), (filled == 2).sum()) == areas
    assert not filled[32:34, 38:42].any()


def test_instances_grow_into_the_background_and_never_into_each_other():
    labels = np.zeros((3, 8), np.int32)
    labels[1, 1], labels[1, 4] = 1, 2
    assert grow(labels, n_px=1)[1].tolist() == [1, 1, 1, 2, 2, 2, 0, 0]
    assert grow(labels, n_px=1)[:, 1].tolist() == [1, 1, 1]
    assert grow(labels, n_px=0) is labels
    assert grow(labels, n_px=2)[1].tolist() == [1, 1, 1, 2, 2, 2, 2, 0]


def test_a_bay_at_the_image_border_is_no_hole():
    labels = np.ones((6, 6), np.int32)
    labels[0, 2] = 0
    assert fill_small_holes(labels, max_px=15)[0, 2] == 0
