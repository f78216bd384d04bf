import numpy as np
import pytest

from training.config import UNetConfig
from training.keras_backend import quiet_files
from training.network import build_network


def test_the_default_network_is_light():
    assert 0.2e6 < build_network(UNetConfig()).count_params() < 0.5e6


def test_four_heads_at_full_resolution():
    model = build_network(UNetConfig())
    answers = model(np.zeros((1, 64, 32, 2), np.float32), training=False)
    assert {name: tuple(answer.shape) for name, answer in answers.items()} == {
        "whole_cell_distance": (1, 64, 32, 1),
        "whole_cell_pixelwise": (1, 64, 32, 3),
        "nuclear_distance": (1, 64, 32, 1),
        "nuclear_pixelwise": (1, 64, 32, 3),
    }
    assert np.allclose(np.asarray(answers["nuclear_pixelwise"]).sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize("changes", [{"n_channels": 6}, {"compartments": ("nuclear",)}, {"filters": (8,)}])
def test_other_shapes_are_built(changes):
    config = UNetConfig(**changes)
    model = build_network(config, shape_px=32)
    assert model.input_shape == (None, 32, 32, config.n_channels)
    assert len(model.outputs) == 2 * len(config.compartments)


def test_weights_survive_a_file(tmp_path):
    config = UNetConfig(filters=(4, 6), head_filters=4)
    model, other = build_network(config, shape_px=32), build_network(config)
    with quiet_files():
        model.save_weights(tmp_path / "a.weights.h5")
        other.load_weights(tmp_path / "a.weights.h5")
    image = np.random.default_rng(0).random((1, 32, 32, 2)).astype(np.float32)
    first, second = model(image, training=False), other(image, training=False)
    assert all(np.array_equal(np.asarray(first[name]), np.asarray(second[name])) for name in first)
