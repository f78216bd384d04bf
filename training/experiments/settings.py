"""What every experiment is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from training.config import NetworkConfig, UNetConfig
from training.errors import InvalidConfig

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExperimentSettings:
    """How an experiment is run.

    Parameters
    ----------
    scratch
        An existing folder for datasets and models; the caller removes it.
    config
        Of each model that is trained.
    epochs, minutes
        Budget of each model that is trained; see `training.train.train_model`.
    seed
        Of splits, weights and augmentation.
    iou
        Two instances are the same above it.
    predictor
        Judged by the experiments that train nothing: `baseline`, or a model folder.
    by
        What tells categories apart in `specialists`: a key of the items' provenance.
    min_cells
        Images with fewer cells are left out of the datasets.
    progress
        Called with the share that is done, 0 to 1.
    """

    scratch: Path
    config: NetworkConfig = field(default_factory=UNetConfig)
    epochs: int | None = None
    minutes: float | None = None
    seed: int = 0
    iou: float = 0.5
    predictor: str | Path = "baseline"
    by: str = "platform"
    min_cells: int = 1
    progress: Callable[[float], None] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.iou < 1:
            raise InvalidConfig(f"iou is {self.iou}; choose a number between 0 and 1, as 0.5 or 0.6.")
        if self.seed < 0:
            raise InvalidConfig(f"seed is {self.seed}; choose 0 or more.")

    def part(self, number: int, of: int) -> Callable[[float], None]:
        """Give the progress of one of several equal parts, counted from 0."""
        return lambda done: self.report((number + done) / of)

    def report(self, done: float) -> None:
        """Tell whoever listens the share that is done."""
        if self.progress is not None:
            self.progress(min(done, 1.0))


@dataclass(frozen=True)
class Outcome:
    """What an experiment found.

    rows : table, every row with the same keys
    finding : one or two sentences, with the figures they rest on
    figure : the plot
    """

    rows: Sequence[Row]
    finding: str
    figure: Figure
