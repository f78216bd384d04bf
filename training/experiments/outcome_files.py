"""The files of an experiment: a table, a plot and a line of text, all of them or none."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipeline.io.dataset_files import new_folder
from training.experiments.settings import Outcome

TABLE, PLOT, TEXT = "results.csv", "plot.png", "finding.txt"


@contextmanager
def outcome_folder(out: Path) -> Iterator[Callable[[Outcome], None]]:
    """Give a function that writes `results.csv`, `plot.png` and `finding.txt` into a new folder.

    An experiment runs in the block, so that a folder which is there already is refused before and not after.

    Raises
    ------
    InvalidSetting
        When the folder exists.
    """
    with new_folder(out) as folder:
        yield partial(_write, folder)


def _write(folder: Path, outcome: Outcome) -> None:
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, fieldnames=list(outcome.rows[0]))
        table.writeheader()
        table.writerows(outcome.rows)
    outcome.figure.savefig(folder / PLOT, dpi=120, bbox_inches="tight", metadata={"Software": None})
    (folder / TEXT).write_text(outcome.finding + "\n", encoding="utf-8")
