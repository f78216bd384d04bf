"""The worker's side of predictions in a box: read the window with its surroundings, predict, store."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import structlog
from sqlalchemy.orm import Session

from backend.db import transaction
from backend.errors import AssignmentClosed, Conflict, CytoloopError, StorageError
from backend.models import Assignment, BoxPrediction, Fov, Job, Task
from backend.models.box_prediction import BoxState
from backend.ports import MissingObject, Predictor
from backend.services.assignments import check_open
from backend.services.box_predictions import fail_box, labels_key
from backend.services.context import Context
from backend.services.crop_bases import window_of
from backend.services.fov_labels import find_proposal
from backend.services.fovs import open_reader
from backend.services.model_versions import first_predictor, open_predictor
from backend.services.projects import PredictionSettings, prediction_settings
from backend.services.storage_prefixes import fresh_prefix
from backend.services.transitions import move_box
from pipeline.errors import PipelineError
from pipeline.labels import relabel_sequential
from pipeline.model_input import model_image
from pipeline.windows import Window

# Pixels around the box that the predictor sees too, so that instances at its border look as they are.
MARGIN_PX = 64
# Pixels around the box that say what is bright and what is dark here.
CALIBRATION_PX = 256
_WAITING = (BoxState.QUEUED, BoxState.RUNNING)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Question:
    """Everything the answer needs; windows are in pixels of the crop but for `crop`, which is of the FOV."""

    fov: Fov
    crop: Window
    compartment: str
    frame: int
    box: Window
    model_version_id: int | None
    first: str
    settings: PredictionSettings
    proposed_shrink: int | None


def predict_box(context: Context, *, box_id: int) -> None:
    """Answer one box: store its labels, or why there are none. An answered one stays as it is.

    Raises
    ------
    StorageError
        When the storage does not answer; the work is tried again.
    """
    question = _begin(context, box_id)
    if question is None:
        log.info("nothing_to_predict", box_id=box_id)
        return
    try:
        labels = _predict(context, question)
    except (CytoloopError, PipelineError) as fault:
        if isinstance(fault, StorageError) and not isinstance(fault, MissingObject):
            raise
        log.warning("box_failed", box_id=box_id, reason=str(fault))
        give_up_box(context, box_id=box_id, message=f"The box cannot be predicted: {fault} Draw by hand.")
        return
    _store(context, box_id, labels)


def give_up_box(context: Context, *, box_id: int, message: str) -> None:
    """Note why a box that waits for its answer gets none."""
    with transaction(context.sessions) as session:
        box = _lock(session, box_id)
        if box is not None and box.state in _WAITING:
            fail_box(session, box, message)


def _begin(context: Context, box_id: int) -> _Question | None:
    """Say that the box is being predicted; None when it needs no answer any more."""
    with transaction(context.sessions) as session:
        box = _lock(session, box_id)
        if box is None or box.state not in _WAITING:
            return None
        assignment = session.get_one(Assignment, box.assignment_id)
        try:
            check_open(context, assignment)
        except AssignmentClosed as fault:
            fail_box(session, box, fault.message)
            return None
        move_box(session, box, BoxState.RUNNING)
        task = session.get_one(Task, assignment.task_id)
        job = session.get_one(Job, task.job_id)
        return _Question(
            fov=session.get_one(Fov, task.fov_id),
            crop=window_of(task),
            compartment=box.compartment,
            frame=box.frame,
            box=Window(box.row, box.col, box.height, box.width),
            model_version_id=job.model_version_id,
            first=first_predictor(session, job.project_id),
            settings=prediction_settings(session, project_id=job.project_id),
            proposed_shrink=_proposed_shrink(session, task, job, compartment=box.compartment),
        )


def _proposed_shrink(session: Session, task: Task, job: Job, *, compartment: str) -> int | None:
    """How much the predictor saw the FOV shrunken when it made the proposal, where that is known."""
    proposal = find_proposal(session, fov_id=task.fov_id, model_version_id=job.model_version_id)
    if proposal is None:
        return None
    shrinks: Mapping[str, int] = proposal.report.get("shrink", {})
    return shrinks.get(compartment)


def _lock(session: Session, box_id: int) -> BoxPrediction | None:
    return session.get(BoxPrediction, box_id, with_for_update=True, populate_existing=True)


def _predict(context: Context, question: _Question) -> npt.NDArray[np.uint32]:
    if context.trainer is None:
        raise Conflict("This process predicts nothing; the work `predict_box` belongs to a worker.")
    predictor = _predictor(context, question)
    around = _grown(question.box, question.crop, by_px=CALIBRATION_PX)
    seen = _grown(question.box, question.crop, by_px=MARGIN_PX)
    in_fov = Window(
        question.crop.row + around.row, question.crop.col + around.col, around.height, around.width
    )
    reader, names = open_reader(context, question.fov), predictor.input_channels
    image = model_image(reader, in_fov, question.frame, names=names)
    labels = context.trainer.predict_window(
        predictor,
        image,
        _inside(seen, around),
        pixel_size_um=question.fov.pixel_size_um,
        shrink=question.settings.shrink or question.proposed_shrink,
        postprocessing=question.settings.postprocessing,
    )
    cut = labels[question.compartment][_inside(question.box, seen).slices]
    return relabel_sequential(cut).astype("<u4")


def _predictor(context: Context, question: _Question) -> Predictor:
    """The job's predictor, else the project's first one, which gives what a model was not trained on."""
    for model_version_id in (question.model_version_id, None):
        key = question.first if model_version_id is None else model_version_id
        opened = partial(open_predictor, context, model_version_id, first=question.first)
        found = context.predictors.get(key, opened)
        if question.compartment in found.compartments:
            return found
    raise Conflict(f"No predictor gives {question.compartment}.")


def _grown(box: Window, crop: Window, *, by_px: int) -> Window:
    """The box and what lies around it, as far as the crop goes."""
    row, col = max(0, box.row - by_px), max(0, box.col - by_px)
    stop_row = min(crop.height, box.stop_row + by_px)
    stop_col = min(crop.width, box.stop_col + by_px)
    return Window(row, col, stop_row - row, stop_col - col)


def _inside(window: Window, outer: Window) -> Window:
    """A window in the pixels of another that holds it."""
    return Window(window.row - outer.row, window.col - outer.col, window.height, window.width)


def _store(context: Context, box_id: int, labels: npt.NDArray[np.uint32]) -> None:
    file = io.BytesIO()
    np.save(file, labels, allow_pickle=False)
    with fresh_prefix(context, "predictions") as prefix:
        context.storage.put(labels_key(prefix), file.getvalue())
        with transaction(context.sessions) as session:
            box = _lock(session, box_id)
            is_wanted = box is not None and box.state is BoxState.RUNNING
            if box is not None and is_wanted:
                move_box(session, box, BoxState.DONE)
                box.storage_prefix = prefix
        if not is_wanted:
            context.storage.delete_prefix(prefix)
    log.info("box_predicted", box_id=box_id, n_instances=int(labels.max(initial=0)), wanted=is_wanted)
