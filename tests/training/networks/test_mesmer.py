from dataclasses import replace

import keras
import numpy as np
import pytest

from training.augment import training_batch
from training.config import MesmerConfig
from training.errors import InvalidConfig
from training.fit_config import FitConfig
from training.network import build_network
from training.networks.coordinates import Coordinates
from training.networks.resnet import resnet_stages
from training.presets import load_preset
from training.train import _compile
from training.training_data import load_training_data

NARROW = MesmerConfig(
    blocks=(1, 1, 1, 1),
    width=4,
    pyramid_filters=8,
    upsample_filters=6,
    head_filters=8,
    fit=FitConfig(crop_px=128, batch_size=2, learning_rate=3e-3),
)


def test_the_backbone_is_resnet50():
    image = keras.Input((None, None, 3))
    stages = resnet_stages(image, blocks=(3, 4, 6, 3), width=64)
    assert [stage.shape[-1] for stage in stages] == [256, 512, 1024, 2048]
    # The number of parameters of ResNet50 without its classifier.
    assert keras.Model(image, stages).count_params() == 23_587_712


@pytest.mark.parametrize(
    ("name", "n_parameters"),
    [("mesmer", 30_744_471), ("mesmer-as-shipped", 26_017_943)],
)
def test_presets_have_as_many_parameters_as_is_written(name, n_parameters):
    assert build_network(load_preset(name)).count_params() == n_parameters


@pytest.mark.parametrize("changes", [{}, {"depthwise": False, "levels": "finest", "coordinates": False}])
def test_four_heads_at_the_resolution_of_an_input_that_is_no_square(changes):
    config = replace(NARROW, stem_channels=None, **changes)
    model = build_network(config)
    image = np.random.default_rng(0).random((1, 128, 256, 2), np.float32)
    answers = {name: np.asarray(answer) for name, answer in model(image, training=False).items()}
    assert {name: answer.shape for name, answer in answers.items()} == {
        "whole_cell_distance": (1, 128, 256, 1),
        "whole_cell_pixelwise": (1, 128, 256, 3),
        "nuclear_distance": (1, 128, 256, 1),
        "nuclear_pixelwise": (1, 128, 256, 3),
    }
    assert np.allclose(answers["nuclear_pixelwise"].sum(-1), 1, atol=1e-5)
    assert answers["nuclear_distance"].min() >= 0


def test_coordinates_run_from_zero_to_one_along_each_axis():
    image = np.zeros((2, 3, 5, 1), np.float32)
    joined = np.asarray(Coordinates()(image))
    assert joined.shape == (2, 3, 5, 3)
    assert np.allclose(joined[1, :, 4, 1], [0, 0.5, 1])
    assert np.allclose(joined[0, 2, :, 2], [0, 0.25, 0.5, 0.75, 1])
    assert Coordinates().compute_output_shape((None, None, None, 1)) == (None, None, None, 3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(Coordinates()))
    assert np.allclose(np.asarray(again(image)), joined)


def test_no_layer_holds_code():
    layers = build_network(load_preset("mesmer")).layers
    assert not [layer for layer in layers if isinstance(layer, keras.layers.Lambda)]


def test_six_channels_learn(dataset_dir):
    config = replace(NARROW, n_channels=6)
    data = load_training_data(dataset_dir, config=replace(config, n_channels=2))
    crops = [replace(crop, image=np.tile(crop.image, 3)) for crop in data.train]
    model = _compile(config, seed=0)
    batch = training_batch(crops, config=config, seed=0, step=0)
    losses = []
    for _ in range(6):
        model.reset_metrics()
        losses.append(float(model.train_on_batch(*batch, return_dict=True)["loss"]))
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blocks": (3, 4, 6)}, r"blocks is \(3, 4, 6\); give four numbers of 1 to 64"),
        ({"levels": "p3"}, "levels is 'p3'; choose one of"),
        ({"blocks": (3, 4, 6, 10**6)}, "of 1 to 64"),
        ({"width": 0}, "width is 0; choose from 1 to 128"),
        ({"head_filters": 4097}, "head_filters is 4097; choose from 1 to 4096"),
        ({"network": "unet"}, "network is 'unet'; the config of a mesmer says 'mesmer'"),
        ({"fit": FitConfig(crop_px=96)}, "crop_px is 96; this mesmer takes multiples of 128"),
    ],
)
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(InvalidConfig, match=message):
        replace(NARROW, **changes)
