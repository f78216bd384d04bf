import numpy as np
import pytest
from scipy import ndimage as ndi

from training.baseline import (
    BaselineConfig,
    BaselinePredictor,
    estimate_radius,
    flatten_background,
    grow_cells,
)
from training.errors import InvalidPredictorInput


def discs(*, radius, shape=(160, 160), spacing=40):
    """An image of bright discs on a grid and the label image of them."""
    rows, cols = np.indices(shape)
    labels = np.zeros(shape, np.int32)
    for centre_row in range(spacing // 2, shape[0], spacing):
        for centre_col in range(spacing // 2, shape[1], spacing):
            inside = (rows - centre_row) ** 2 + (cols - centre_col) ** 2 <= radius**2
            labels[inside] = labels.max() + 1
    return ndi.gaussian_filter((labels > 0).astype(np.float32), 1.0) * 900 + 100, labels


def two_channels(nuclear, membrane=None):
    return np.stack([nuclear, np.zeros_like(nuclear) if membrane is None else membrane], axis=-1)


@pytest.mark.parametrize(("radius", "spacing"), [(5, 20), (9, 40), (16, 80)])
def test_every_disc_is_one_nucleus_whatever_its_size(radius, spacing):
    image, labels = discs(radius=radius, spacing=spacing)
    found = BaselinePredictor().predict(two_channels(image))["nuclear"]
    assert len(np.unique(found)) == len(np.unique(labels))
    overlap = ((found > 0) & (labels > 0)).sum() / ((found > 0) | (labels > 0)).sum()
    assert overlap > 0.7


@pytest.mark.parametrize("radius", [4.0, 8.0, 16.0])
def test_the_radius_is_estimated_from_the_image(radius):
    image, labels = discs(radius=radius, spacing=int(5 * radius), shape=(240, 240))
    signal = flatten_background(image.astype(np.float32), window_px=129)
    found = estimate_radius(signal, labels > 0, config=BaselineConfig())
    assert 0.7 * radius < found < 1.5 * radius


def test_two_touching_nuclei_are_separated():
    rows, cols = np.indices((60, 60))
    pair = ((rows - 30) ** 2 + (cols - 21) ** 2 <= 100) | ((rows - 30) ** 2 + (cols - 39) ** 2 <= 100)
    found = BaselinePredictor().predict(two_channels(ndi.gaussian_filter(pair * 500.0, 1.0)))["nuclear"]
    assert set(np.unique(found)) == {0, 1, 2}


def test_uneven_light_changes_nothing():
    image, _ = discs(radius=8)
    ramp = np.linspace(0, 500, 160)[None, :]
    even = BaselinePredictor().predict(two_channels(image))["nuclear"]
    uneven = BaselinePredictor().predict(two_channels(image + ramp))["nuclear"]
    assert len(np.unique(even)) == len(np.unique(uneven))


def test_each_nucleus_lies_in_the_cell_with_its_label():
    image, _ = discs(radius=8)
    membrane = np.abs(np.indices((160, 160)) % 40 - 0).min(axis=0) < 2
    found = BaselinePredictor().predict(two_channels(image, membrane * 300.0))
    inside = found["nuclear"] > 0
    assert np.array_equal(found["nuclear"][inside], found["whole_cell"][inside])
    assert found["whole_cell"].dtype == found["nuclear"].dtype == np.int32


def test_cells_end_where_the_membrane_is_bright():
    nuclei = np.zeros((40, 40), np.int32)
    nuclei[15:25, 8:16] = 1
    nuclei[15:25, 24:32] = 2
    membrane = np.zeros((40, 40), np.float32)
    membrane[:, 21] = 100
    cells = grow_cells(nuclei, membrane, radius_px=20.0, config=BaselineConfig())
    assert (cells[18:22, 16:20] == 1).all()
    assert (cells[18:22, 23:24] == 2).all()


def test_without_a_membrane_channel_nuclei_grow_by_three_px():
    nuclei = np.zeros((30, 30), np.int32)
    nuclei[10:20, 10:20] = 1
    cells = grow_cells(nuclei, np.zeros((30, 30), np.float32), radius_px=6.0, config=BaselineConfig())
    assert cells[15].sum() == 16
    assert cells[7, 15] == 1
    assert cells[6, 15] == 0


@pytest.mark.parametrize("shape", [(0, 5, 2), (1, 1, 2), (1, 40, 2), (3, 2, 2), (64, 64, 2)])
@pytest.mark.parametrize("value", [0.0, 7.5])
def test_constant_images_have_no_instances(shape, value):
    found = BaselinePredictor().predict(np.full(shape, value, np.float32))
    assert {name: labels.shape for name, labels in found.items()} == {
        "whole_cell": shape[:2],
        "nuclear": shape[:2],
    }
    assert not any(labels.any() for labels in found.values())


@pytest.mark.parametrize("shape", [(1, 2), (2, 1), (1, 40), (5, 3), (16, 17)])
def test_small_images_of_noise_are_survived(shape):
    noise = np.random.default_rng(3).random((*shape, 2))
    found = BaselinePredictor().predict(noise)
    assert found["nuclear"].shape == shape


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.float64])
def test_any_real_dtype_is_taken(dtype):
    image, _ = discs(radius=8)
    found = BaselinePredictor().predict(two_channels((image / 8).astype(dtype)))
    assert found["nuclear"].shape == image.shape


def test_a_wrong_shape_is_refused():
    with pytest.raises(
        InvalidPredictorInput, match=r"shape \(row, col, channel\).*this one has shape \(4, 4\)"
    ):
        BaselinePredictor().predict(np.zeros((4, 4)))


def test_nan_is_refused():
    image = np.zeros((4, 4, 2))
    image[1, 1, 0] = np.nan
    image[2, 1, 1] = np.inf
    with pytest.raises(InvalidPredictorInput, match="2 values of the image are NaN or infinite"):
        BaselinePredictor().predict(image)


def test_complex_numbers_are_refused():
    with pytest.raises(InvalidPredictorInput, match="dtype complex128"):
        BaselinePredictor().predict(np.zeros((4, 4, 2), complex))


def test_a_nucleus_that_stands_out_more_is_surer():
    image, labels = discs(radius=8)
    dim = np.where(labels == 6, 100 + (image - 100) / 2, image)
    sure = BaselinePredictor().predict_scored(two_channels(dim))
    nuclei = sure.labels["nuclear"]
    of = {label: sure.confidences["nuclear"][nuclei[labels == label].max()] for label in (5, 6)}
    assert 0 < of[6] < 0.9 * of[5] < 1
    np.testing.assert_array_equal(sure.confidences["nuclear"], sure.confidences["whole_cell"])
    assert sure.confidences["nuclear"][0] == 0
    assert {len(values) for values in sure.leftovers.values()} == {0}
    assert set(sure.seconds) == {"nuclei", "cells", "match"}


def test_an_image_of_nothing_has_no_confidences():
    sure = BaselinePredictor().predict_scored(np.zeros((20, 30, 2)))
    assert {name: values.tolist() for name, values in sure.confidences.items()} == {
        "whole_cell": [0.0],
        "nuclear": [0.0],
    }


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            (8, 9, 1),
            r"takes 2 channels, \[nuclear, membrane\]; the image of shape .* has 1\. Choose the channels",
        ),
        ((2, 8, 9), "has 9. Its first axis seems to be that of the channels: move it to the end"),
    ],
)
def test_wrong_channels_are_refused(shape, message):
    with pytest.raises(InvalidPredictorInput, match=message):
        BaselinePredictor().predict(np.zeros(shape))
