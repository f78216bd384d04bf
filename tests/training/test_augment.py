from dataclasses import replace

import numpy as np
import pytest

from training.augment import prepare_crop
from training.config import UNetConfig
from training.preprocess import PreprocessConfig, preprocess_image
from training.rescale import plan_shrink

RADIUS_PX = 50


@pytest.fixture
def crop():
    """Four large nuclei and cells around them; a corner without truth."""
    rows, cols = np.indices((260, 301))
    from_centre = np.hypot(rows % 130 - 65, cols % 150 - 75)
    numbers = rows // 130 * 3 + cols // 150 + 1
    labels = np.stack([np.where(from_centre < RADIUS_PX + d, numbers, 0) for d in (12, 0)], axis=-1)
    labels[:8, :8] = -1
    image = np.stack([100.0 * (from_centre < RADIUS_PX), 5.0 * cols], axis=-1)
    return image.astype(np.float32), labels.astype(np.int32)


def config(max_object_px):
    preprocess = PreprocessConfig(clahe_kernel_px=0, max_object_px=max_object_px)
    return replace(UNetConfig(), preprocess=preprocess)


@pytest.mark.parametrize(("max_object_px", "shrink"), [(60.0, 2), (30.0, 4), (16.0, 8)])
def test_a_crop_of_large_instances_is_shrunken_as_images_to_predict_are(crop, max_object_px, shrink):
    image, labels = crop
    prepared = prepare_crop(image, labels, config=config(max_object_px))
    scaling = plan_shrink(labels.shape[:2], shrink)
    seen = preprocess_image(scaling.see(image), config=config(max_object_px).preprocess)
    assert np.array_equal(prepared.image, seen)
    assert prepared.labels.shape == (*scaling.scaled, 2)
    assert {target.shape[:2] for target in prepared.targets.values()} == {scaling.scaled}
    for plane in (0, 1):
        before, after = (array[..., plane] for array in (labels, prepared.labels))
        assert set(np.unique(after)) == set(np.unique(before))
        areas = [np.bincount(array[array > 0], minlength=6)[1:] for array in (before, after)]
        np.testing.assert_allclose(areas[1] * shrink**2, areas[0], rtol=0.12)


@pytest.mark.parametrize("max_object_px", [None, 101.0])
def test_a_crop_of_instances_that_fit_is_left_as_it_is(crop, max_object_px):
    image, labels = crop
    prepared = prepare_crop(image, labels, config=config(max_object_px))
    assert prepared.labels is labels
    assert prepared.image.shape == image.shape
