"""What a worker's machine keeps of a training until its model version is stored: a kill loses nothing of it.

A folder per run below `data_dir/trainings`: the checkpoint while it trains, and then the finished model. It
goes when the run ends; `sweep_scratch` removes what is left of runs that ended elsewhere.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select

from backend.db import reading
from backend.models import Run
from backend.models.run import RunState
from backend.services.context import Context

_FOLDER = "trainings"
_NAME = re.compile(r"run-(\d{1,10})")
_ALIVE = (RunState.QUEUED, RunState.RUNNING)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class RunScratch:
    """The folder of one run, and what is in it."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        """From here the training goes on after a kill."""
        return self.folder / "checkpoint"

    @property
    def model(self) -> Path:
        """The model folder, once the training is finished."""
        return self.folder / "model"

    def discard(self) -> None:
        """Remove everything; doing it twice is no error."""
        shutil.rmtree(self.folder, ignore_errors=True)


def open_scratch(context: Context, *, run_id: int) -> RunScratch:
    """The folder of a run on this machine, made when it is not there."""
    folder = context.settings.data_dir / _FOLDER / f"run-{run_id}"
    folder.mkdir(parents=True, exist_ok=True)
    return RunScratch(folder)


def sweep_scratch(context: Context) -> int:
    """Remove the folders of runs that are over, or that nobody knows; how many."""
    root = context.settings.data_dir / _FOLDER
    folders = sorted(root.iterdir()) if root.is_dir() else []
    by_run = {int(found[1]): folder for folder in folders if (found := _NAME.fullmatch(folder.name))}
    with reading(context.sessions) as session:
        alive = set(session.scalars(select(Run.id).where(Run.id.in_(by_run), Run.state.in_(_ALIVE))))
    over = [folder for run_id, folder in by_run.items() if run_id not in alive]
    for folder in over:
        log.warning("scratch_removed", folder=folder.name)
        RunScratch(folder).discard()
    return len(over)
