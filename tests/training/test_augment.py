from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.augment import _place, prepare_crop, training_batch
from training.config import FitConfig, UNetConfig
from training.preprocess import PreprocessConfig, preprocess_image
from training.rescale import plan_shrink
from training.targets import BACKGROUND, INTERIOR

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


@pytest.mark.parametrize(("pixel_size_um", "factor"), [(1.0, 2), (0.5, 1), (None, 1)])
def test_a_crop_of_coarse_pixels_is_enlarged_as_images_to_predict_are(crop, pixel_size_um, factor):
    image, labels = crop
    coarse = replace(UNetConfig(), preprocess=PreprocessConfig(clahe_kernel_px=0, coarsest_um=0.75))
    prepared = prepare_crop(image, labels, config=coarse, pixel_size_um=pixel_size_um)
    shape = (260 * factor, 301 * factor)
    assert prepared.image.shape == (*shape, 2)
    assert {target.shape[:2] for target in prepared.targets.values()} == {shape}
    assert np.array_equal(prepared.labels, labels.repeat(factor, axis=0).repeat(factor, axis=1))


def disks(side, *centres, radius_px=9):
    """A crop whose image is bright exactly where its cells are, and that has truth everywhere."""
    rows, cols = np.indices((side, side))
    labels = np.zeros((side, side), np.int32)
    for number, (row, col) in enumerate(centres, start=1):
        labels[np.hypot(rows - row, cols - col) < radius_px] = number
    image = np.repeat((labels > 0).astype(np.float32)[..., None], 2, axis=-1)
    return prepare_crop(image, np.stack([labels, labels], axis=-1), config=config(None))


def squares(crop, n_steps, **fit):
    """Every image and its targets of some steps."""
    changed = replace(UNetConfig(), fit=FitConfig(crop_px=64, batch_size=8, **fit))
    for step in range(n_steps):
        images, targets = training_batch([crop], config=changed, seed=0, step=step)
        for number, image in enumerate(images):
            yield image[..., 0], {name: target[number] for name, target in targets.items()}


@pytest.mark.parametrize(("warp_share", "zoom_per_axis"), [(0.0, False), (1.0, False), (1.0, True)])
def test_image_and_targets_show_the_same_place(warp_share, zoom_per_axis):
    crop = disks(96, (20, 20), (40, 70), (75, 30), (80, 80))
    right = {"interior": [], "background": [], "centre": []}
    for image, targets in squares(crop, 6, warp_share=warp_share, zoom_per_axis=zoom_per_axis):
        bright, pixelwise = image > 0.3, targets["nuclear_pixelwise"]
        right["interior"].append(bright[pixelwise[..., INTERIOR] == 1])
        right["background"].append(~bright[pixelwise[..., BACKGROUND] == 1])
        right["centre"].append(bright[targets["nuclear_distance"][..., 0] > 0.5])
    for name, found in right.items():
        assert np.concatenate(found).mean() > 0.99, name


def test_squares_are_turned_and_mirrored_in_all_eight_ways():
    crop = disks(64, (12, 26), radius_px=5)
    centres = {
        tuple(np.round(np.argwhere(image > 0.3).mean(axis=0)).astype(int))
        for image, _ in squares(crop, 8, warp_share=0.0)
    }
    ends = {(a, b) for a in (12, 51) for b in (26, 37)}
    assert centres == ends | {(b, a) for a, b in ends}


def whole_shapes(crop, n_steps, **fit):
    """Rows and columns of what is bright, of the squares that show all of it."""
    for image, _ in squares(crop, n_steps, warp_share=1.0, **fit):
        bright = image > 0.3
        rim = (bright[0], bright[-1], bright[:, 0], bright[:, -1])
        if bright.any() and not any(side.any() for side in rim):
            yield np.argwhere(bright).astype(float)


@pytest.mark.parametrize("zoom_per_axis", [False, True])
def test_squares_are_zoomed_up_to_the_limit(zoom_per_axis):
    crop = disks(64, (32, 32), radius_px=9)
    found = list(whole_shapes(crop, 8, max_zoom=2.0, zoom_per_axis=zoom_per_axis))
    areas = [len(places) / np.count_nonzero(crop.image[..., 0]) for places in found]
    assert 0.2 < min(areas) < 0.5
    assert 2.0 < max(areas) < 5.0
    # One factor for both axes keeps a disk a disk.
    spreads = [places.std(axis=0) for places in found]
    assert (max(rows / cols for rows, cols in spreads) > 1.3) == zoom_per_axis


def test_squares_are_rotated_by_any_angle():
    crop = disks(96, (48, 40), (48, 56), radius_px=6)
    axes = [np.linalg.eigh(np.cov(places.T))[1][:, 1] for places in whole_shapes(crop, 8, max_zoom=1.0)]
    degrees = np.sort(np.degrees([np.arctan2(*axis) % (np.pi / 2) for axis in axes]))
    assert len(degrees) > 20
    assert np.diff(degrees, prepend=0, append=90).max() < 25


def test_what_lies_outside_of_a_crop_carries_no_truth():
    shown = [
        np.array_equal(targets["nuclear_pixelwise"].sum(axis=-1), targets["nuclear_distance"][..., 1])
        and targets["nuclear_distance"][..., 1].mean()
        for _, targets in squares(disks(64, (30, 30)), 4, warp_share=1.0, max_zoom=2.0)
    ]
    assert all(shown)
    assert min(shown) < 0.6
    assert max(shown) == 1


def test_light_is_changed_and_an_empty_channel_stays_empty():
    crop = disks(64, (30, 30))
    blank = replace(crop, image=crop.image * np.array([1, 0], np.float32))
    changed = replace(UNetConfig(), fit=FitConfig(crop_px=64, batch_size=8))
    images, _ = training_batch([blank], config=changed, seed=0, step=0)
    assert not images[..., 1].any()
    assert np.ptp([image.max() for image in images[..., 0]]) > 0.1


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_every_crop_comes_up_once_before_any_comes_up_again(n_crops, seed):
    passes = [{_place(seed, start + place, n_crops) for place in range(n_crops)} for start in (0, n_crops)]
    assert passes == [set(range(n_crops))] * 2
