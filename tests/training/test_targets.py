import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.errors import InvalidConfig
from training.targets import (
    TargetConfig,
    inner_distance_target,
    inner_edges,
    known_weight,
    pixelwise_target,
)

DEFAULT = TargetConfig()
label_images = hnp.arrays(
    np.int32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(-1, 3)
)


def touching_pair():
    """Two touching rectangles of 7 x 5 px."""
    labels = np.zeros((12, 16), np.int32)
    labels[2:9, 2:7] = 1
    labels[2:9, 7:12] = 2
    return labels


@given(label_images)
def test_classes_are_one_hot_exactly_where_there_is_truth(labels):
    target = pixelwise_target(labels, config=DEFAULT)
    assert np.array_equal(target.sum(axis=-1), known_weight(labels))


@given(label_images)
def test_inner_distance_lives_inside_eroded_instances(labels):
    target = inner_distance_target(labels, config=DEFAULT)
    eroded = (labels > 0) & ~inner_edges(labels)
    assert ((target > 0) == eroded).all()
    assert target.max(initial=0) <= 1


@given(label_images)
def test_targets_do_not_depend_on_the_numbering(labels):
    renumbered = np.where(labels > 0, 10 - labels, labels).astype(np.int32)
    for transform in (pixelwise_target, inner_distance_target):
        assert np.allclose(transform(labels, config=DEFAULT), transform(renumbered, config=DEFAULT))


@given(label_images)
def test_targets_turn_with_the_image(labels):
    for transform in (pixelwise_target, inner_distance_target):
        turned = transform(np.rot90(labels).copy(), config=DEFAULT)
        assert np.allclose(turned, np.rot90(transform(labels, config=DEFAULT)), atol=1e-6)


@pytest.mark.parametrize(("dilation_px", "sums"), [(0, [40, 30, 122]), (1, [74, 30, 88])])
def test_pixelwise_of_two_touching_cells(dilation_px, sums):
    target = pixelwise_target(touching_pair(), config=TargetConfig(dilation_px=dilation_px))
    assert target.sum(axis=(0, 1)).tolist() == sums


def test_inner_distance_of_two_touching_cells():
    target = inner_distance_target(touching_pair(), config=DEFAULT)
    assert target[5, 4] == pytest.approx(1.0)
    assert target[5, 3] == target[4, 4] == pytest.approx(0.794787, abs=1e-6)
    assert target[4, 3] == pytest.approx(0.659458, abs=1e-6)
    assert target[3, 4] == pytest.approx(0.491933, abs=1e-6)
    assert target[3, 3] == pytest.approx(0.436492, abs=1e-6)


def test_inner_distance_without_erosion_is_off_centre_where_cells_touch():
    target = inner_distance_target(touching_pair(), config=TargetConfig(erosion_px=0))
    assert target.max() == pytest.approx(0.981565, abs=1e-6)


def test_inner_distance_with_a_fixed_alpha():
    target = inner_distance_target(touching_pair(), config=TargetConfig(alpha=0.1))
    assert target[5, 3] == pytest.approx(0.909091, abs=1e-6)


def test_plain_distance_falls_more_slowly():
    plain = inner_distance_target(touching_pair(), config=TargetConfig(distance="plain"))
    alpha = 1 / np.sqrt(15)
    assert plain[3, 4] == pytest.approx(1 / (1 + 2 * alpha), abs=1e-6)


def test_a_cell_of_four_pixels_has_only_edge():
    labels = np.zeros((8, 8), np.int32)
    labels[3:5, 3:5] = 1
    assert not inner_distance_target(labels, config=DEFAULT).any()
    assert pixelwise_target(labels, config=DEFAULT).sum(axis=(0, 1)).tolist() == [12, 0, 52]


def test_the_image_border_is_no_edge():
    labels = np.zeros((8, 8), np.int32)
    labels[:5, :5] = 1
    target = inner_distance_target(labels, config=DEFAULT)
    assert np.count_nonzero(target) == 16
    assert target[0, :4] == pytest.approx([0.595041, 0.742268, 0.66055, 0.458599], abs=1e-6)
    assert target.max() == pytest.approx(0.986301, abs=1e-6)
    assert pixelwise_target(labels, config=DEFAULT).sum(axis=(0, 1)).tolist() == [19, 16, 29]


def test_each_piece_of_a_label_has_its_own_centre():
    labels = np.zeros((9, 20), np.int32)
    labels[2:7, 2:7] = 4
    labels[2:7, 12:17] = 4
    target = inner_distance_target(labels, config=DEFAULT)
    assert target[4, 4] == target[4, 14] == pytest.approx(1.0)


def test_pixels_without_truth_are_no_edge_and_have_no_class():
    labels = np.full((6, 10), 7, np.int32)
    labels[:, 5:] = -1
    target = pixelwise_target(labels, config=DEFAULT)
    assert target.sum(axis=(0, 1)).tolist() == [0, 30, 0]
    assert known_weight(labels).sum() == 30
    assert inner_distance_target(labels, config=DEFAULT)[:, 5:].sum() == 0


def test_thousands_of_cells_take_less_than_a_second():
    labels = np.zeros((2048, 2048), np.int32)
    number = np.arange(93 * 93, dtype=np.int32).reshape(93, 93) + 1
    labels[:2046, :2046] = np.kron(number, np.ones((22, 22), np.int32))
    labels[::22] = labels[:, ::22] = 0
    inner_distance_target(labels, config=DEFAULT)
    took = []
    for _ in range(2):
        begun = time.process_time()
        inner_distance_target(labels, config=DEFAULT)
        pixelwise_target(labels, config=DEFAULT)
        took.append(time.process_time() - begun)
    assert min(took) < 1


def test_unknown_settings_are_refused():
    with pytest.raises(InvalidConfig, match="distance is 'cubed'; choose 'squared' or 'plain'"):
        TargetConfig(distance="cubed")
    with pytest.raises(InvalidConfig, match="erosion_px is -1"):
        TargetConfig(erosion_px=-1)
