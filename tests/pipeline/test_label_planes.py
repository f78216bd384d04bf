"""Label images read in parts: what is counted is what the whole image gives, in the same order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline import label_planes
from pipeline.contingency import count_pairs, index_labels
from pipeline.label_planes import (
    ArrayPlane,
    band_windows,
    block_windows,
    count_plane_pairs,
    index_plane,
)
from pipeline.windows import Window

VALUES = st.sampled_from([0, 0, 1, 2, 64, 2**24 + 1, 2**31 - 1])
SIDES = st.integers(1, 9)


@st.composite
def image_pairs(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))
    return tuple(draw(hnp.arrays(np.int32, shape, elements=VALUES)) for _ in range(2))


@pytest.fixture(scope="module", autouse=True)
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@given(image_pairs(), st.integers(1, 40))
def test_bands_give_the_index_of_the_whole(patch, images, band_px):
    patch.setattr(label_planes, "BAND_PX", band_px)
    for part, whole in zip(index_plane(ArrayPlane(images[0])), index_labels(images[0]), strict=True):
        np.testing.assert_array_equal(part, whole)
        assert part.dtype == whole.dtype


@given(image_pairs(), SIDES, SIDES)
def test_blocks_give_the_pairs_of_the_whole(patch, images, height, width):
    patch.setattr(label_planes, "BLOCK_SHAPE", (height, width))
    parts = count_plane_pairs(*map(ArrayPlane, images))
    for part, whole in zip(parts, count_pairs(*images), strict=True):
        np.testing.assert_array_equal(part, whole)
        assert part.dtype == whole.dtype


@given(image_pairs(), SIDES)
def test_pairs_with_background_are_left_out_on_request(patch, images, side):
    patch.setattr(label_planes, "BLOCK_SHAPE", (side, side))
    shared = count_plane_pairs(*map(ArrayPlane, images), with_background=False)
    whole = count_pairs(*images)
    both = (whole.first > 0) & (whole.second > 0)
    for part, column in zip(shared, whole, strict=True):
        np.testing.assert_array_equal(part, column[both])


@given(hnp.array_shapes(min_dims=2, max_dims=2, max_side=30), st.integers(1, 200), SIDES, SIDES)
def test_bands_and_blocks_cover_each_pixel_once(patch, shape, band_px, height, width):
    patch.setattr(label_planes, "BAND_PX", band_px)
    patch.setattr(label_planes, "BLOCK_SHAPE", (height, width))
    for windows in (list(band_windows(shape)), list(block_windows(shape))):
        seen = np.zeros(shape, dtype=np.int64)
        for window in windows:
            seen[window.slices] += 1
        assert (seen == 1).all()
    assert all(window.area <= max(band_px, shape[1]) for window in band_windows(shape))
    assert all(window.shape <= (height, width) for window in block_windows(shape))


def test_an_array_gives_its_windows_as_numerics_take_them():
    labels = np.arange(24, dtype=np.int32).reshape(4, 3, 2)[..., 1]
    part = ArrayPlane(labels).read(Window(1, 0, 2, 3))
    assert part.flags.c_contiguous
    assert part.tolist() == [[7, 9, 11], [13, 15, 17]]
    assert ArrayPlane(labels).shape == (4, 3)
