import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage as ndi

from training.errors import InvalidConfig
from training.object_scale import (
    SHRINKS,
    box_mean,
    check_shrink,
    diameters_px,
    estimate_shrink,
    shrink_for,
    shrink_of_labels,
    spread_squares,
)
from training.prediction import Prediction

LIMIT_PX = 60.0
BOTH = ("whole_cell", "nuclear")


@given(st.floats(0, 5000), st.floats(16, 1000))
def test_the_shrink_is_the_least_that_makes_objects_small_enough(diameter, largest):
    shrink = shrink_for(diameter, max_object_px=largest)
    assert shrink in SHRINKS
    assert diameter / shrink <= largest or shrink == SHRINKS[-1]
    assert shrink == 1 or diameter / (shrink / 2) > largest


@given(st.integers(1, 30_000), st.integers(1, 30_000))
def test_looks_are_bounded_inside_and_apart(rows, cols):
    windows = spread_squares((rows, cols))
    assert sum(window.height * window.width for window in windows) <= min(rows * cols, 16 * 2048**2)
    assert max(window.stop_row for window in windows) <= rows
    assert max(window.stop_col for window in windows) <= cols
    assert not any(a.intersection(b) for a in windows for b in windows if a is not b)
    if max(rows, cols) <= 4 * 2048:
        assert sum(window.height * window.width for window in windows) == rows * cols


def test_means_are_over_whole_squares():
    image = np.arange(5 * 7 * 2, dtype=np.float32).reshape(5, 7, 2)
    shrunk = box_mean(image, 2)
    assert (shrunk.shape, shrunk.dtype) == ((2, 3, 2), np.float32)
    assert np.array_equal(shrunk[1, 2], image[2:4, 4:6].mean(axis=(0, 1)))
    assert np.array_equal(box_mean(image, 1), image)


def discs(*, radius, shape=(400, 400), spacing=None):
    """Discs on a grid."""
    spacing = spacing or int(2.6 * radius)
    rows, cols = np.indices(shape)
    return (rows % spacing - spacing // 2) ** 2 + (cols % spacing - spacing // 2) ** 2 <= radius**2


def labelled(*, radius, shape=(400, 400), spacing=None):
    return ndi.label(discs(radius=radius, shape=shape, spacing=spacing))[0].astype(np.int32)


def test_diameters_are_those_of_discs():
    found = diameters_px(np.where(labelled(radius=20) == 0, -1, labelled(radius=20)))
    assert len(found) == labelled(radius=20).max()
    assert np.median(found) == pytest.approx(40, rel=0.02)
    assert len(diameters_px(np.full((3, 3), -1, np.int32))) == 0


@pytest.mark.parametrize(("radius", "shrink"), [(8, 1), (29, 1), (40, 2), (80, 4), (150, 8)])
def test_labels_say_how_much_their_image_is_shrunken(radius, shrink):
    nuclei = labelled(radius=radius)
    cells = labelled(radius=150)
    labels = np.stack([cells, nuclei], axis=-1)
    assert shrink_of_labels(labels, compartments=BOTH, max_object_px=LIMIT_PX) == shrink
    assert shrink_of_labels(labels, compartments=BOTH, max_object_px=None) == 1
    swapped = np.stack([nuclei, np.full_like(nuclei, -1)], axis=-1)
    assert shrink_of_labels(swapped, compartments=BOTH, max_object_px=LIMIT_PX) == shrink


def test_without_any_instance_nothing_is_shrunken():
    labels = np.full((80, 80, 1), -1, np.int32)
    assert shrink_of_labels(labels, compartments=("nuclear",), max_object_px=LIMIT_PX) == 1


class Network:
    """Finds discs of 7 to 60 px as they are, and breaks larger ones into pieces that depend on the grid.

    The brighter half of the range is the object; sureness is highest from 20 to 50 px.
    """

    def __init__(self, *, compartment="nuclear", most_px=60.0):
        self.compartment = compartment
        self.most_px = most_px
        self.n_pixels = 0

    def __call__(self, image):
        self.n_pixels += image.shape[0] * image.shape[1]
        labels = ndi.label(image[..., 0] > 0.5)[0]
        areas = np.bincount(labels.ravel())
        diameters = np.sqrt(4 / np.pi * areas)
        rows, cols = np.indices(labels.shape)
        large = (labels > 0) & (diameters[labels] > self.most_px)
        pieces = np.where(large, labels * 10_000 + rows // 13 * 100 + cols // 17, labels)
        pieces[(labels > 0) & (diameters[labels] < 7)] = 0
        names, numbers = np.unique(pieces, return_inverse=True)
        found = numbers.reshape(labels.shape).astype(np.int32) + (0 if names[0] == 0 else 1)
        sizes = np.sqrt(4 / np.pi * np.bincount(found.ravel()))
        sure = np.interp(sizes, [7, 20, 60, 80], [0.5, 0.8, 0.85, 0.85]).astype(np.float32)
        sure[0] = 0
        return Prediction({self.compartment: found}, {self.compartment: sure}, {})


def chosen(plane, network=None, *, max_object_px=LIMIT_PX):
    image = np.stack([plane, np.zeros_like(plane)], axis=-1).astype(np.float32)
    network = network or Network()
    return estimate_shrink(
        network, lambda window: image[window.slices], plane.shape, max_object_px=max_object_px
    )


@pytest.mark.parametrize("compartment", BOTH)
@pytest.mark.parametrize(("radius", "shrinks"), [(4, {1}), (10, {1}), (28, {1}), (48, {2, 4}), (90, {4, 8})])
def test_large_objects_are_seen_and_small_ones_left_alone(radius, shrinks, compartment):
    plane = discs(radius=radius, shape=(700, 700)).astype(np.float32)
    assert chosen(plane, Network(compartment=compartment)) in shrinks


def test_objects_above_the_limit_are_shrunken_even_where_they_are_found_as_they_are():
    assert chosen(discs(radius=50, shape=(700, 700)), Network(most_px=200.0)) in {2, 4}


def test_a_group_of_small_objects_is_not_one_large_object():
    """Seen from afar the group is one disc; seen as it is, its members are found."""
    rows, cols = np.indices((600, 600))
    group = discs(radius=120, shape=(600, 600), spacing=300) & (rows % 16 > 1) & (cols % 16 > 1)
    assert ndi.label(box_mean(group[..., None].astype(np.float32), 8)[..., 0] > 0.5)[1] == 4
    assert ndi.label(group)[1] > 500
    assert chosen(group) == 1


def grouped_nuclei(*, share_large):
    """Four groups of nuclei of 14 px, which the network finds at half their size, and of 7 px, which it does
    not; the former have a share of the pixels."""
    rows, cols = np.indices((600, 600))
    place = np.random.default_rng(0).random((38, 38))[rows // 16, cols // 16]
    large, small = ((rows % side > gap) & (cols % side > gap) for side, gap in ((16, 1), (8, 0)))
    return discs(radius=120, shape=(600, 600), spacing=300) & np.where(place < share_large, large, small)


@pytest.mark.parametrize(("share_large", "shrink"), [(0.07, 4), (0.25, 1), (0.35, 1)])
def test_dim_nuclei_of_which_few_are_found_again_are_seen_as_they_are(share_large, shrink):
    """Of dim tissue, 0.13 and more is found alike; of nuclei that are too large, 0.08 and less."""
    plane = grouped_nuclei(share_large=share_large)
    assert ndi.label(plane)[1] > 700
    assert chosen(plane) == shrink


@pytest.mark.parametrize(("side_px", "shrink"), [(420, 1), (1000, 8)])
def test_what_is_very_large_has_to_be_there_several_times(side_px, shrink):
    """One such object may be a lobe of tissue."""
    plane = discs(radius=160, shape=(side_px, side_px), spacing=420)
    assert ndi.label(plane)[1] in (1, 4, 9)
    assert chosen(plane) == shrink


@pytest.mark.parametrize("shape", [(1, 1), (60, 3000), (59, 59)])
def test_what_cannot_hold_a_large_object_is_not_looked_at(shape):
    network = Network()
    assert chosen(np.ones(shape, np.float32), network) == 1
    assert network.n_pixels == 0


@pytest.mark.parametrize("shape", [(61, 61), (64, 900), (333, 77)])
def test_images_of_any_shape_are_looked_at(shape):
    assert chosen(np.zeros(shape, np.float32)) == 1
    assert chosen(np.ones(shape, np.float32), max_object_px=16.0) in SHRINKS


def test_looks_cost_a_twelfth_where_nothing_is_large():
    network = Network()
    assert chosen(discs(radius=10, shape=(1024, 1024)), network) == 1
    assert network.n_pixels < 1024**2 / 12 + 1


def test_a_very_large_image_costs_a_bounded_number_of_looks():
    network = Network()
    windows = []

    def read(window):
        windows.append(window)
        return np.zeros((*window.shape, 2), np.float32)

    assert estimate_shrink(network, read, (100_000, 100_000), max_object_px=LIMIT_PX) == 1
    assert len(windows) == 16
    assert max(max(window.shape) for window in windows) <= 2048


@pytest.mark.parametrize("shrink", [0, 3, True, "2", None, 16])
def test_other_factors_are_refused(shrink):
    with pytest.raises(InvalidConfig, match="choose one of"):
        check_shrink(shrink)
