import csv

import pytest
from matplotlib.figure import Figure

from training.experiments.nuclear_expansion import GROWN, PREDICTED
from training.experiments.settings import Outcome
from training.presets import load_preset


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


def test_what_is_trained_may_be_chosen(call, labelled, tmp_path, monkeypatch):
    trained = []

    def run(images, *, settings):
        trained.append(settings.config)
        return Outcome([{"f1": 1.0}], "Done.", Figure())

    monkeypatch.setattr("training.experiments.catalogue.Experiment.load", lambda _: run)
    options = {
        "default": [],
        "changed": ["--preset", "mesmer", "--set", "fit.batch_size=2", "--set", "width=16"],
    }
    for name, given in options.items():
        said = call("experiment", "replicates", labelled(0), "--out", tmp_path / name, *given)
        assert said.exit_code == 0, said.output
    assert trained[0] == load_preset()
    assert (trained[1].network, trained[1].fit.batch_size, trained[1].width) == ("mesmer", 2, 16)
    refused = call("experiment", "replicates", labelled(0), "--out", tmp_path / "no", "--set", "depth=3")
    assert "'depth=3' names no setting" in refused.output
    assert not (tmp_path / "no").exists()
