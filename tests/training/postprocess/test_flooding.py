import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage as ndi
from skimage.segmentation import watershed

from training.postprocess import flood

shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)


@given(shapes, st.integers(0, 1000))
def test_a_flood_is_the_watershed_of_the_map_turned_upside_down(shape, seed):
    rng = np.random.default_rng(seed)
    heights = rng.permutation(np.arange(shape[0] * shape[1], dtype=np.float32)).reshape(shape)
    mask = rng.random(shape) > 0.2
    markers = np.where(rng.random(shape) > 0.9, np.arange(heights.size).reshape(shape), 0).astype(np.int32)
    found = flood(heights, markers, mask=mask)
    assert found.dtype == np.int32
    assert np.array_equal(found, watershed(-heights, markers, mask=mask, connectivity=1))


@given(shapes, st.integers(0, 1000))
def test_every_pixel_that_a_marker_reaches_is_labelled(shape, seed):
    rng = np.random.default_rng(seed)
    heights = rng.integers(0, 3, shape).astype(np.float32)
    mask = rng.random(shape) > 0.3
    markers = np.where(rng.random(shape) > 0.8, rng.integers(1, 9, shape), 0).astype(np.int32)
    found = flood(heights, markers, mask=mask)
    pieces, _ = ndi.label(mask)
    reached = np.unique(pieces[mask & (markers > 0)])
    assert np.array_equal(found > 0, mask & np.isin(pieces, reached))
    assert np.array_equal(found[mask & (markers > 0)], markers[mask & (markers > 0)])


def test_equal_ground_is_shared_fairly():
    markers = np.zeros((1, 7), np.int32)
    markers[0, 0], markers[0, 6] = 5, 9
    found = flood(np.ones((1, 7), np.float32), markers, mask=np.ones((1, 7), bool))
    assert found.tolist() == [[5, 5, 5, 5, 9, 9, 9]]


def test_without_a_marker_inside_there_is_nothing():
    mask = np.zeros((4, 4), bool)
    assert not flood(np.ones((4, 4), np.float32), np.ones((4, 4), np.int32), mask=mask).any()
