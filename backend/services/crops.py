"""What an annotator sees of a crop besides its labels: its place and its channels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Assignment, Fov, Job, Project, Task
from backend.services.assignments import get_assignment
from backend.services.context import Context
from backend.services.crop_bases import window_of
from backend.services.fovs import open_reader
from backend.services.projects import ProjectSettings


@dataclass(frozen=True)
class CropChannel:
    """A channel of a crop.

    `min` and `max` are the range of the FOV's stored values, so that every crop of it is shown alike.
    """

    index: int
    name: str
    role: str
    dtype: str
    min: float
    max: float


def crop_channels(session: Session, context: Context, *, assignment: Assignment) -> list[CropChannel]:
    """The channels of an assignment's crop, in the order of the FOV."""
    fov = _fov_of(session, assignment)
    return [_describe(fov, index, channel) for index, channel in enumerate(fov.channels)]


def read_crop_channel(
    session: Session, context: Context, *, assignment_id: int, annotator_id: int, index: int
) -> npt.NDArray[Any]:
    """One channel of a crop, (frame, row, col), stored dtype.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator, or no such channel.
    """
    assignment = get_assignment(session, context, assignment_id=assignment_id, annotator_id=annotator_id)
    fov = _fov_of(session, assignment)
    if not 0 <= index < len(fov.channels):
        raise NotFound(f"There is no channel {index} in this crop; it has {len(fov.channels)} from 0 on.")
    window = window_of(session.get_one(Task, assignment.task_id))
    reader = open_reader(context, fov)
    return np.stack([reader.read(frame, index, window) for frame in range(fov.n_frames)])


def editor_settings(session: Session, *, task: Task) -> dict[str, Any]:
    """What the task's project sets for the editor: `cell_types`, `submit_checks` and `view_presets`."""
    job = session.get_one(Job, task.job_id)
    project = session.get_one(Project, job.project_id)
    return ProjectSettings.from_dict(project.settings).editor_settings()


def _fov_of(session: Session, assignment: Assignment) -> Fov:
    task = session.get_one(Task, assignment.task_id)
    return session.get_one(Fov, task.fov_id)


def _describe(fov: Fov, index: int, channel: dict[str, Any]) -> CropChannel:
    least, most = channel.get("min"), channel.get("max")
    whole = np.dtype(fov.dtype).kind in "ui"
    return CropChannel(
        index=index,
        name=channel["name"],
        role=channel["role"],
        dtype=fov.dtype,
        min=0.0 if least is None else float(least),
        max=float(most) if most is not None else float(np.iinfo(fov.dtype).max if whole else 1),
    )
