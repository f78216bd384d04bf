"""Proposals: what a predictor makes of the FOVs of a job before people see them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import reading, transaction
from backend.errors import Conflict, CytoloopError, StorageError
from backend.models import Fov, Job, Run
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.revision import RevisionSource
from backend.models.run import RunKind, RunState
from backend.ports import MissingObject, ModelError, Predictor, Trainer
from backend.services.confidences import (
    Values,
    append_confidences,
    renumber_confidences,
    store_confidences,
)
from backend.services.context import Context
from backend.services.fov_labels import RevisionOrigin, add_fov_revision, find_proposal, store_fov_labels
from backend.services.fovs import get_fov, open_reader
from backend.services.jobs import fail_job, fovs_to_propose, get_job, publish_tasks
from backend.services.label_canvas import LabelCanvas, label_canvas
from backend.services.model_versions import first_predictor, model_name, open_predictor
from backend.services.projects import prediction_settings
from backend.services.run_progress import is_heard_of, recorded_prediction
from backend.services.storage_prefixes import fresh_prefix
from backend.services.transitions import move_fov
from pipeline.errors import PipelineError
from pipeline.io.ome_zarr import FovReader
from pipeline.model_input import model_image
from pipeline.types import Labels
from pipeline.windows import Window

_NEW = (FovState.INGESTED, FovState.PROPOSED)
log = structlog.get_logger(__name__)


class ProposalFailed(CytoloopError):
    """An FOV for which no labels can be proposed."""

    code = "proposal_failed"


@dataclass
class _Predictors:
    """The predictor of a job, and the project's first one for what is left to it; loaded when needed."""

    context: Context
    model_version_id: int | None
    name: str
    first: str
    stack: ExitStack
    loaded: dict[int | None, Predictor] = field(default_factory=dict)

    def of(self, model_version_id: int | None) -> Predictor:
        if model_version_id not in self.loaded:
            opened = self.stack.enter_context(
                open_predictor(self.context, model_version_id, first=self.first)
            )
            self.loaded[model_version_id] = opened
        return self.loaded[model_version_id]

    def share_out(self, compartments: list[str]) -> dict[int | None, list[str]]:
        """Which predictor gives which compartment: the job's what it can, the first one the rest."""
        able = self.of(self.model_version_id).compartments
        shares = {
            self.model_version_id: [name for name in compartments if name in able],
            None: [name for name in compartments if name not in able],
        }
        if self.model_version_id is None:
            return {None: [name for name in compartments if name in able]}
        return {key: names for key, names in shares.items() if names}


def prepare_job(context: Context, *, job_id: int) -> None:
    """Propose labels for the FOVs of a job with the job's predictor, then publish its tasks.

    FOVs that the job begins with their accepted labels need no proposal.

    Proposals that stand are kept, so that a job whose worker was lost is taken up where it was. An FOV that
    cannot be predicted fails the job with the reason; storage that does not answer leaves it to be tried
    again.

    Raises
    ------
    NotFound
        When there is no such job.
    StorageError
        When the storage does not answer.
    """
    with reading(context.sessions) as session:
        job = get_job(session, job_id=job_id)
        at_work = is_being_predicted(session, context, job_id=job_id)
    if job.state is not JobState.PREPARING or at_work:
        log.info("nothing_to_prepare", job_id=job_id, state=job.state.value, at_work=at_work)
        return
    try:
        _propose_all(context, job)
        with transaction(context.sessions, context.queue.send) as session:
            publish_tasks(session, context, job_id=job_id)
    except StorageError:
        raise
    except (CytoloopError, PipelineError) as fault:
        log.warning("job_failed", job_id=job_id, reason=str(fault))
        with transaction(context.sessions) as session:
            if get_job(session, job_id=job_id).state is JobState.PREPARING:
                fail_job(session, job_id=job_id, reason=str(fault))


def is_being_predicted(session: Session, context: Context, *, job_id: int) -> bool:
    """Whether a worker that is heard of makes the proposals of the job."""
    running = session.scalars(select(Run).where(Run.kind == RunKind.PREDICT, Run.state == RunState.RUNNING))
    return any(run.inputs.get("job_id") == job_id and is_heard_of(context, run) for run in running)


def _propose_all(context: Context, job: Job) -> None:
    with reading(context.sessions) as session:
        fov_ids = fovs_to_propose(session, job)
    inputs = {"job_id": job.id, "model_version_id": job.model_version_id}
    with (
        recorded_prediction(context, project_id=job.project_id, inputs=inputs) as progress,
        _predictors(context, job) as predictors,
    ):
        n_fovs = len(fov_ids)
        for number, fov_id in enumerate(fov_ids):
            message = f"FOV {number + 1} of {n_fovs}"
            progress.enter("predicting", message, fraction=number / n_fovs)
            try:
                propose_labels(context, fov_id=fov_id, predictors=predictors)
            except (PipelineError, ModelError, MissingObject) as fault:
                raise ProposalFailed(f"No labels can be proposed for FOV {fov_id}: {fault}") from fault


@contextmanager
def _predictors(context: Context, job: Job) -> Iterator[_Predictors]:
    with reading(context.sessions) as session:
        first = first_predictor(session, job.project_id)
        name = model_name(session, job.model_version_id, first=first)
    with ExitStack() as stack:
        yield _Predictors(context, job.model_version_id, name, first, stack)


def propose_labels(context: Context, *, fov_id: int, predictors: _Predictors) -> int:
    """The revision that a predictor proposes for an FOV, predicted unless it stands already."""
    with reading(context.sessions) as session:
        fov = get_fov(session, fov_id=fov_id)
        known = find_proposal(session, fov_id=fov_id, model_version_id=predictors.model_version_id)
    if known is not None:
        _move_to_proposed(context, fov_id)
        return known.id
    shares = predictors.share_out(fov.compartments)
    compartments = [name for names in shares.values() for name in names]
    shape = (fov.n_frames, fov.n_rows, fov.n_columns)
    with fresh_prefix(context, "revisions") as prefix, label_canvas(compartments, shape) as canvas:
        confidences: dict[str, Values] = {}
        shrinks: dict[str, int] = {}
        for model_version_id, names in shares.items():
            predictor = predictors.of(model_version_id)
            painted = _paint(context, fov, canvas, predictor=predictor, compartments=names)
            confidences |= painted.confidences
            if painted.shrink is not None:
                shrinks |= dict.fromkeys(names, painted.shrink)
        confidences = renumber_confidences(confidences, canvas.match())
        stored = store_fov_labels(context, canvas, prefix=prefix, fov=fov)
        store_confidences(context, confidences, prefix=prefix)
        origin = RevisionOrigin(
            RevisionSource.PREDICTOR,
            predictor=predictors.name,
            model_version_id=predictors.model_version_id,
            report=_report(predictors, shares) | ({"shrink": shrinks} if shrinks else {}),
        )
        with transaction(context.sessions) as session:
            held = session.get_one(Fov, fov_id, with_for_update={"key_share": True})
            is_new = held.state in _NEW
            revision = add_fov_revision(
                session, context, stored, fov=held, origin=origin, make_current=is_new
            )
            if held.state is FovState.INGESTED:
                move_fov(session, held, FovState.PROPOSED)
    log.info("proposed", fov_id=fov_id, revision_id=revision.id, counts=dict(stored.counts))
    return revision.id


def _move_to_proposed(context: Context, fov_id: int) -> None:
    with transaction(context.sessions) as session:
        fov = session.get_one(Fov, fov_id, with_for_update={"key_share": True})
        if fov.state is FovState.INGESTED:
            move_fov(session, fov, FovState.PROPOSED)


def _report(predictors: _Predictors, shares: Mapping[int | None, list[str]]) -> dict[str, Any]:
    """Which compartments the first predictor stood in for, with the reason in words."""
    missing = shares.get(None, []) if predictors.model_version_id is not None else []
    if not missing:
        return {}
    return {
        "from_first": missing,
        "note": (
            f"{predictors.name} gives no {' or '.join(missing)}; the {predictors.first} proposed it instead."
        ),
    }


@dataclass(frozen=True)
class _Painted:
    """What else is known of the labels on a canvas.

    confidences : how sure the predictor is of each instance, indexed by label
    shrink : how much it saw the FOV shrunken; None where the sizes of pixels decided
    """

    confidences: dict[str, Values]
    shrink: int | None


def _paint(
    context: Context, fov: Fov, canvas: LabelCanvas, *, predictor: Predictor, compartments: list[str]
) -> _Painted:
    """Predict an FOV frame by frame, by tiles; instances of different frames get different labels."""
    trainer = _trainer(context)
    reader = open_reader(context, fov)
    with reading(context.sessions) as session:
        settings = prediction_settings(session, project_id=fov.project_id)
    shrink = settings.shrink
    if shrink is None:
        shrink = trainer.choose_shrink(
            predictor,
            _FrameInput(reader, fov.n_frames // 2, predictor.input_channels),
            shape=(fov.n_rows, fov.n_columns),
            pixel_size_um=fov.pixel_size_um,
        )
    confidences: dict[str, Values] = {}
    highest = dict.fromkeys(compartments, 0)
    for frame in range(fov.n_frames):
        starts = dict(highest)
        read = _FrameInput(reader, frame, predictor.input_channels)
        bands = trainer.predict_bands(
            predictor,
            read,
            shape=(fov.n_rows, fov.n_columns),
            pixel_size_um=fov.pixel_size_um,
            shrink=shrink,
            postprocessing=settings.postprocessing,
        )
        for band in bands:
            if band.compartment not in compartments:
                continue
            rows = slice(band.row, band.row + len(band.labels))
            start = starts[band.compartment]
            canvas.planes[band.compartment][frame, rows] = _above(band.labels, start)
            found = int(band.labels.max(initial=0)) + start
            highest[band.compartment] = max(highest[band.compartment], found)
        for name in set(bands.confidences) & set(compartments):
            held = confidences.get(name)
            confidences[name] = append_confidences(held, bands.confidences[name], start=starts[name])
    return _Painted(confidences, shrink)


def _above(labels: Labels, start: int) -> Labels:
    """Labels raised by `start`; background stays. In int32, since bands are as wide as the FOV."""
    return np.add(labels, np.int32(start), out=labels.copy(), where=labels > 0)


@dataclass(frozen=True)
class _FrameInput:
    """Model input of the windows of one frame."""

    reader: FovReader
    frame: int
    names: tuple[str, ...]

    def __call__(self, window: Window) -> Any:
        return model_image(self.reader, window, self.frame, names=self.names)


def _trainer(context: Context) -> Trainer:
    if context.trainer is None:
        raise Conflict("This process predicts nothing; the work `prepare_job` belongs to a worker.")
    return context.trainer
