"""The files of an experiment, the catalogue, and settings that cannot be."""

import csv

import pytest
from matplotlib.figure import Figure

from pipeline.errors import InvalidSetting
from training.errors import InvalidConfig
from training.experiments.catalogue import EXPERIMENTS, find_experiment
from training.experiments.outcome_files import outcome_folder
from training.experiments.settings import ExperimentSettings, Outcome

OUTCOME = Outcome([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "Two is more than one.", Figure())


def test_a_table_a_plot_and_a_line(tmp_path):
    with outcome_folder(tmp_path / "out") as write:
        write(OUTCOME)
    with (tmp_path / "out" / "results.csv").open(newline="") as stream:
        assert list(csv.DictReader(stream)) == [{"a": "1", "b": "x"}, {"a": "2", "b": "y"}]
    assert (tmp_path / "out" / "finding.txt").read_text() == "Two is more than one.\n"
    assert (tmp_path / "out" / "plot.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InvalidSetting, match="exists already"), outcome_folder(tmp_path / "out"):
        pytest.fail("an experiment began whose folder is taken")


def test_nothing_is_left_when_writing_fails(tmp_path):
    with (
        pytest.raises(ValueError, match="fields not in fieldnames"),
        outcome_folder(tmp_path / "out") as write,
    ):
        write(Outcome([{"a": 1}, {"c": 2}], "", Figure()))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_can_be_loaded(name):
    assert find_experiment(name).load().__name__ == f"run_{name.replace('-', '_')}"


def test_unknown_names_thresholds_and_seeds_are_refused(tmp_path):
    with pytest.raises(InvalidConfig, match="there is no experiment 'sizes'; choose from replicates, "):
        find_experiment("sizes")
    with pytest.raises(InvalidConfig, match="iou is 1; choose a number between 0 and 1"):
        ExperimentSettings(scratch=tmp_path, iou=1)
    with pytest.raises(InvalidConfig, match="seed is -1; choose 0 or more"):
        ExperimentSettings(scratch=tmp_path, seed=-1)
