"""What `cytoloop export` verifies on, and what it says; the export itself is tested where it is made."""

import numpy as np
import pytest

from backend.cli import export
from training.model_folder import default_model_dir
from training.recipes.default_fields import SourceField
from training.serving.served_model import ServedModel

MODEL = default_model_dir()
FIGURES = {"n_crops": 2, "n_instances": 60, "iou": 0.9, "f1": {"whole_cell": 0.995, "nuclear": 1.0}}


def field(number, source, split, shape):
    image = np.full((*shape, 2), number, np.float32)
    return SourceField(f"field-{number}", source, split, image, np.zeros((*shape, 2), np.int32))


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """What the export was asked for; it answers what a test puts into `answer`."""
    seen = {"answer": ServedModel("openvino", "f32", None, FIGURES, weights="f16")}

    def serve(folder, crops, *, exact):
        seen.update(crops=list(crops), exact=exact)
        return seen["answer"]

    (tmp_path / "MANIFEST.json").write_text('{"items": []}')
    monkeypatch.setattr(export, "serve_model", serve)
    return seen


def test_the_middle_of_a_few_test_fields_of_each_source_is_verified_on(call, asked, tmp_path, monkeypatch):
    fields = [field(1, "a", "train", (64, 64)), field(2, "b", "test", (600, 80))]
    fields += [field(number, "a", "test", (64, 64)) for number in range(3, 9)]
    monkeypatch.setattr(export, "load_fields", lambda folder: fields)
    result = call("export", MODEL, "--data", tmp_path, "--exact")
    assert asked["exact"]
    assert [crop[0, 0, 0] for crop in asked["crops"]] == [2, 3, 4, 5, 6]
    assert asked["crops"][0].shape == (512, 80, 2)
    assert result.output.strip() == (
        f"{MODEL}: OpenVINO in f32, weights in f16; F1 against Keras at IoU 0.9, 60 instances: "
        "whole_cell 0.9950, nuclear 1.0000"
    )


def test_both_precisions_are_told_where_the_quicker_one_serves(call, asked, labelled):
    asked["answer"] = ServedModel("openvino", "bf16", None, FIGURES, weights="f16", verified_in_full=FIGURES)
    told = call("export", MODEL, labelled(1)).output
    assert not asked["exact"]
    assert "OpenVINO in bf16, weights in f16; F1" in told
    assert "; where the machine computes in f32 alone: F1 against Keras at IoU 0.9, 60 instances" in told


def test_it_is_said_when_keras_goes_on_serving(call, asked, labelled):
    asked["answer"] = ServedModel("keras", warning="Keras serves this model: it could not be exported (x).")
    assert call("export", MODEL, labelled(1)).output.endswith("it could not be exported (x).\n")


def test_nothing_is_exported_unverified(call):
    result = call("export", MODEL)
    assert result.exit_code == 2
    assert "Name images to verify the export on, or their folder with --data." in result.output
