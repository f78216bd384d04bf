"""Pieces and holes found while rows go by are those of the whole image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.measure import label as connected_parts
from skimage.morphology import dilation

from pipeline import label_planes
from pipeline.label_planes import ArrayPlane
from pipeline.labels import present_labels
from pipeline.qc.parts import count_holes, count_pieces

CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=bool)
# Few values, so that parts are long, meet late and enclose one another.
IMAGES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12).flatmap(
    lambda shape: hnp.arrays(np.int32, shape, elements=st.sampled_from([0, 0, 1, 1, 2, 2**31 - 1]))
)


@pytest.fixture(scope="module", autouse=True)
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def pieces_of_whole(labels):
    found = {}
    for label in present_labels(labels).tolist():
        sizes = np.bincount(connected_parts(labels == label, connectivity=2).ravel())[1:]
        found[label] = (len(sizes), sizes.sum(), sizes.max())
    return found


def holes_of_whole(labels):
    found = {label: (0, 0, 0) for label in present_labels(labels).tolist()}
    gaps = connected_parts(labels == 0, connectivity=1)
    for gap in range(1, gaps.max() + 1):
        rows, cols = np.nonzero(gaps == gap)
        beside = set(labels[dilation(gaps == gap, CROSS) & (gaps != gap)].tolist())
        inside = rows.min() > 0 and cols.min() > 0
        inside &= rows.max() < labels.shape[0] - 1 and cols.max() < labels.shape[1] - 1
        if inside and len(beside) == 1:
            n, total, largest = found[beside.copy().pop()]
            found[beside.pop()] = (n + 1, total + len(rows), max(largest, len(rows)))
    return found


def as_dict(parts, labels):
    return dict(zip(labels.tolist(), zip(*(column.tolist() for column in parts), strict=True), strict=True))


@given(IMAGES, st.integers(1, 60))
def test_pieces_are_those_of_the_whole(patch, image, band_px):
    patch.setattr(label_planes, "BAND_PX", band_px)
    labels = present_labels(image)
    assert as_dict(count_pieces(ArrayPlane(image), labels), labels) == pieces_of_whole(image)


@given(IMAGES, st.integers(1, 60))
def test_holes_are_those_of_the_whole(patch, image, band_px):
    patch.setattr(label_planes, "BAND_PX", band_px)
    labels = present_labels(image)
    assert as_dict(count_holes(ArrayPlane(image), labels), labels) == holes_of_whole(image)


@pytest.mark.parametrize("turns", range(4))
def test_a_spiral_is_one_piece_and_what_it_winds_around_no_hole(patch, turns):
    patch.setattr(label_planes, "BAND_PX", 1)
    spiral = np.array(
        [
            [3, 3, 3, 3, 3, 3, 3],
            [3, 0, 0, 0, 0, 0, 3],
            [3, 0, 3, 3, 3, 0, 3],
            [3, 0, 3, 0, 3, 0, 3],
            [3, 0, 3, 0, 0, 0, 3],
            [3, 0, 3, 3, 3, 3, 3],
        ],
        dtype=np.int32,
    )
    closed = np.vstack((spiral, np.full((1, 7), 3, dtype=np.int32)))
    labels = np.array([3])
    for image, n_holes, hole_px in ((spiral, 0, 0), (closed, 1, 15)):
        plane = ArrayPlane(np.ascontiguousarray(np.rot90(image, turns)))
        assert count_pieces(plane, labels).counts.tolist() == [1]
        holes = count_holes(plane, labels)
        assert (holes.counts.tolist(), holes.areas.tolist()) == ([n_holes], [hole_px])
