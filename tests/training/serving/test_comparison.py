import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from training.serving.comparison import child, compare
from training.serving.comparison.candidates import CANDIDATES, MODEL
from training.serving.comparison.child import ANSWER_FILE, CALIBRATION_FILE, IMAGE_FILE, MAPS_FILE
from training.serving.comparison.compare import compare_runtimes, missing_packages
from training.serving.comparison.exports import EXPORTERS
from training.serving.openvino_network import quick_precisions

SIDE_PX = 64
BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}
# By how much the maps of a network with fresh weights may differ from those of Keras.
TOLERANCES = {
    "f32": 1e-5,
    "f32, weights f16": 2e-3,
    "bf16, weights f16": 0.05,
    "int8 weights": 0.1,
    "int8": 0.2,
}
HERE = [
    candidate
    for candidate in CANDIDATES
    if candidate.precision[:4] in ("f32", "f32,", "int8", *quick_precisions())
]


@pytest.fixture(scope="module")
def exported(fresh_folder, tmp_path_factory):
    """A folder in which every exporter has put its files."""
    folder = tmp_path_factory.mktemp("runtimes")
    shutil.copytree(fresh_folder, folder / MODEL)
    images = np.random.default_rng(0).random((3, SIDE_PX, SIDE_PX, 2)).astype(np.float32)
    np.save(folder / IMAGE_FILE, images[:1])
    np.save(folder / CALIBRATION_FILE, images[1:])
    for name in EXPORTERS:
        assert child.export(folder, name) == {}
    child.measure(folder, "Keras, f32", n_runs=1)
    shutil.copy(folder / MAPS_FILE, folder / "expected.npz")
    return folder


@pytest.mark.parametrize("candidate", HERE, ids=lambda candidate: candidate.name)
def test_every_candidate_runs_the_same_network(exported, candidate):
    assert missing_packages(candidate) == ""
    answer = child.measure(exported, candidate.name, n_runs=1)
    assert answer["first_s"] > 0
    assert answer["run_s"] > 0
    assert answer["memory_mb"] >= 0
    with np.load(exported / "expected.npz") as expected, np.load(exported / MAPS_FILE) as maps:
        assert set(maps.files) == set(expected.files)
        for name in expected.files:
            np.testing.assert_allclose(maps[name], expected[name], atol=TOLERANCES[candidate.precision])


def test_a_graph_counts_with_its_weights(exported):
    graph, weights = ((exported / f"f32.{suffix}").stat().st_size for suffix in ("xml", "bin"))
    assert compare._bytes_of(exported / "f32.xml") == graph + weights
    assert compare._bytes_of(exported / "f32.onnx") == (exported / "f32.onnx").stat().st_size


def test_a_machine_without_a_precision_says_so(exported, monkeypatch):
    monkeypatch.setattr("training.serving.openvino_network.quick_precisions", lambda: ("f32",))
    child.main(exported, "measure", "OpenVINO, bf16, weights f16")
    assert json.loads((exported / ANSWER_FILE).read_text()) == {
        "fault": "this machine does not compute in bf16"
    }


def test_figures_are_measured_in_processes_of_their_own(trained):
    first, second = compare_runtimes(
        trained[0].folder,
        side_px=128,
        candidates=[BY_NAME["OpenVINO, f32"], BY_NAME["OpenVINO, f32, weights f16"]],
    )
    assert (first.fault, first.map_difference) == ("", 0)
    assert first.f1 == {"whole_cell": 1, "nuclear": 1}
    assert min(second.f1.values()) > 0.9
    assert 0 < second.map_difference < 0.01
    assert first.s_per_mpx > 0
    # The runtime itself is counted.
    assert first.memory_mb > 10
    assert min(first.file_mb, second.file_mb) > 0


def test_what_is_not_installed_is_named_with_the_remedy(fresh_folder):
    candidate = replace(BY_NAME["ONNX Runtime, f32"], needs=("onnx", "no_such_package"))
    (row,) = compare_runtimes(fresh_folder, side_px=32, candidates=[candidate])
    assert row.fault == (
        "no_such_package not installed: `pip install -r requirements/bench.txt`, or `make bench`"
    )


def test_a_process_that_dies_is_a_fault_of_its_candidate(fresh_folder, monkeypatch):
    monkeypatch.setattr(compare.sys, "executable", shutil.which("false"))
    (row,) = compare_runtimes(fresh_folder, side_px=32, candidates=[BY_NAME["Keras, f32"]])
    assert row.fault == "the process that was to measure it ended with 1: "


def test_a_process_that_takes_too_long_is_a_fault_of_its_candidate(fresh_folder, monkeypatch):
    monkeypatch.setattr(compare, "_MOST_S", 0.01)
    (row,) = compare_runtimes(fresh_folder, side_px=32, candidates=[BY_NAME["Keras, f32"]])
    assert row.fault == "to measure it took more than 0.01 s; try again on a quiet machine"
