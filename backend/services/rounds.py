"""What each job cost and brought: the figures that show whether the loop pays off."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import Assignment, Edit, Fov, Job, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.jobs import get_job, job_progress
from backend.services.model_versions import first_predictor, model_name
from backend.services.proposal_scores import Counts, pooled_f1

# The effort of an assignment counts once it was submitted; what was given back is somebody else's start.
_COUNTED = (AssignmentState.SUBMITTED,)


def job_figures(session: Session, context: Context, *, job_id: int) -> dict[str, Any]:
    """The figures of a job, None where there is nothing to say yet.

    Cells are the instances (of the compartment that has more) of the FOVs stitched so far; effort is that
    of their submitted assignments, as the edit log holds it. Edits that change no pixel count with their
    seconds alone, so that checking cells does not look like correcting them. `proposal_f1` compares the
    proposals with the stitched labels: F1 at IoU 0.5, pooled over FOVs, averaged over compartments.

    Raises
    ------
    NotFound
        When there is no such job.
    """
    job = get_job(session, job_id=job_id)
    stitched = _stitched(session, job)
    n_cells = sum(max(fov.counts.values(), default=0) for fov in stitched)
    n_edits, n_px, active_s = _effort(session, job, [fov.fov_id for fov in stitched])
    first = first_predictor(session, job.project_id)
    return {
        "job_id": job.id,
        "name": job.name,
        "state": job.state.value,
        "created_at": job.created_at.isoformat(),
        "n_fovs": len(job.fov_ids),
        "n_stitched": len(stitched),
        "n_accepted": _n_accepted(session, job),
        "tasks": job_progress(session, job),
        "n_cells": n_cells,
        "n_edits": n_edits,
        "proposal_f1": pooled_f1(fov.proposal or {} for fov in stitched),
        "edits_per_cell": _per(n_edits, n_cells),
        "changed_px_per_cell": _per(n_px, n_cells),
        "active_s_per_cell": _per(active_s, n_cells),
        "model_version_id": job.model_version_id,
        "model_version": model_name(session, job.model_version_id, first=first),
    }


class _Stitched(NamedTuple):
    """What the figures take from a stitched revision; reports are too long to be read whole."""

    fov_id: int
    counts: dict[str, int]
    proposal: Counts | None


def _stitched(session: Session, job: Job) -> Sequence[_Stitched]:
    """The job's last stitched revision of each FOV that has one."""
    rows = session.execute(
        select(Revision.fov_id, Revision.counts, Revision.report["proposal"])
        .where(
            Revision.fov_id.in_(job.fov_ids),
            Revision.task_id.is_(None),
            Revision.source == RevisionSource.STITCH,
            Revision.report["job_id"].as_integer() == job.id,
        )
        .order_by(Revision.id)
    )
    return list({row[0]: _Stitched(*row) for row in rows}.values())


def _effort(session: Session, job: Job, fov_ids: Sequence[int]) -> tuple[int, int, float]:
    """Edits of pixels, changed pixels and active seconds of the submitted assignments of these FOVs."""
    row = session.execute(
        select(
            func.count().filter(Edit.n_px > 0),
            func.coalesce(func.sum(Edit.n_px), 0),
            func.coalesce(func.sum(Edit.active_s), 0.0),
        )
        .select_from(Edit)
        .join(Assignment, Assignment.id == Edit.assignment_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Task.job_id == job.id, Task.fov_id.in_(fov_ids), Assignment.state.in_(_COUNTED))
    ).one()
    return int(row[0]), int(row[1]), float(row[2])


def _n_accepted(session: Session, job: Job) -> int:
    query = (
        select(func.count()).select_from(Fov).where(Fov.id.in_(job.fov_ids), Fov.state == FovState.ACCEPTED)
    )
    return session.scalar(query) or 0


def _per(amount: float, n_cells: int) -> float | None:
    return amount / n_cells if n_cells else None
