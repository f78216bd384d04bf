import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

from pipeline.metrics import score_labels
from pipeline.synthetic import synthetic_tissue
from training.errors import AlteredModelFile, UnsupportedModel
from training.model_folder import (
    SERVED_GRAPH,
    SERVED_WEIGHTS,
    SERVING_FILE,
    add_files,
    read_description,
    read_model_folder,
    signed_files,
)
from training.network_predictor import NetworkPredictor, load_network_predictor
from training.serving import served_model
from training.serving.networks import KerasNetwork
from training.serving.openvino_network import OpenVinoNetwork, export_openvino
from training.serving.served_model import find_served, serve_model


def tissue(seed, shape=(160, 192)):
    return synthetic_tissue(seed, shape=shape).image.astype(np.float32)


CROPS = [tissue(seed) for seed in (60, 61)]


@pytest.fixture(scope="module")
def served(trained, tmp_path_factory):
    """A model folder with its served form, and what was said of it."""
    folder = tmp_path_factory.mktemp("served") / "model"
    shutil.copytree(trained[0].folder, folder)
    return folder, serve_model(folder, CROPS)


@pytest.fixture
def bare(trained, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(trained[0].folder, folder)
    return folder


def keras_predictor(folder):
    model, description = read_model_folder(folder)
    return NetworkPredictor(
        KerasNetwork(model), config=description.config, compartments=description.compartments
    )


def test_what_is_served_was_verified_against_keras(served):
    folder, record = served
    assert record.runtime == "openvino"
    assert (record.warning, record.side_px) == ("", None)
    assert record.verified["n_crops"] == 2
    assert record.verified["n_instances"] > 40
    assert min(record.verified["f1"].values()) >= 0.99
    assert record.weights == "f16"
    assert find_served(folder) == record
    assert {SERVED_GRAPH, SERVED_WEIGHTS, SERVING_FILE} <= set(signed_files(folder))


def test_a_fresh_image_gives_the_instances_of_keras(served):
    image = tissue(62, shape=(130, 201))
    ours, theirs = load_network_predictor(served[0]).predict(image), keras_predictor(served[0]).predict(image)
    for name in theirs:
        assert score_labels(theirs[name], ours[name], iou=0.9).f1 >= 0.98


def test_a_served_model_predicts_without_keras(served):
    code = (
        "import sys, numpy as np;"
        "from training.predictor import load_predictor;"
        f"load_predictor({str(served[0])!r}).predict(np.eye(64)[..., None] * [1, 0]);"
        "sys.exit(bool({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_predictor_that_needs_no_network_loads_no_runtime():
    code = (
        "import sys, training.serving, training.network_predictor, training.serving.served_model;"
        "import training.predictor; training.predictor.load_predictor('baseline');"
        "sys.exit(bool({'keras', 'tensorflow', 'openvino'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", [SERVED_GRAPH, SERVED_WEIGHTS, SERVING_FILE])
def test_a_served_file_that_is_altered_is_refused(served, tmp_path, name):
    folder = tmp_path / "model"
    shutil.copytree(served[0], folder)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(AlteredModelFile, match=f"{name} is truncated or altered"):
        load_network_predictor(folder)


def test_a_served_file_that_is_gone_is_refused(served, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(served[0], folder)
    (folder / SERVED_WEIGHTS).unlink()
    with pytest.raises(AlteredModelFile, match="that of no file"):
        read_description(folder)


def test_a_served_file_without_a_checksum_is_not_run(fresh_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(fresh_folder, folder)
    record = json.dumps({"runtime": "openvino", "precision": "f32"})
    add_files(folder, {SERVED_WEIGHTS: b"weights", SERVING_FILE: record.encode()})
    (folder / SERVED_GRAPH).write_text("<net/>")
    with pytest.raises(
        UnsupportedModel, match=r"speaks of serving/model.xml, of which the folder has no chec"
    ):
        load_network_predictor(folder)


def test_a_network_that_cannot_be_exported_is_served_by_keras_and_that_is_said(bare, monkeypatch):
    def refuse(model):
        raise RuntimeError("no such operation\nat line 3")

    monkeypatch.setattr(served_model, "export_openvino", refuse)
    record = serve_model(bare, CROPS)
    assert record.runtime == "keras"
    assert record.warning == "Keras serves this model: it could not be exported (no such operation)."
    assert find_served(bare) == record
    assert load_network_predictor(bare).predict(CROPS[0])["nuclear"].any()


@pytest.fixture
def quick_export(served, monkeypatch):
    """Exports of the same model need not be made anew."""
    files = tuple((served[0] / name).read_bytes() for name in (SERVED_GRAPH, SERVED_WEIGHTS))
    monkeypatch.setattr(served_model, "export_openvino", lambda model: {"f16": files, "f32": files})
    return files


@pytest.fixture
def machine_with(monkeypatch):
    """Machines that compute in other precisions than this one."""

    def compute_in(*precisions):
        monkeypatch.setattr(served_model, "quick_precisions", lambda: precisions)

    return compute_in


@pytest.fixture
def inexact(monkeypatch):
    """Exports that compute in float32, and are wrong where a test says so, by weights and by precision."""

    def differ(wrong):
        class Network(OpenVinoNetwork):
            n_made = 0

            def __init__(self, *files, precision, side_px):
                super().__init__(*files, precision="f32", side_px=side_px)
                stored = ("f16", "f32")[Network.n_made // len(served_model.quick_precisions())]
                Network.n_made += 1
                self.wrong = wrong(stored, precision)

            def run(self, image):
                answers = super().run(image)
                return {name: np.roll(x, 5 * self.wrong, axis=1) for name, x in answers.items()}

        monkeypatch.setattr(served_model, "OpenVinoNetwork", Network)

    return differ


@pytest.mark.usefixtures("quick_export")
def test_the_quickest_precision_serves_and_float32_is_verified_too(bare, machine_with, inexact):
    machine_with("bf16", "f32")
    inexact(lambda stored, precision: False)
    record = serve_model(bare, CROPS)
    assert (record.runtime, record.precision, record.weights) == ("openvino", "bf16", "f16")
    assert min(record.verified_in_full["f1"].values()) >= 0.99


@pytest.mark.usefixtures("quick_export")
def test_an_exact_model_computes_in_float32_wherever_it_runs(bare, machine_with):
    machine_with("bf16", "f32")
    record = serve_model(bare, CROPS, exact=True)
    assert (record.runtime, record.precision, record.verified_in_full) == ("openvino", "f32", {})


@pytest.mark.usefixtures("quick_export")
def test_a_precision_that_is_not_exact_gives_way_to_float32(bare, machine_with, inexact):
    machine_with("bf16", "f32")
    inexact(lambda stored, precision: precision == "bf16")
    record = serve_model(bare, CROPS)
    assert (record.runtime, record.precision, record.weights) == ("openvino", "f32", "f16")
    assert record.verified_in_full == {}


@pytest.mark.usefixtures("quick_export")
def test_weights_that_half_the_size_spoils_are_stored_as_they_are(bare, machine_with, inexact):
    machine_with("bf16", "f32")
    inexact(lambda stored, precision: (stored, precision) == ("f16", "f32"))
    record = serve_model(bare, CROPS)
    assert (record.runtime, record.precision, record.weights) == ("openvino", "bf16", "f32")


def test_a_record_of_an_earlier_version_is_read(bare, quick_export):
    graph, weights = quick_export
    earlier = {"runtime": "openvino", "precision": "f32", "side_px": None, "verified": {}, "warning": ""}
    record = json.dumps(earlier).encode()
    add_files(bare, {SERVED_GRAPH: graph, SERVED_WEIGHTS: weights, SERVING_FILE: record})
    assert find_served(bare).weights == ""
    assert load_network_predictor(bare).predict(CROPS[0])["nuclear"].any()


def test_stored_in_half_the_size_the_weights_are_half_as_large(trained):
    forms = export_openvino(read_model_folder(trained[0].folder)[0])
    assert list(forms) == ["f16", "f32"]
    half, full = (len(weights) for _, weights in forms.values())
    assert half < 0.55 * full


@pytest.mark.usefixtures("quick_export")
def test_a_runtime_that_is_not_exact_does_not_serve(bare, monkeypatch):
    run = OpenVinoNetwork.run

    def wrong(self, image):
        return {name: np.roll(answer, 5, axis=1) for name, answer in run(self, image).items()}

    monkeypatch.setattr(OpenVinoNetwork, "run", wrong)
    record = serve_model(bare, CROPS)
    assert record.runtime == "keras"
    assert "F1 against Keras at IoU 0.9 is" in record.warning
    assert record.verified["n_crops"] == 2


@pytest.mark.usefixtures("quick_export")
def test_maps_have_to_be_equal_where_there_are_few_instances(bare):
    record = serve_model(bare, [np.zeros((64, 64, 2), np.float32)])
    assert record.verified["map_difference"] == 0
    assert record.runtime == "openvino"


def test_nothing_is_trusted_without_crops(bare):
    assert "no crops to verify" in serve_model(bare, []).warning


def test_keras_stands_in_where_the_runtime_cannot_run(served, monkeypatch, caplog):
    def broken(*args, **options):
        raise RuntimeError("unknown format")

    monkeypatch.setattr(served_model, "OpenVinoNetwork", broken)
    predictor = load_network_predictor(served[0])
    assert "OpenVINO cannot run this unet here, Keras does: unknown format" in caplog.text
    assert predictor.predict(CROPS[0])["nuclear"].any()


def test_a_record_of_another_version_is_refused(bare):
    add_files(bare, {SERVING_FILE: json.dumps({"runtime": "openvino", "engine": 3}).encode()})
    with pytest.raises(UnsupportedModel, match=r"serving.json is not understood here"):
        load_network_predictor(bare)


@pytest.mark.usefixtures("quick_export")
def test_a_trained_model_is_verified_on_crops_with_truth(bare, dataset_dir):
    record = served_model.serve_trained_model(bare, dataset_dir)
    assert record.runtime == "openvino"
    assert 1 <= record.verified["n_crops"] <= served_model.N_CROPS
