"""Networks of more than two channels: the names go from the dataset to the model and to what it predicts."""

import hashlib
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from pipeline.dataset import build_dataset
from tests.training.conftest import TINY, tissue_item
from training import train as training
from training.baseline import BaselinePredictor
from training.errors import UnsupportedModel, UnusableDataset
from training.evaluate import evaluate_predictor
from training.model_folder import channel_names, read_description, write_model_folder
from training.network import build_network
from training.predictor import load_predictor
from training.train import train_model
from training.training_data import load_training_data

SIX = ("nuclear", "membrane", "CD3", "CD8", "CD20", "CD68")
CONFIG = replace(TINY, n_channels=6)


def six_channels(number):
    item = tissue_item(number)
    others = np.random.default_rng(number).random((*item.image.shape[:2], 4), dtype=np.float32)
    return replace(item, image=np.concatenate([item.image, others], axis=-1))


def build(folder, channels):
    build_dataset(map(six_channels, range(3)), folder, fractions=(0.4, 0.3, 0.3), size=192, channels=channels)
    return folder


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return build(tmp_path_factory.mktemp("six") / "data", SIX)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("six") / "model"
    network = build_network(CONFIG)
    write_model_folder(
        folder, network, config=CONFIG, compartments=CONFIG.compartments, metrics={}, input_channels=SIX
    )
    return folder


def test_a_predictor_takes_the_channels_that_its_model_names(model):
    predictor = load_predictor(model)
    assert predictor.input_channels == predictor.scaled().input_channels == SIX
    assert predictor.adjusted({"nuclear": {"radius_px": 3}}).input_channels == SIX
    assert BaselinePredictor().input_channels == SIX[:2]


def fit_nothing(run):
    run.state.best_val_loss = 1.0
    return "budget"


def test_a_training_names_the_channels_of_its_dataset(dataset, model, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "fit_network", fit_nothing)
    for base in (None, model):
        out = tmp_path / f"from-{base is None}"
        folder = train_model(dataset, out, config=CONFIG, base=base, epochs=1).folder
        assert read_description(folder).input_channels == SIX


def test_channels_in_another_order_or_number_are_refused(dataset, model, tmp_path):
    other = build(tmp_path / "other", (*SIX[:2], *reversed(SIX[2:])))
    with pytest.raises(UnusableDataset, match=r"its channels are .*'CD68', 'CD20', .* in this order"):
        train_model(other, tmp_path / "worse", base=model, epochs=1)
    with pytest.raises(UnusableDataset, match=r"its channels are .*'CD68'.*, the predictor takes .*'CD3'"):
        evaluate_predictor(load_predictor(model), other)
    with pytest.raises(UnusableDataset, match=r"has 6 channels, the network takes 2. Build the dataset with"):
        load_training_data(dataset, config=TINY)


def test_where_nothing_names_channels_their_numbers_do():
    assert channel_names(replace(TINY, n_channels=4)) == ("nuclear", "membrane", "channel 2", "channel 3")
    assert channel_names(replace(TINY, n_channels=1)) == ("nuclear",)


@pytest.mark.parametrize("named", [None, "sixsix", list(SIX[:5]), [*SIX[:5], "CD3"], [*SIX[:5], 6]])
def test_a_model_that_names_other_channels_than_its_network_has_is_refused(model, tmp_path, named):
    folder = shutil.copytree(model, tmp_path / "model")
    description = json.loads((folder / "model.json").read_text())
    text = json.dumps({**description, "input_channels": named})
    (folder / "model.json").write_text(text)
    checksums = json.loads((folder / "checksums.json").read_text())
    checksums["model.json"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / "checksums.json").write_text(json.dumps(checksums))
    with pytest.raises(UnsupportedModel, match=r"names the input channels .*; its network takes 6, each of"):
        read_description(folder)
