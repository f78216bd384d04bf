import csv

import pytest

from training.experiments.nuclear_expansion import GROWN, PREDICTED


def test_an_experiment_leaves_a_table_a_plot_and_what_was_found(call, labelled, tmp_path):
    out = tmp_path / "out"
    said = call("experiment", "nuclear-expansion", labelled(0), labelled(1), "--out", out).output
    assert sorted(path.name for path in out.iterdir()) == ["finding.txt", "plot.png", "results.csv"]
    assert (out / "finding.txt").read_text() in said
    with (out / "results.csv").open(newline="") as stream:
        assert [row["method"] for row in csv.DictReader(stream)] == [GROWN, PREDICTED]


def test_what_cannot_be_is_said_before_anything_is_run(call, labelled, tmp_path, monkeypatch):
    monkeypatch.setattr("training.experiments.catalogue.Experiment.load", pytest.fail)
    image, out = labelled(0), tmp_path / "out"
    refused = call("experiment", "distortions", image, "--out", out, "--seed", -1)
    assert refused.exit_code == 1
    assert "seed is -1; choose 0 or more" in refused.output
    assert not out.exists()
    out.mkdir()
    refused = call("experiment", "distortions", image, "--out", out)
    assert refused.exit_code == 1
    assert "out exists already. Choose another folder or remove it" in refused.output
