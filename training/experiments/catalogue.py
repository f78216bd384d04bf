"""The experiments by name, as `cytoloop experiment` offers them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from training.errors import InvalidConfig
from training.experiments.settings import Outcome


@dataclass(frozen=True)
class Experiment:
    """One experiment.

    summary : what it asks
    function : `module:name`, imported when it is run
    takes : `items` (labelled images) or `annotators` (images with labels of several people)
    """

    summary: str
    function: str
    takes: str = "items"

    def load(self) -> Callable[..., Outcome]:
        """Import the function that runs it: `run(images, *, settings)`."""
        module, name = self.function.split(":")
        run: Callable[[Iterable[Any]], Outcome] = getattr(
            importlib.import_module(f"training.experiments.{module}"), name
        )
        return run


EXPERIMENTS = {
    "replicates": Experiment("three splits, mean and standard deviation", "replicates:run_replicates"),
    "dataset-size": Experiment("F1 against the number of training crops", "dataset_size:run_dataset_size"),
    "specialists": Experiment("train on one category, test on all", "specialists:run_specialists"),
    "distortions": Experiment("blur, resampling and noise", "distortions:run_distortions"),
    "nuclear-expansion": Experiment(
        "nuclei grown by a disk against whole-cell prediction", "nuclear_expansion:run_nuclear_expansion"
    ),
    "annotators": Experiment("all pairs of people and predictors", "annotators:run_annotators", "annotators"),
}


def find_experiment(name: str) -> Experiment:
    """Find an experiment, or raise `InvalidConfig` with the names there are."""
    if name not in EXPERIMENTS:
        raise InvalidConfig(f"there is no experiment {name!r}; choose from {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]
