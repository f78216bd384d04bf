"""What of a dataset version can be trained on, and what is said when nothing can."""

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.io.dataset_files import file_sha256
from training.augment import prepare_crop
from training.errors import UnusableDataset
from training.training_data import load_training_data, validation_batches


def write_version(folder, image, labels, **manifest):
    """A dataset version of one crop in each of train and val, as some other program could write it."""
    folder.mkdir()
    files = {}
    for split, n_crops in (("train", 1), ("val", 1), ("test", 0)):
        path = folder / f"{split}.npz"
        np.savez(path, X=np.stack([image] * n_crops or [image])[:n_crops], y=np.stack([labels])[:n_crops])
        files[path.name] = {"sha256": file_sha256(path)}
    (folder / "manifest.json").write_text(json.dumps({"files": files, **manifest}))
    return folder


@pytest.fixture
def labels():
    planes = np.zeros((64, 64, 2), np.int32)
    planes[8:24, 8:24], planes[30:50, 30:50] = 1, 2
    return planes


@pytest.fixture
def image(labels):
    return (labels > 0).astype(np.float32) * 100


def test_one_crop_is_enough(tmp_path, image, labels, tiny_config):
    data = load_training_data(write_version(tmp_path / "data", image, labels), config=tiny_config)
    assert (len(data.train), data.compartments, data.validated_on) == (1, ("whole_cell", "nuclear"), "val")
    assert data.weights is None


def test_six_channels_are_taken_by_a_network_of_six(tmp_path, image, labels, tiny_config):
    folder = write_version(tmp_path / "data", np.tile(image, 3), labels, channels=list("abcdef"))
    data = load_training_data(folder, config=replace(tiny_config, n_channels=6))
    assert data.train[0].image.shape == (64, 64, 6)
    with pytest.raises(UnusableDataset, match="has 6 channels, the network takes 2"):
        load_training_data(folder, config=tiny_config)


def test_the_checksum_sees_images_labels_and_weights(tmp_path, image, labels, tiny_config):
    data = load_training_data(write_version(tmp_path / "data", image, labels), config=tiny_config)
    crop, (seen, targets) = data.train[0], data.validation[0]
    others = [
        replace(data, train=[replace(crop, image=crop.image + 1)]),
        replace(data, train=[replace(crop, labels=crop.labels[::-1])]),
        replace(data, weights=np.ones(1)),
        replace(data, validation=[]),
        replace(data, validation=[(seen, {name: 1 - item for name, item in targets.items()})]),
    ]
    assert len({data.checksum(), *(other.checksum() for other in others)}) == 6
    assert data.checksum() == replace(data).checksum()


def test_channels_in_another_order_are_refused(tmp_path, image, labels, tiny_config):
    folder = write_version(tmp_path / "data", image, labels, channels=["membrane", "nuclear"])
    with pytest.raises(UnusableDataset, match=r"channels are \['membrane', 'nuclear'\], the network takes"):
        load_training_data(folder, config=tiny_config)


def test_nan_is_refused_and_its_crop_named(tmp_path, image, labels, tiny_config):
    image[3, 4, 0] = np.nan
    folder = write_version(tmp_path / "data", image, labels)
    with pytest.raises(UnusableDataset, match="crop 0 of the train split has NaN or infinity"):
        load_training_data(folder, config=tiny_config)


def test_labels_without_any_cell_are_refused(tmp_path, image, labels, tiny_config):
    folder = write_version(tmp_path / "data", image, labels * 0)
    with pytest.raises(UnusableDataset, match="has no instance of whole_cell or nuclear"):
        load_training_data(folder, config=tiny_config)


def test_crops_without_truth_are_left_out(tmp_path, image, labels, tiny_config):
    folder = write_version(tmp_path / "data", image, np.full_like(labels, -1))
    with pytest.raises(UnusableDataset, match="the training split has no crops"):
        load_training_data(folder, config=tiny_config)


def test_weights_of_sources_reach_the_draws(tmp_path, image, labels, tiny_config):
    sources = [
        {"split": "train", "crops": [[0, 0, 64, 64]], "provenance": {"weight": 2.0}},
        {"split": "val", "crops": [[0, 0, 64, 64]]},
    ]
    folder = write_version(tmp_path / "data", image, labels, sources=sources)
    assert load_training_data(folder, config=tiny_config).weights is None
    sources[0]["crops"] *= 2
    other = write_version(tmp_path / "other", image, labels, sources=sources)
    with pytest.raises(UnusableDataset, match="lists 2 crops of the train split, the split holds 1"):
        load_training_data(other, config=tiny_config)


def test_crops_of_coarse_pixels_are_enlarged(tmp_path, image, labels, tiny_config):
    coarse = replace(tiny_config, preprocess=replace(tiny_config.preprocess, coarsest_um=0.75))
    sources = [
        {"split": "train", "crops": [[0, 0, 64, 64]], "provenance": {"pixel_size_um": 1.0}},
        {"split": "val", "crops": [[0, 0, 64, 64]], "provenance": {"pixel_size_um": None}},
    ]
    folder = write_version(tmp_path / "data", image, labels, sources=sources)
    assert load_training_data(folder, config=coarse).train[0].image.shape == (128, 128, 2)
    assert load_training_data(folder, config=tiny_config).train[0].image.shape == (64, 64, 2)
    sources[0]["provenance"]["pixel_size_um"] = "1 um"
    other = write_version(tmp_path / "other", image, labels, sources=sources)
    with pytest.raises(UnusableDataset, match="says pixel_size_um '1 um' of a source; a number above 0"):
        load_training_data(other, config=coarse)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda labels: labels[..., :1], r"64, 64, 1\) of int32; to its images belongs one plane of whole"),
        (lambda labels: labels[:32], r"labels of shape \(1, 32, 64, 2\)"),
        (lambda labels: labels.astype(np.float32), r"64, 64, 2\) of float32"),
        (lambda labels: labels - 2, "a label of -2 in the train split; labels are -1"),
    ],
)
def test_labels_that_are_none_are_refused(tmp_path, image, labels, tiny_config, change, message):
    folder = write_version(tmp_path / "data", image, change(labels))
    with pytest.raises(UnusableDataset, match=message):
        load_training_data(folder, config=tiny_config)


@pytest.mark.parametrize("n_crops", [1, 3, 4, 5, 7])
def test_every_square_is_validated_once(n_crops, small_config):
    """Batches of 4; each crop is as bright as its number says and has two squares of truth."""
    labels = np.zeros((64, 128, 2), np.int32)
    labels[20:40, 10:30], labels[20:40, 90:120] = 1, 2
    crops = []
    for number in range(1, n_crops + 1):
        crop = prepare_crop(np.ones((64, 128, 2), np.float32), labels, config=small_config)
        crops.append(replace(crop, image=np.full((64, 128, 2), number, np.float32)))
    batches = validation_batches(crops, config=small_config)
    assert {images.shape for images, _ in batches} == {(4, 64, 64, 2)}
    numbers, n_known = [], []
    for images, targets in batches:
        known = targets["nuclear_distance"][..., 1].any(axis=(1, 2))
        assert np.array_equal(known, images.any(axis=(1, 2, 3)))
        assert np.array_equal(known, targets["whole_cell_pixelwise"].any(axis=(1, 2, 3)))
        numbers += images[known, 0, 0, 0].astype(int).tolist()
        n_known.append(int(known.sum()))
    assert numbers == [number for number in range(1, n_crops + 1) for _ in range(2)]
    assert max(n_known) - min(n_known) <= 1
