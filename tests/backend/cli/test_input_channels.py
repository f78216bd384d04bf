"""Channels beyond nuclear and membrane, by name, on the command line."""

import json

import numpy as np
import pytest

from backend.cli import predict as command
from pipeline.io.npz import write_npz
from pipeline.synthetic import synthetic_tissue
from training.prediction import Prediction, match_labels

NAMES = ("nuclear", "membrane", "cd3")


class Recorder:
    """Labels nothing, and remembers what it saw."""

    name = "recorder"
    compartments = ("whole_cell", "nuclear")
    input_channels = NAMES

    def seen_um(self, image_um):
        return None

    def adjusted(self, postprocessing):
        return self

    def scaled(self):
        return self

    def choose_shrink(self, read, shape):
        return 1

    def predict_scored(self, image):
        self.seen = image
        nothing = np.zeros(image.shape[:2], np.int32)
        labels, leftovers = match_labels({name: nothing for name in self.compartments})
        return Prediction(labels, {name: np.zeros(1, np.float32) for name in labels}, leftovers)


@pytest.fixture
def recorder(monkeypatch):
    predictor = Recorder()
    monkeypatch.setattr(command, "load_predictor", lambda spec: predictor)
    return predictor


def panel(folder, names=("CD3 (Er170)", "ECAD", "DAPI"), *, seed=0):
    """A labelled image whose channels are in an order of their own, and its pixels."""
    tissue = synthetic_tissue(seed, shape=(96, 96))
    nuclear, membrane = tissue.image[..., 0], tissue.image[..., 1]
    pixels = np.stack([nuclear // 2, membrane, nuclear], axis=-1)
    path = folder / f"image-{seed}.npz"
    y = np.stack([tissue.labels["whole_cell"], tissue.labels["nuclear"]], axis=-1)
    write_npz(path, X=pixels[None], y=y[None], compartments=["whole_cell", "nuclear"])
    path.with_suffix(".json").write_text(json.dumps({"channels": list(names)}))
    return path, pixels


def test_a_dataset_takes_channels_by_role_and_name(call, tmp_path):
    images = [panel(tmp_path, seed=seed) for seed in range(3)]
    chosen = [word for name in NAMES for word in ("--channel", name)]
    paths = [path for path, _ in images]
    made = call("dataset", *paths, "--out", tmp_path / "data", "--min-cells", 1, "--size", 96, *chosen)
    assert made.exit_code == 0, made.output
    assert json.loads((tmp_path / "data" / "manifest.json").read_text())["channels"] == list(NAMES)
    with np.load(tmp_path / "data" / "train.npz", allow_pickle=False) as arrays:
        assert any(np.array_equal(arrays["X"][0], pixels[..., [2, 1, 0]]) for _, pixels in images)
    absent = call("dataset", *paths, "--out", tmp_path / "more", "--channel", "nuclear", "--channel", "CD8")
    assert absent.exit_code != 0
    assert "takes a channel 'CD8', and 0 of the channels" in " ".join(absent.output.split())


@pytest.mark.parametrize(
    ("names", "said", "planes"),
    [
        (("CD3 (Er170)", "ECAD", "DAPI"), (), [2, 1, 0]),
        (("T cells", "ECAD", "DAPI"), ("cd3=t cells",), [2, 1, 0]),
        (("CD3", "ECAD", "DAPI"), ("cd3=1", "membrane=0"), [2, 0, 1]),
    ],
)
def test_a_model_sees_its_channels_in_its_order(call, recorder, tmp_path, names, said, planes):
    image, pixels = panel(tmp_path, names)
    options = [word for text in said for word in ("--input", text)]
    result = call("predict", image, "--out", tmp_path / "o.npz", *options)
    assert result.exit_code == 0, result.output
    np.testing.assert_array_equal(recorder.seen, pixels[..., planes].astype(np.float32))


def test_zeros_stand_for_a_channel_that_is_said_to_be_none(call, recorder, tmp_path):
    image, pixels = panel(tmp_path, ("T cells", "ECAD", "DAPI"))
    assert call("predict", image, "--out", tmp_path / "o.npz", "--input", "cd3=").exit_code == 0
    np.testing.assert_array_equal(recorder.seen[..., 0], pixels[..., 2].astype(np.float32))
    assert not recorder.seen[..., 2].any()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ((), "takes a channel 'cd3', and 0 of the channels ['T cells', 'ECAD', 'DAPI'] have this name. Say"),
        (("--input", "CD8=0"), "takes no input 'CD8'; it takes ['nuclear', 'membrane', 'cd3']"),
        (("--input", "cd3=CD4"), "the cd3 channel 'CD4' is not one of its 3 channels"),
        (("--input", "cd3"), "'cd3' names no channel; write NAME=CHANNEL, or NAME= for none"),
    ],
)
def test_a_channel_that_is_not_there_is_named(call, recorder, tmp_path, said, message):
    image, _ = panel(tmp_path, ("T cells", "ECAD", "DAPI"))
    result = call("predict", image, "--out", tmp_path / "o.npz", *said)
    assert result.exit_code != 0
    assert message in " ".join(result.output.split())
