import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from training.smooth_labels import REACH_PX, enlarge_labels

label_images = arrays(np.int32, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 3))


def places(size, factor):
    return (np.arange(size * factor) + 0.5) / factor - 0.5


def by_definition(labels, row, col):
    """The label of most weight around a place, each pixel counting by a Gaussian of sigma 0.9."""
    weights = {}
    for down in range(int(np.floor(row)) - REACH_PX + 1, int(np.floor(row)) + REACH_PX + 1):
        for across in range(int(np.floor(col)) - REACH_PX + 1, int(np.floor(col)) + REACH_PX + 1):
            inside = np.clip(down, 0, labels.shape[0] - 1), np.clip(across, 0, labels.shape[1] - 1)
            weight = np.exp(-((down - row) ** 2 + (across - col) ** 2) / 2 / 0.9**2)
            weights[labels[inside]] = weights.get(labels[inside], 0.0) + weight
    return weights


@given(label_images, st.integers(1, 4))
def test_each_place_takes_the_label_that_weighs_most_around_it(labels, factor):
    rows, cols = (places(size, factor) for size in labels.shape)
    found = enlarge_labels(labels, rows, cols)
    assert (found.shape, found.dtype) == ((len(rows), len(cols)), np.int32)
    for at_row in range(0, len(rows), 3):
        for at_col in range(0, len(cols), 3):
            weights = by_definition(labels, rows[at_row], cols[at_col])
            assert weights[found[at_row, at_col]] >= max(weights.values()) * (1 - 1e-9)


@given(label_images, st.integers(2, 4))
def test_names_of_labels_do_not_matter(labels, factor):
    rows, cols = (places(size, factor) for size in labels.shape)
    names = np.array([0, 70_000, 5, 2**31 - 1], np.int32)
    assert np.array_equal(
        names[enlarge_labels(labels, rows, cols)], enlarge_labels(names[labels], rows, cols)
    )


def test_a_disc_stays_a_disc():
    rows, cols = np.indices((64, 64))
    disc = (((rows - 31.7) ** 2 + (cols - 32.2) ** 2) <= 20**2).astype(np.int32)
    found = enlarge_labels(disc, places(64, 8), places(64, 8))
    rows, cols = np.indices(found.shape)
    from_centre = np.hypot((rows + 0.5) / 8 - 0.5 - 31.7, (cols + 0.5) / 8 - 0.5 - 32.2)
    assert abs(found.sum() / 64 / (np.pi * 20**2) - 1) < 0.01
    # A block of the coarse image would be off by up to 0.7 of its pixels.
    assert not found[from_centre > 20.5].any()
    assert found[from_centre < 19.5].all()


def test_what_is_two_pixels_wide_stays():
    labels = np.zeros((12, 12), np.int32)
    labels[4:6, 4:6], labels[9:11] = 1, 2
    found = enlarge_labels(labels, places(12, 4), places(12, 4))
    assert set(np.unique(found)) == {0, 1, 2}
    assert (found[36:44] == 2).mean() > 0.9
