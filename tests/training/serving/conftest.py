"""Weights as they were drawn are enough to compare ways of running a network."""

from pathlib import Path

import pytest

from training.config import UNetConfig
from training.model_folder import write_model_folder


@pytest.fixture(scope="session")
def fresh_folder(tiny_config: UNetConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model folder of a tiny network that was not trained."""
    from training.network import build_network

    folder = tmp_path_factory.mktemp("fresh") / "model"
    model = build_network(tiny_config)
    write_model_folder(folder, model, config=tiny_config, compartments=tiny_config.compartments, metrics={})
    return folder
