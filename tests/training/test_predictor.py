import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from pipeline.metrics import score_labels
from pipeline.synthetic import synthetic_tissue
from pipeline.windows import Window
from training import network_predictor
from training.baseline import BaselinePredictor
from training.errors import InvalidPredictorInput, MissingModelFile
from training.model_folder import read_model_folder
from training.network_predictor import NetworkPredictor
from training.predictor import load_predictor, predict_at_scale
from training.preprocess import preprocess_image
from training.rescale import Scaling, plan_shrink
from training.serving.networks import KerasNetwork


@pytest.fixture(scope="module")
def unet(trained):
    return load_predictor(trained[0].folder)


def tissue_image(shape, *, seed=50):
    return synthetic_tissue(seed, shape=shape).image.astype(np.float32)


def test_the_baseline_has_a_name():
    assert isinstance(load_predictor("baseline"), BaselinePredictor)


def test_a_missing_model_folder_is_refused(tmp_path):
    with pytest.raises(MissingModelFile):
        load_predictor(tmp_path)


def test_keras_is_not_imported_for_the_baseline():
    code = (
        "import sys, training, training.baseline, training.predictor, training.evaluate;"
        "import training.large_images;"
        "training.predictor.load_predictor('baseline');"
        "sys.exit(bool({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_loading_keras_is_silent():
    code = "import training.keras_backend"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_both_compartments_come_matched(unet):
    found = unet.predict(tissue_image((128, 160)))
    assert set(found) == {"whole_cell", "nuclear"} == set(unet.compartments)
    assert {plane.dtype for plane in found.values()} == {np.dtype(np.int32)}
    assert {plane.shape for plane in found.values()} == {(128, 160)}
    assert found["nuclear"].max() > 10


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (37, 64), (300, 20)])
def test_any_shape_is_predicted(unet, shape):
    image = np.random.default_rng(0).random((*shape, 2)).astype(np.float32)
    assert {plane.shape for plane in unet.predict(image).values()} == {shape}


@pytest.mark.parametrize("shape", [(0, 10), (40, 40)])
def test_an_image_without_signal_has_no_instances(unet, shape):
    assert not any(plane.any() for plane in unet.predict(np.full((*shape, 2), 3.0)).values())


def test_nan_is_refused(unet):
    with pytest.raises(InvalidPredictorInput, match="1 values of the image are NaN"):
        unet.predict(np.full((1, 1, 2), [np.nan, 0.0]))


def test_a_model_of_one_compartment_predicts_that_one(trained):
    model, description = read_model_folder(trained[0].folder)
    predictor = NetworkPredictor(KerasNetwork(model), config=description.config, compartments=("nuclear",))
    assert set(predictor.predict(tissue_image((64, 64)))) == {"nuclear"}


def test_small_tiles_give_the_instances_of_large_ones(trained, unet):
    image = tissue_image((400, 440))
    model, description = read_model_folder(trained[0].folder)
    tiled = NetworkPredictor(
        KerasNetwork(model), config=description.config, compartments=description.compartments, tile_px=256
    )
    whole, parts = unet.predict(image), tiled.predict(image)
    for name in whole:
        assert score_labels(whole[name], parts[name], iou=0.9).f1 > 0.97


def test_a_shifted_calibration_changes_what_is_seen(unet):
    image = tissue_image((128, 128))
    dim = unet.calibrated([image * 100, image])
    assert dim.predict(image)["nuclear"].max() < unet.predict(image)["nuclear"].max()


def test_confidence_is_the_mean_probability_of_the_interior(unet):
    image = tissue_image((128, 160))
    found = unet.predict_scored(image)
    maps = unet.predict_maps(preprocess_image(image, config=unet.config.preprocess))
    for name, labels in found.labels.items():
        assert np.array_equal(labels, unet.predict(image)[name])
        values = found.confidences[name]
        assert (values.dtype, len(values), values[0]) == (np.float32, labels.max() + 1, 0)
        inside = maps[name][1][labels == 3].mean()
        assert values[3] == pytest.approx(inside, rel=1e-5)
        assert ((values >= 0) & (values <= 1)).all()
    assert set(found.seconds) == {"preprocess", "network", "postprocess", "match"}


def with_largest(unet, max_object_px):
    """The predictor with another limit of the size of objects."""
    return with_preprocess(unet, max_object_px=max_object_px)


def with_preprocess(unet, **changes):
    preprocess = replace(unet.config.preprocess, **changes)
    return NetworkPredictor(
        unet._network, config=replace(unet.config, preprocess=preprocess), compartments=unet.compartments
    )


def test_large_objects_are_seen_shrunken_and_brought_back(unet, monkeypatch):
    asked = []

    def estimate(look, read, shape, *, max_object_px):
        asked.append((read(Window(2, 3, 4, 5)).shape, shape, max_object_px))
        assert look(np.zeros((32, 32, 2), np.float32)).labels["nuclear"].shape == (32, 32)
        return 4

    monkeypatch.setattr(network_predictor, "estimate_shrink", estimate)
    image = tissue_image((64, 90)).repeat(4, axis=0).repeat(4, axis=1)
    predictor = with_largest(unet, 60.0)
    found = predictor.predict_scored(image)
    assert asked == [((4, 5, 2), (256, 360), 60.0)]
    scaling = plan_shrink((256, 360), 4)
    seen = unet.predict_scored(scaling.see(image))
    for name, plane in scaling.bring_back(seen.labels).items():
        assert plane.max() > 10
        assert np.array_equal(found.labels[name], plane)
        assert np.array_equal(found.confidences[name], seen.confidences[name])
    assert set(found.seconds) == {"scale", "preprocess", "network", "postprocess", "match"}


def test_a_scale_that_is_chosen_already_is_not_estimated(unet, monkeypatch):
    monkeypatch.setattr(network_predictor, "estimate_shrink", None)
    image = tissue_image((100, 90))
    for predictor in (with_largest(unet, None), with_largest(unet, 60.0).scaled()):
        assert predictor.choose_shrink(lambda window: image[window.slices], (100, 90)) == 1
        assert np.array_equal(predictor.predict(image)["nuclear"], unet.predict(image)["nuclear"])


def test_squares_of_a_large_image_are_looked_at_with_its_intensities(unet, monkeypatch):
    image = np.zeros((2100, 64, 2), np.float32)
    image[:64], dark = 1000 * tissue_image((64, 64)), tissue_image((64, 64))
    image[-64:] = dark
    found = []

    def estimate(look, read, shape, *, max_object_px):
        found.append(look(dark).labels["nuclear"])
        return 1

    monkeypatch.setattr(network_predictor, "estimate_shrink", estimate)
    predictor = with_largest(unet, 60.0)
    for rows in (slice(None), slice(2000, None)):
        part = image[rows]
        assert predictor.choose_shrink(lambda window, part=part: part[window.slices], part.shape[:2]) == 1
    assert not found[0].any()
    assert found[1].max() > 5


def test_nuclei_of_a_known_size_are_left_as_they_are(unet):
    image = tissue_image((300, 320))
    predictor = with_largest(unet, 60.0)
    assert predictor.choose_shrink(lambda window: image[window.slices], (300, 320)) == 1
    assert np.array_equal(predictor.predict(image)["nuclear"], unet.predict(image)["nuclear"])
    assert "scale" in predictor.predict_scored(image).seconds


def test_an_image_of_coarse_pixels_is_seen_enlarged(unet):
    coarse = with_preprocess(unet, coarsest_um=0.75)
    image = tissue_image((100, 90))
    found = predict_at_scale(coarse, image, pixel_size_um=1.0)
    scaling = Scaling((100, 90), (200, 180))
    seen = scaling.bring_back(unet.predict(scaling.see(image)))
    for name, plane in unet.predict(image).items():
        assert np.array_equal(found[name], seen[name])
        assert not np.array_equal(found[name], plane)
        for pixel_size_um in (None, 0.5):
            as_it_is = predict_at_scale(coarse, image, pixel_size_um=pixel_size_um)
            assert np.array_equal(as_it_is[name], plane)


def test_where_sizes_of_pixels_decide_objects_do_not(unet, monkeypatch):
    def estimate(*_args, **_options):
        raise AssertionError("nobody asks how large the objects are")

    image = tissue_image((100, 90))
    told = with_preprocess(unet, pixel_size_um=0.5, max_object_px=60.0)
    monkeypatch.setattr(network_predictor, "estimate_shrink", estimate)
    for pixel_size_um in (0.5, 0.505):
        found = predict_at_scale(told, image, pixel_size_um=pixel_size_um)
        assert np.array_equal(found["nuclear"], unet.predict(image)["nuclear"])
    with pytest.raises(AssertionError, match="nobody asks"):
        predict_at_scale(told, image, pixel_size_um=None)
