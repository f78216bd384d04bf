import tracemalloc

import numpy as np
import pytest
from scipy import ndimage as ndi

from backend.cli import predict as command
from backend.cli.watershed import postprocessing_of
from pipeline.io import ChannelInfo, write_label_stack
from pipeline.synthetic import synthetic_tissue
from training.prediction import Prediction, match_labels


class Recorder:
    """Labels what is bright, and remembers how it was adjusted."""

    name = "recorder"
    compartments = ("whole_cell", "nuclear")
    input_channels = ("nuclear", "membrane")
    shrink = 1

    def __init__(self):
        self.adjustments = {}
        self.shapes = []

    def seen_um(self, image_um):
        return None if image_um is None else 0.5

    def adjusted(self, postprocessing):
        self.adjustments = postprocessing
        return self

    def scaled(self):
        return self

    def choose_shrink(self, read, shape):
        return self.shrink

    def predict_scored(self, image):
        self.shapes.append(image.shape[:2])
        cells = np.zeros(image.shape[:2], np.int32)
        cells[2:6, 2:6], cells[10:14, 2:6] = 1, 2
        labels, leftovers = match_labels({"whole_cell": cells, "nuclear": np.where(cells == 1, 1, 0)})
        confidences = {name: np.zeros(3, np.float32) for name in labels}
        return Prediction(labels, confidences, leftovers, {"network": 3.0, "postprocess": 1.0})


@pytest.fixture
def recorder(monkeypatch):
    predictor = Recorder()
    monkeypatch.setattr(command, "load_predictor", lambda spec: predictor)
    return predictor


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "image.npz"
    tissue = synthetic_tissue(0, shape=(64, 48)).image.astype(np.float32)
    np.savez(path, X=tissue[None], channels=np.array(["nuclear", "membrane"]))
    return path


def test_counts_leftovers_and_stages_are_printed(call, recorder, image, tmp_path):
    result = call("predict", image, "--out", tmp_path / "o.npz", "--timing")
    assert result.exit_code == 0, result.output
    assert (
        "2 whole_cell, 1 nuclear; 1 matched one to one, left over: 1 whole_cell, 0 nuclear" in result.output
    )
    assert "network 3.00 s (" in result.output
    assert "postprocess 1.00 s (" in result.output


@pytest.mark.parametrize(
    ("options", "shape", "told"),
    [
        ([], (32, 24), "seen at 2 px of the image per pixel"),
        (["--shrink", "auto"], (32, 24), "seen at 2 px"),
        (["--shrink", "1"], (64, 48), ""),
        (["--shrink", "4"], (16, 12), "seen at 4 px"),
    ],
)
def test_the_image_is_seen_as_chosen(call, recorder, image, tmp_path, options, shape, told):
    recorder.shrink = 2
    result = call("predict", image, "--out", tmp_path / "o.npz", *options)
    assert result.exit_code == 0, result.output
    assert recorder.shapes == [shape]
    assert told in result.output
    assert ("seen at" in result.output) == bool(told)
    with np.load(tmp_path / "o.npz") as written:
        assert written["y"].shape[1:3] == (64, 48)


class LargeSource:
    """An image of squares that is made as it is read."""

    shape = (1, 2, 9000, 1000)
    pixel_size_um = None
    channels = (ChannelInfo("DAPI", "nuclear"), ChannelInfo("CD45", "membrane"))

    def read(self, frame, channel, window):
        rows, cols = np.ogrid[window.row : window.stop_row, window.col : window.stop_col]
        return ((rows % 40 < 20) & (cols % 40 < 20)).astype(np.uint8)


class SquaresPredictor(Recorder):
    def calibrated(self, pieces):
        return self

    def predict_scored(self, image):
        labels = ndi.label(image[..., 0])[0].astype(np.int32)
        sure = np.ones(labels.max() + 1, np.float32)
        nobody = {name: np.zeros(0, np.int64) for name in self.compartments}
        return Prediction(dict.fromkeys(self.compartments, labels), dict.fromkeys(nobody, sure), nobody)


def test_labels_of_a_large_image_are_never_held_whole(tmp_path):
    tracemalloc.start()
    found = command.predict_source(SquaresPredictor(), LargeSource(), tmp_path / "labels")
    for suffix in ("npz", "tif"):
        write_label_stack(tmp_path / f"o.{suffix}", found.labels, compartments=found.compartments)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.n_instances == {"whole_cell": 225 * 25, "nuclear": 225 * 25}
    assert found.counts().endswith("; 5625 matched one to one, left over: 0 whole_cell, 0 nuclear")
    assert peak_bytes < found.labels.nbytes


def test_other_shrinks_are_refused(call, recorder, image, tmp_path):
    result = call("predict", image, "--out", tmp_path / "o.npz", "--shrink", "3")
    assert result.exit_code == 2
    assert "'3' is not one of 'auto', '1', '2', '4', '8'" in result.output


def test_parameters_reach_the_predictor(call, recorder, image, tmp_path):
    result = call(
        "predict", image, "--out", tmp_path / "o.npz", "--watershed-preset", "paper",
        "--watershed", "interior_smooth_px=1", "--watershed", "nuclear.markers=peaks",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert recorder.adjustments == {
        "whole_cell": {"preset": "paper", "interior_smooth_px": 1.0},
        "nuclear": {"preset": "paper", "interior_smooth_px": 1.0, "markers": "peaks"},
    }


def test_the_pixel_size_of_the_image_counts(call, recorder, image, tmp_path):
    assert call("predict", image, "--out", tmp_path / "o.npz", "--pixel-size", "0.25").exit_code == 0
    assert recorder.shapes == [(32, 24)]
    with np.load(tmp_path / "o.npz", allow_pickle=False) as found:
        assert found["y"].shape == (1, 64, 48, 2)


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("radius_px", "'radius_px' sets nothing; write NAME=VALUE"),
        ("radius=3", "postprocessing: whole_cell has no parameter radius"),
        ("cytoplasm.radius_px=3", "postprocessing has no cytoplasm"),
        ("radius_px=big", "radius_px is 'big'; it must be a whole number"),
    ],
)
def test_wrong_parameters_are_refused_by_name(call, recorder, image, tmp_path, assignment, message):
    result = call("predict", image, "--out", tmp_path / "o.npz", "--watershed", assignment)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())


def test_the_baseline_has_no_such_parameters(call, image, tmp_path):
    options = ("--predictor", "baseline", "--watershed", "radius_px=3")
    result = call("predict", image, "--out", tmp_path / "o.npz", *options)
    assert result.exit_code == 2
    assert "baseline has no such watershed" in result.output


def test_nothing_set_is_nothing_changed():
    assert postprocessing_of(("nuclear",), (), preset=None) == {}
