import errno
import json

import numpy as np
import pytest

from pipeline.io.npz import read_npz, write_npz


def test_every_command_explains_itself_with_an_example(call, command):
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"cytoloop {command}" in result.output
    assert "Example" in result.output


def test_crops_of_a_labelled_image_stitch_back_to_it(call, labelled, tmp_path):
    image = labelled(1)
    assert call("crop", image, "--out", tmp_path / "crops", "--size", 90, "--overlap", 0.4).exit_code == 0
    manifest = json.loads((tmp_path / "crops" / "manifest.json").read_text())
    assert len(manifest["crops"]) == len(list((tmp_path / "crops").glob("crop_*.npz"))) > 9
    stitched, report = tmp_path / "stitched.npz", tmp_path / "report.json"
    assert call("stitch", tmp_path / "crops", "--out", stitched, "--report", report).exit_code == 0
    scores = json.loads(call("score", "--true", image, "--pred", stitched, "--iou", 0.99, "--json").output)
    assert [scores[name]["f1"] for name in ("whole_cell", "nuclear")] == [1.0, 1.0]
    assert {entry["compartment"] for entry in json.loads(report.read_text())} == {"whole_cell", "nuclear"}


@pytest.mark.parametrize("suffix", ["npz", "tif"])
def test_predict_writes_labels_that_score_and_qc_read(call, labelled, tmp_path, suffix):
    image, out = labelled(3), tmp_path / f"labels.{suffix}"
    result = call("predict", image, "--out", out, "--predictor", "baseline")
    assert result.exit_code == 0, result.output
    scores = json.loads(call("score", "--true", image, "--pred", out, "--iou", 0.5, "--json").output)
    assert scores["nuclear"]["f1"] > 0.3
    findings = json.loads(call("qc", out, "--json").output)
    assert {"rule", "severity", "row", "col", "message"} <= set(findings[0])
    assert "findings" in call("qc", out).output


def test_dataset_train_evaluate_predict_on_files_alone(call, labelled, tmp_path):
    images = [labelled(seed) for seed in range(4, 9)]
    result = call("dataset", *images, "--out", tmp_path / "data", "--min-cells", 1)
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "data" / "manifest.json").read_text())
    assert all((tmp_path / "data" / f"{split}.npz").exists() for split in ("train", "val", "test"))
    assert manifest["settings"]["seed"] == 0
    assert call("train", tmp_path / "data", "--out", tmp_path / "model", "--epochs", 1).exit_code == 0
    exported = call("export", tmp_path / "model", images[0])
    assert exported.exit_code == 0, exported.output
    assert "F1 against Keras at IoU 0.9" in exported.output
    scores = json.loads(call("evaluate", tmp_path / "model", tmp_path / "data", "--json").output)
    assert "mean_f1" in scores
    out = tmp_path / "labels.npz"
    assert call("predict", images[0], "--out", out, "--predictor", tmp_path / "model").exit_code == 0
    assert read_npz(out).y is not None


def fails(result, *words: str) -> None:
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    for word in words:
        assert word in result.output


def test_a_file_that_is_no_image_is_named(call, tmp_path):
    path = tmp_path / "broken.tif"
    path.write_bytes(b"II*\x00nothing")
    fails(call("crop", path, "--out", tmp_path / "crops"), "broken.tif")
    assert not (tmp_path / "crops").exists()


def test_an_npz_that_needs_pickle_is_refused(call, tmp_path):
    path = tmp_path / "objects.npz"
    np.savez(path, X=np.array([{}], dtype=object))
    fails(call("predict", path, "--out", tmp_path / "out.npz"), "objects.npz", "pickle")


def test_a_folder_that_exists_is_not_overwritten(call, labelled, tmp_path):
    (tmp_path / "crops").mkdir()
    fails(call("crop", labelled(1), "--out", tmp_path / "crops"), "crops", "exists")


def test_labels_of_other_shapes_are_not_compared(call, labelled):
    fails(call("score", "--true", labelled(1), "--pred", labelled(2, shape=(64, 64))), "shape")


def test_fractional_labels_are_refused(call, tmp_path):
    path = tmp_path / "fractional.npz"
    np.savez(path, y=np.full((1, 8, 8, 1), 0.5))
    fails(call("qc", path), "fractional.npz")


OUTSIDE = {"file": "../x.npz", "row": 0, "col": 0, "height": 9, "width": 9}


@pytest.mark.parametrize("crops", [[OUTSIDE], [{"file": "x.npz"}], []])
def test_crops_that_lost_their_manifest_are_refused(call, tmp_path, crops):
    fails(call("stitch", tmp_path, "--out", tmp_path / "out.npz"), "manifest.json")
    (tmp_path / "manifest.json").write_text(json.dumps({"shape": [1, 1, 9, 9], "crops": crops}))
    fails(call("stitch", tmp_path, "--out", tmp_path / "out.npz"), "not a manifest of crops")


def test_an_image_without_labels_makes_no_dataset(call, tmp_path):
    write_npz(tmp_path / "plain.npz", X=np.ones((1, 32, 32, 1), np.uint8))
    fails(call("dataset", tmp_path / "plain.npz", "--out", tmp_path / "data"), "plain.npz", "labels")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["dataset", "predict"])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(call, labelled, tmp_path, monkeypatch, command):
    def full(*_args, **_values):
        raise OSError(errno.ENOSPC, "No space left on device")

    image, out, scratch = labelled(3), tmp_path / "out" / "o.npz", tmp_path / "temporary"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    monkeypatch.setattr("pipeline.io.dataset_files.CropFile.append", full)
    monkeypatch.setattr("pipeline.io.export.write_label_blocks", full)
    more = ["--min-cells", 1] if command == "dataset" else ["--predictor", "baseline"]
    fails(call(command, image, "--out", out, *more), "No space left on device", "Free some space")
    assert list(out.parent.iterdir()) == list(scratch.iterdir()) == []


def test_a_damaged_model_is_refused(call, labelled, tmp_path):
    (tmp_path / "model").mkdir()
    result = call("predict", labelled(1), "--out", tmp_path / "o.npz", "--predictor", tmp_path / "model")
    fails(result, "model")


def test_an_installation_without_its_model_says_how_to_get_one(call, labelled, tmp_path, monkeypatch):
    monkeypatch.setattr("training.predictor.default_model_dir", lambda: None)
    result = call("predict", labelled(1), "--out", tmp_path / "o.npz")
    fails(result, "install it again", "cytoloop train", "baseline")


def test_the_default_model_needs_the_folder_of_its_images_to_be_made(call, tmp_path):
    fails(call("default-model", "--data", tmp_path), "MANIFEST.json", "DATA=FOLDER")


def test_the_kind_of_output_is_checked_before_any_work(call, labelled, tmp_path):
    fails(call("predict", labelled(1), "--out", tmp_path / "labels.jpg"), ".npz")
