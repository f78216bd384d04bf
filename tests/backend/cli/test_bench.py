"""What `cytoloop bench` prints; the figures themselves are measured by tests beside what measures them."""

import json

import pytest

from training.serving.comparison.compare import RuntimeFigures

COMPARED = {
    "light network, fresh weights": [RuntimeFigures("Keras", "f32", 0.17, 5.2, 700, 1.6)],
    "default model": [
        RuntimeFigures("Keras", "f32", 0.2, 6, 800, 3.7, {"whole_cell": 1.0, "nuclear": 1.0}),
        RuntimeFigures(
            "OpenVINO", "bf16", 0.08, 0.6, 150, 2, {"whole_cell": 0.996, "nuclear": 0.9943}, 0.0213
        ),
        RuntimeFigures("LiteRT", "f32", fault="ai_edge_litert not installed"),
    ],
}


@pytest.fixture
def compared(monkeypatch):
    monkeypatch.setattr("training.benchmarks.bench_runtimes", lambda: COMPARED)


@pytest.mark.usefixtures("compared")
def test_runtimes_are_a_table_for_each_network(call):
    printed = call("bench", "--only", "runtimes").output.splitlines()
    assert printed[1:6] == [
        "light network, fresh weights",
        "",
        "| runtime | precision | s/Mpx | first answer | memory | file | maps differ by |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        "| Keras | f32 | 0.170 | 5.20 s | 700 MB | 1.60 MB | 0 |",
    ]
    assert printed[9].endswith("| maps differ by | F1 whole_cell | F1 nuclear |")
    assert printed[12:] == [
        "| OpenVINO | bf16 | 0.080 | 0.60 s | 150 MB | 2.00 MB | 0.02 | 0.9960 | 0.9943 |",
        "| LiteRT | f32 | not measured: ai_edge_litert not installed |  |  |  |  |  |  |",
    ]


@pytest.mark.usefixtures("compared")
def test_json_holds_the_figures_and_the_runtimes(call):
    printed = json.loads(call("bench", "--only", "runtimes", "--json").output)
    assert printed["figures"] == []
    assert printed["runtimes"]["default model"][1]["f1"]["nuclear"] == 0.9943


def test_a_part_that_does_not_exist_is_refused(call):
    result = call("bench", "--only", "everything")
    assert result.exit_code == 2
    assert "'numerics', 'predictor', 'runtimes', 'edits', 'page'" in result.output
