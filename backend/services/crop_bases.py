"""Where work on a task starts: its part of what the job proposes for the FOV, or what was submitted last.

A job proposes what its predictor found, or the labels that were accepted before.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Assignment, Fov, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.draft_cache import LabelImage, Marks
from backend.services.fov_labels import open_fov_labels
from backend.services.marks import read_marks
from backend.services.revisions import (
    Origin,
    StoredLabels,
    get_revision,
    store_crop_labels,
    store_crop_revision,
)
from pipeline.compartments import COMPARTMENTS
from pipeline.mark_cuts import cut_marks
from pipeline.windows import Window

# What a crop begins with is part of a prediction, or of labels that a reviewer accepted.
_PROPOSED = (RevisionSource.PREDICTOR, RevisionSource.REVIEWER)


@dataclass(frozen=True)
class CropBase:
    """The proposal of a task's crop with its marks, in the storage and not yet recorded."""

    task_id: int
    stored: StoredLabels
    marks: Marks


def window_of(task: Task) -> Window:
    """The task's window in FOV pixels."""
    return Window(task.row, task.col, task.height, task.width)


def compartments_of(fov: Fov) -> tuple[str, ...]:
    """What can be labelled in the FOV's crops, in the fixed order."""
    return tuple(name for name in COMPARTMENTS if name in fov.compartments)


def find_base(session: Session, task: Task, *, worked: bool) -> Revision | None:
    """The revision to start from: the last submitted one when `worked`, else the crop's proposal, if any."""
    if worked:
        return session.scalar(
            select(Revision)
            .join(Assignment, Assignment.submitted_revision_id == Revision.id)
            .where(Assignment.task_id == task.id, Assignment.state == AssignmentState.SUBMITTED)
            .order_by(Assignment.closed_at.desc(), Assignment.id.desc())
            .limit(1)
        )
    return session.scalar(
        select(Revision)
        .where(Revision.task_id == task.id, Revision.source.in_(_PROPOSED))
        .order_by(Revision.id)
        .limit(1)
    )


def prepare_base(session: Session, context: Context, task: Task) -> CropBase:
    """Cut the task's crop out of the FOV's proposal and store it; labels keep their numbers and marks."""
    fov = session.get_one(Fov, task.fov_id)
    proposal = get_revision(session, revision_id=task.proposal_id)
    names = compartments_of(fov)
    window = window_of(task)
    labels = _cut(context, proposal, names=names, n_frames=fov.n_frames, window=window)
    marks = cut_marks(
        read_marks(session, revision_id=proposal.id), window, dict(zip(names, labels, strict=True))
    )
    stored = store_crop_labels(context, task_id=task.id, labels=labels, compartments=names)
    return CropBase(task.id, stored, marks)


def record_base(session: Session, context: Context, task: Task, base: CropBase) -> Revision:
    """Record the crop's proposal as a revision."""
    proposal = get_revision(session, revision_id=task.proposal_id)
    predicted = proposal.source is RevisionSource.PREDICTOR
    origin = Origin(
        source=RevisionSource.PREDICTOR if predicted else RevisionSource.REVIEWER,
        parent_id=proposal.id,
        predictor=proposal.predictor,
        model_version_id=proposal.model_version_id,
    )
    return store_crop_revision(
        session, context, task=task, stored=base.stored, origin=origin, marks=base.marks
    )


def _cut(
    context: Context, proposal: Revision, *, names: tuple[str, ...], n_frames: int, window: Window
) -> LabelImage:
    labels = np.zeros((len(names), n_frames, *window.shape), dtype=np.uint32)
    fov_labels = open_fov_labels(context, proposal)
    for index, name in enumerate(names):
        # The predictor may give one compartment where a person can draw both.
        if name in fov_labels.compartments:
            for frame in range(n_frames):
                labels[index, frame] = fov_labels.read(name, frame, window)
    return labels
