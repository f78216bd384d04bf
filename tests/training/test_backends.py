"""Weights, configs and predictions do not depend on the backend that Keras runs on."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.networks.test_mesmer import NARROW
from training.config import config_to_dict
from training.keras_backend import keras
from training.model_folder import read_model_folder, write_model_folder
from training.network import build_network

ROOT = Path(__file__).parents[2]

# Reads model folders under JAX, answers an image, writes the folders anew; then trains a model of its own.
JAX_SIDE = """
import json, sys
from pathlib import Path
import numpy as np
from training.config import network_config_from_dict
from training.keras_backend import keras
from training.model_folder import read_model_folder, write_model_folder
from training.train import train_model

folder, dataset, config = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
assert keras.config.backend() == "jax"
image = np.load(folder / "image.npy")
for name in ("unet", "mesmer"):
    model, description = read_model_folder(folder / name)
    model.compile(jit_compile=True)
    np.savez(folder / f"{name}.npz", **model.predict_on_batch(image))
    write_model_folder(
        folder / f"{name}-again",
        model,
        config=description.config,
        compartments=description.compartments,
        metrics=description.metrics,
    )
train_model(dataset, folder / "trained", config=network_config_from_dict(config), epochs=1)
model, _ = read_model_folder(folder / "trained")
model.compile(jit_compile=True)
np.save(folder / "trained.npy", model.predict_on_batch(image)["nuclear_distance"])
"""


def answers_of(model, image):
    return {name: np.asarray(answer) for name, answer in model(image, training=False).items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, dataset_dir, tiny_config):
    """Models written here, read and written again in a process under JAX."""
    assert keras.config.backend() == "tensorflow"
    folder = tmp_path_factory.mktemp("backends")
    np.save(folder / "image.npy", np.random.default_rng(0).random((1, 128, 128, 2), np.float32))
    nuclear = replace(NARROW, compartments=("nuclear",))
    for name, config in (("unet", tiny_config), ("mesmer", nuclear)):
        keras.utils.set_random_seed(1)
        write_model_folder(
            folder / name,
            build_network(config),
            config=config,
            compartments=config.compartments,
            metrics={"seed": 1},
        )
    command = [
        sys.executable, "-c", JAX_SIDE, str(folder), str(dataset_dir), json.dumps(config_to_dict(tiny_config))
    ]  # fmt: skip
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.mark.parametrize("name", ["unet", "mesmer"])
def test_predictions_are_the_same_and_weights_come_back_unchanged(folder, name):
    image = np.load(folder / "image.npy")
    model, description = read_model_folder(folder / name)
    here = answers_of(model, image)
    with np.load(folder / f"{name}.npz") as there:
        assert set(there.files) == set(here)
        assert all(np.allclose(there[key], here[key], atol=1e-4) for key in here)
    again, same = read_model_folder(folder / f"{name}-again")
    assert same == description
    pairs = zip(model.get_weights(), again.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_what_was_trained_under_jax_predicts_the_same_here(folder):
    model, description = read_model_folder(folder / "trained")
    assert description.metrics["n_steps"] == 3
    here = answers_of(model, np.load(folder / "image.npy"))["nuclear_distance"]
    assert np.allclose(here, np.load(folder / "trained.npy"), atol=1e-4)
