import hashlib
import json
import shutil

import h5py
import pytest

from training import model_folder
from training.errors import (
    AlteredModelFile,
    InvalidModelFolder,
    MissingModelFile,
    ModelFileTooLarge,
    UnsupportedModel,
    WrongWeights,
)
from training.model_folder import read_description, read_model_folder


@pytest.fixture
def folder(trained, tmp_path):
    """A copy of a model folder to damage."""
    return shutil.copytree(trained[0].folder, tmp_path / "model")


def change_description(folder, **changes):
    """Edit model.json and sign it again, as somebody who knows the format could."""
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    sign(folder)


def sign(folder):
    path = folder / "checksums.json"
    names = json.loads(path.read_text())
    path.write_text(
        json.dumps({name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names})
    )


def test_a_folder_comes_back_as_it_was_written(folder, trained):
    description = read_description(folder)
    assert description.compartments == ("whole_cell", "nuclear")
    assert description.metrics == trained[0].metrics
    assert description.config.filters == (8, 12, 16)
    model, again = read_model_folder(folder)
    assert again == description
    assert model.name == "unet"


@pytest.mark.parametrize("name", ["model.json", "weights.weights.h5", "metrics.json", "checksums.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(MissingModelFile, match=f"{name} is not there; a model folder holds"):
        read_description(folder)


def test_a_missing_folder_is_a_missing_file(tmp_path):
    with pytest.raises(MissingModelFile, match="nowhere"):
        read_description(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.json", "weights.weights.h5", "metrics.json"])
@pytest.mark.parametrize("damage", [lambda data: data[:-7], lambda data: data + b" ", lambda data: b""])
def test_a_truncated_or_altered_file_is_named(folder, name, damage):
    path = folder / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(AlteredModelFile, match=rf"{name} is truncated or altered: its sha256 is"):
        read_model_folder(folder)


@pytest.mark.parametrize(
    ("data", "why"), [(b"{", "it is no JSON"), (b"\xff\xfe", "no JSON"), (b"[]", "no JSON object")]
)
def test_damaged_checksums_are_refused(folder, data, why):
    (folder / "checksums.json").write_bytes(data)
    with pytest.raises(AlteredModelFile, match=why):
        read_description(folder)


def test_a_file_beyond_its_limit_is_not_read(folder, monkeypatch):
    monkeypatch.setitem(model_folder._MAX_BYTES, "weights.weights.h5", 10)
    with pytest.raises(ModelFileTooLarge, match="more than the 10 allowed"):
        read_description(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "resnet"}, "kind 'resnet', format version 2"),
        ({"kind": "mesmer"}, "of kind 'mesmer', but its config describes a 'unet'"),
        ({"format_version": 3}, "format version 3; this program reads"),
        ({"config": {"depth": 3}}, r"unknown settings \['depth'\]"),
        ({"config": 5}, "it must be an object"),
        ({"compartments": []}, r"names the compartments \[\]"),
        ({"compartments": 5}, "names the compartments 5"),
        ({"config": {"filters": [8, 10**6]}}, r"filters is \(8, 1000000\), head_filters 12; each must be"),
        ({"config": {"fit": {"learning_rate": 10**400}}}, "fit: learning_rate is 1000.*; it must be float"),
    ],
)
def test_an_unknown_model_is_refused(folder, changes, message):
    change_description(folder, **changes)
    with pytest.raises(UnsupportedModel, match=message):
        read_description(folder)


def test_a_folder_of_format_version_1_is_read(folder):
    config = json.loads((folder / "model.json").read_text())["config"]
    del config["network"]
    config["fit"] = {"learning_rate": 0.01}
    change_description(folder, format_version=1, config=config)
    assert read_description(folder).config.network == "unet"
    read_model_folder(folder)


def test_weights_of_another_config_are_refused(folder):
    config = json.loads((folder / "model.json").read_text())["config"]
    change_description(folder, config={**config, "filters": [8, 12, 20]})
    with pytest.raises(WrongWeights, match=r"weights.h5 does not fit the network that model.json describes"):
        read_model_folder(folder)


def test_weights_that_are_no_weights_are_refused(folder):
    (folder / "weights.weights.h5").write_bytes(b"nothing of the kind")
    sign(folder)
    with pytest.raises(WrongWeights, match="Copy both from the same training run"):
        read_model_folder(folder)


def test_weights_whose_tree_is_damaged_are_refused(folder):
    path = folder / "weights.weights.h5"
    path.write_bytes(path.read_bytes().replace(b"TREE", b"TREX"))
    sign(folder)
    with pytest.raises(WrongWeights, match=r"weights.h5 does not fit the network that"):
        read_model_folder(folder)


def test_weights_that_would_fill_the_memory_are_refused(folder):
    path = folder / "weights.weights.h5"
    with h5py.File(path, "r+") as file:
        file.create_dataset("layers/more", shape=(10**6, 10**6), dtype="f4", chunks=(1000, 1000))
    assert path.stat().st_size < 10**6
    sign(folder)
    with pytest.raises(
        WrongWeights, match=r"its arrays take 400\d{10} bytes, more than the 1073741824 allowed"
    ):
        read_model_folder(folder)


def test_a_number_that_is_too_long_to_be_read_is_refused(folder):
    (folder / "model.json").write_text('{"format_version": 1' + "0" * 5000 + "}")
    sign(folder)
    with pytest.raises(AlteredModelFile, match="it is no JSON"):
        read_description(folder)


def test_every_refusal_is_an_invalid_model_folder():
    kinds = (AlteredModelFile, MissingModelFile, ModelFileTooLarge, UnsupportedModel, WrongWeights)
    assert all(issubclass(kind, InvalidModelFolder) for kind in kinds)
