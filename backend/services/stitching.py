"""From submitted crops to the label images of an FOV, checked and ready for review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.models import Assignment, Fov, Project, Revision, Task
from backend.models.assignment import AssignmentState
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.models.task import TaskState
from backend.services.context import Context
from backend.services.crop_bases import window_of
from backend.services.fov_labels import (
    FovLabels,
    RevisionOrigin,
    StoredFovLabels,
    add_fov_revision,
    find_current_revision,
    get_fov_revision,
    open_fov_labels,
    store_fov_labels,
)
from backend.services.fovs import get_fov
from backend.services.jobs import get_job
from backend.services.label_canvas import LabelCanvas, label_canvas
from backend.services.label_renumbering import Renumbering
from backend.services.marks import read_marks
from backend.services.projects import ProjectSettings
from backend.services.proposal_scores import score_proposal
from backend.services.qc_findings import add_findings, write_findings
from backend.services.revisions import load_crop_labels
from backend.services.storage_prefixes import fresh_prefix
from backend.services.transitions import move_fov
from pipeline.mark_cuts import cut_marks
from pipeline.mark_stitching import MarkedCrop, stitch_marks
from pipeline.qc import QcThresholds
from pipeline.stitch import StitchReport, stitch_bands
from pipeline.types import Labels
from pipeline.windows import Window

_FINISHED = (TaskState.SUBMITTED, TaskState.SKIPPED, TaskState.APPROVED)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Crop:
    """What one task contributes: the revision an annotator submitted, or None for its proposal."""

    window: Window
    submitted: Revision | None
    proposal_id: int


@dataclass(frozen=True)
class _Plan:
    """Everything stitching needs, read in one transaction."""

    job_id: int
    fov: Fov
    crops: Sequence[_Crop]
    proposal: Revision
    thresholds: QcThresholds

    @property
    def inputs(self) -> list[int]:
        """The revisions that go in, by task; the same inputs need no second stitching."""
        return [crop.submitted.id if crop.submitted else crop.proposal_id for crop in self.crops]

    @property
    def windows(self) -> list[Window]:
        return [crop.window for crop in self.crops]


def stitch_fov(context: Context, *, job_id: int, fov_id: int) -> int | None:
    """Stitch the crops of an FOV in a job, store the labels with QC findings, and have them reviewed.

    A skipped task contributes its proposal; of several submissions of a task the last counts. Runs band by
    band; stitching the same submissions again gives the revision that stands, which then waits for review
    again if the FOV had been returned.

    Returns
    -------
    int or None
        The revision; None while tasks are left to annotate.

    Raises
    ------
    NotFound
        When there is no such job or FOV.
    WrongState
        When the FOV is in the hands of another job.
    """
    with reading(context.sessions) as session:
        plan = _plan(session, job_id=job_id, fov_id=fov_id)
        known = _find_stitched(session, plan) if plan is not None else None
    if plan is None or known is not None:
        log.info("nothing_to_stitch", job_id=job_id, fov_id=fov_id, revision_id=known)
        if plan is not None and plan.fov.state is FovState.ANNOTATING:
            _hand_over(context, plan)
        return known
    shape = (plan.fov.n_frames, plan.fov.n_rows, plan.fov.n_columns)
    with (
        fresh_prefix(context, "revisions") as prefix,
        label_canvas(plan.fov.compartments, shape) as canvas,
    ):
        report = _stitch(context, plan, canvas)
        marks = _stitch_marks(context, plan, canvas)
        findings = write_findings(canvas, thresholds=plan.thresholds, seams=plan.windows)
        stored = store_fov_labels(context, canvas, prefix=prefix, fov=plan.fov)
        return _record(context, plan, stored, report=report, marks=marks, findings=findings)


def _plan(session: Session, *, job_id: int, fov_id: int) -> _Plan | None:
    """What is to be stitched; None while tasks are left."""
    get_job(session, job_id=job_id)
    fov = get_fov(session, fov_id=fov_id)
    tasks = session.scalars(
        select(Task).where(Task.job_id == job_id, Task.fov_id == fov_id).order_by(Task.id)
    ).all()
    if not tasks or any(task.state not in _FINISHED for task in tasks):
        return None
    settings = ProjectSettings.from_dict(session.get_one(Project, fov.project_id).settings)
    submitted = _last_submissions(session, job_id=job_id, fov_id=fov_id)
    return _Plan(
        job_id=job_id,
        fov=fov,
        crops=[_Crop(window_of(task), submitted.get(task.id), task.proposal_id) for task in tasks],
        proposal=get_fov_revision(session, revision_id=tasks[0].proposal_id),
        thresholds=settings.qc_thresholds(),
    )


def _last_submissions(session: Session, *, job_id: int, fov_id: int) -> dict[int, Revision]:
    """The revision each task was submitted with last; skipped tasks have none."""
    rows = session.execute(
        select(Assignment.task_id, Revision)
        .join(Revision, Revision.id == Assignment.submitted_revision_id)
        .join(Task, Task.id == Assignment.task_id)
        # Not by their ids: a large FOV has more tasks than a statement of PostgreSQL takes parameters.
        .where(Task.job_id == job_id, Task.fov_id == fov_id, Assignment.state == AssignmentState.SUBMITTED)
        .order_by(Assignment.closed_at, Assignment.id)
    )
    return {task_id: revision for task_id, revision in rows}


def _find_stitched(session: Session, plan: _Plan) -> int | None:
    current = find_current_revision(session, plan.fov)
    if current is None or current.source is not RevisionSource.STITCH:
        return None
    same = current.report.get("job_id") == plan.job_id and current.report.get("inputs") == plan.inputs
    return current.id if same else None


def _hand_over(context: Context, plan: _Plan) -> None:
    """Have the labels that stand reviewed again: the FOV was returned, and nobody changed a crop of it."""
    with transaction(context.sessions) as session:
        fov = session.get_one(Fov, plan.fov.id, with_for_update={"key_share": True}, populate_existing=True)
        now = _plan(session, job_id=plan.job_id, fov_id=fov.id)
        # Of the jobs that an FOV went through, the last one holds it.
        holder = session.scalar(select(func.max(Task.job_id)).where(Task.fov_id == fov.id))
        if now is None or _find_stitched(session, now) is None or holder != plan.job_id:
            return
        if fov.state is FovState.ANNOTATING:
            move_fov(session, fov, FovState.STITCHED)
            log.info("stitched_as_before", job_id=plan.job_id, fov_id=fov.id)


def _stitch(context: Context, plan: _Plan, canvas: LabelCanvas) -> dict[str, Any]:
    """Paint every compartment, give cells and nuclei their common labels, and say what was done."""
    proposal = open_fov_labels(context, plan.proposal)
    reports: dict[str, StitchReport] = {}
    for name in canvas.compartments:
        read = _CropLabels(context, plan, name, proposal)
        bands = stitch_bands(plan.windows, read, canvas.shape[1:])
        for row, band in bands:
            canvas.planes[name][:, row : row + band.shape[-2]] = band
        reports[name] = bands.report
    renumberings = canvas.match()
    # Labels accepted before say nothing about how good a predictor is.
    is_predicted = plan.proposal.source is RevisionSource.PREDICTOR
    return {
        "job_id": plan.job_id,
        "inputs": plan.inputs,
        "n_skipped": sum(crop.submitted is None for crop in plan.crops),
        "compartments": {name: _report(report, renumberings.get(name)) for name, report in reports.items()},
        "proposal": score_proposal(proposal, canvas) if is_predicted else {},
    }


def _stitch_marks(context: Context, plan: _Plan, canvas: LabelCanvas) -> dict[str, Any]:
    """The marks of every crop, in the labels and pixels that the FOV has now."""
    with reading(context.sessions) as session:
        inherited = read_marks(session, revision_id=plan.proposal.id)
        submitted = [
            read_marks(session, revision_id=crop.submitted.id) if crop.submitted else {}
            for crop in plan.crops
        ]
    if not inherited and not any(submitted):
        return {}
    proposal = open_fov_labels(context, plan.proposal)
    readers = {name: _CropLabels(context, plan, name, proposal) for name in canvas.compartments}

    def crop_of(number: int) -> MarkedCrop:
        crop = plan.crops[number]
        marks = submitted[number]
        if crop.submitted is None and inherited:
            labels = {name: read(number) for name, read in readers.items()}
            marks = cut_marks(inherited, crop.window, labels)
        return MarkedCrop(crop.window, marks, lambda name: readers[name](number))

    def read_fov(name: str, window: Window) -> Labels:
        return np.asarray(canvas.planes[name][(slice(None), *window.slices)])

    def read_proposal(name: str, window: Window) -> Labels:
        return _proposed(proposal, name, window, n_frames=plan.fov.n_frames)

    order = sorted(range(len(plan.crops)), key=lambda number: plan.crops[number].window)
    return stitch_marks(map(crop_of, order), read_fov, inherited=inherited, read_inherited=read_proposal)


def _proposed(proposal: FovLabels, name: str, window: Window, *, n_frames: int) -> Labels:
    """What was proposed of a compartment in a window, (frame, row, col); all background where nothing was."""
    if name not in proposal.compartments:
        return np.zeros((n_frames, *window.shape), dtype=np.int32)
    return np.stack([proposal.read(name, frame, window) for frame in range(n_frames)])


@dataclass(frozen=True)
class _CropLabels:
    """Reads the labels of one compartment of each crop, (frame, row, col)."""

    context: Context
    plan: _Plan
    compartment: str
    proposal: FovLabels

    def __call__(self, number: int) -> Labels:
        crop = self.plan.crops[number]
        if crop.submitted is not None and self.compartment in crop.submitted.compartments:
            labels = load_crop_labels(self.context, crop.submitted)
            return labels[crop.submitted.compartments.index(self.compartment)].astype(np.int32)
        n_frames = self.plan.fov.n_frames
        if crop.submitted is None:
            return _proposed(self.proposal, self.compartment, crop.window, n_frames=n_frames)
        return np.zeros((n_frames, *crop.window.shape), dtype=np.int32)


def _report(report: StitchReport, renumbering: Renumbering | None) -> Mapping[str, Any]:
    """The stitch report in the labels that the FOV has now."""
    plain = report.to_json()
    if renumbering is not None:
        for merge in plain["merges"]:
            merge["label"] = renumbering.of(merge["label"])
        for conflict in plain["conflicts"]:
            conflict["labels"] = [renumbering.of(label) for label in conflict["labels"]]
    return plain


def _record(
    context: Context,
    plan: _Plan,
    stored: StoredFovLabels,
    *,
    report: Mapping[str, Any],
    marks: Mapping[str, Any],
    findings: Path,
) -> int | None:
    """Add the revision and its findings and move the FOV, unless the tasks changed or another was faster."""
    with transaction(context.sessions) as session:
        fov = session.get_one(Fov, plan.fov.id, with_for_update={"key_share": True}, populate_existing=True)
        now = _plan(session, job_id=plan.job_id, fov_id=fov.id)
        known = _find_stitched(session, now) if now is not None else None
        if now is None or known is not None or now.inputs != plan.inputs:
            context.storage.delete_prefix(stored.prefix)
            log.info("stitched_in_vain", job_id=plan.job_id, fov_id=fov.id, revision_id=known)
            return known
        move_fov(session, fov, FovState.STITCHED)
        origin = RevisionOrigin(RevisionSource.STITCH, parent_id=plan.proposal.id, report=report, marks=marks)
        revision = add_fov_revision(session, context, stored, fov=fov, origin=origin)
        add_findings(session, findings, revision_id=revision.id)
        log.info(
            "stitched", job_id=plan.job_id, fov_id=fov.id, revision_id=revision.id, counts=revision.counts
        )
        return revision.id
