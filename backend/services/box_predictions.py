"""Predictions in a box: an annotator asks the job's predictor about a window of their crop.

The web process notes the question, a worker answers it, the browser fetches the labels and writes them as an
edit. Nothing of it is kept: the sweep removes question and answer after an hour.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit, run_after_commit
from backend.errors import Conflict, InvalidInput, NotFound, StorageError, TooManyAttempts
from backend.models import BoxPrediction, Fov, Task
from backend.models.box_prediction import BoxState
from backend.services.assignments import lock_open_assignment, renew_lease
from backend.services.context import Context
from backend.services.transitions import move_box
from pipeline.windows import Window

LEAST_SIDE_PX = 16
MOST_SIDE_PX = 2048
MOST_PER_MINUTE = 30
# A question that waits this long was lost on its way, and is sent again; after the longer time nobody waits.
RESEND_AFTER = timedelta(seconds=45)
ANSWER_WITHIN = timedelta(minutes=5)
KEEP = timedelta(hours=1)
_WAITING = (BoxState.QUEUED, BoxState.RUNNING)


class PredictionUnfinished(Conflict):
    """The labels of a box that are not there: the worker is at it still, or it failed."""

    code = "prediction_unfinished"


def request_box(
    session: Session,
    context: Context,
    *,
    assignment_id: int,
    annotator_id: int,
    compartment: str,
    frame: int,
    window: Window,
) -> BoxPrediction:
    """Ask for the labels of a window; a worker answers.

    Parameters
    ----------
    window : Window
        In pixels of the crop, 16 to 2048 px a side.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator.
    AssignmentClosed
        When it takes no more changes.
    InvalidInput
        When the crop has no such compartment, frame or window.
    TooManyAttempts
        When the annotator asks for more than 30 boxes in a minute.
    """
    assignment = lock_open_assignment(
        session, context, assignment_id=assignment_id, annotator_id=annotator_id
    )
    task = session.get_one(Task, assignment.task_id)
    fov = session.get_one(Fov, task.fov_id)
    _check_place(fov, compartment=compartment, frame=frame)
    _check_window(task, window)
    _check_rate(session, context, annotator_id)
    renew_lease(context, assignment)
    box = BoxPrediction(
        assignment_id=assignment.id,
        annotator_id=annotator_id,
        state=BoxState.QUEUED,
        compartment=compartment,
        frame=frame,
        row=window.row,
        col=window.col,
        height=window.height,
        width=window.width,
        created_at=context.clock.now(),
    )
    session.add(box)
    session.flush()
    enqueue_after_commit(session, "predict_box", box_id=box.id)
    return box


def get_box(session: Session, *, box_id: int, assignment_id: int, annotator_id: int) -> BoxPrediction:
    """The annotator's prediction in a box, or `NotFound`, also once it was swept."""
    box = session.get(BoxPrediction, box_id)
    if box is None or (box.assignment_id, box.annotator_id) != (assignment_id, annotator_id):
        raise NotFound(
            f"There is no prediction {box_id} in this assignment; predictions are kept for an hour. Draw the"
            " box again."
        )
    return box


def load_box_labels(
    session: Session, context: Context, *, box_id: int, assignment_id: int, annotator_id: int
) -> bytes:
    """The labels of a box as `.npy`: uint32 (height, width), numbered from 1, 0 is background.

    Raises
    ------
    NotFound
        When there is no such prediction, or it was swept.
    PredictionUnfinished
        When it is not done, with the reason when it failed.
    """
    box = get_box(session, box_id=box_id, assignment_id=assignment_id, annotator_id=annotator_id)
    if box.state is not BoxState.DONE:
        reason = box.message or "Ask for its state until it is `done`, then fetch the labels."
        raise PredictionUnfinished(f"Prediction {box_id} is {box.state.value}. {reason}", state=box.state)
    return context.storage.get(labels_key(box.storage_prefix or ""))


def labels_key(prefix: str) -> str:
    """Where the labels of a box lie below its prefix."""
    return f"{prefix}/labels.npy"


def sweep_boxes(session: Session, context: Context) -> dict[str, int]:
    """Send lost questions again, give up those nobody answers, remove the old ones; how many of each."""
    now = context.clock.now()
    waiting = session.scalars(
        select(BoxPrediction)
        .where(BoxPrediction.state.in_(_WAITING), BoxPrediction.created_at <= now - RESEND_AFTER)
        .with_for_update(skip_locked=True)
    ).all()
    late = [box for box in waiting if box.created_at <= now - ANSWER_WITHIN]
    lost = [box for box in waiting if box not in late and box.state is BoxState.QUEUED]
    for box in late:
        fail_box(session, box, "No worker answered within five minutes. Draw the box again, or by hand.")
    for box in lost:
        enqueue_after_commit(session, "predict_box", box_id=box.id)
    return {"lost_boxes": len(lost), "late_boxes": len(late), "old_boxes": _remove_old(session, context)}


def fail_box(session: Session, box: BoxPrediction, message: str) -> None:
    """Give up a prediction and say why, and what to do."""
    move_box(session, box, BoxState.FAILED)
    box.message = message


def _remove_old(session: Session, context: Context) -> int:
    old = session.scalars(
        select(BoxPrediction)
        .where(BoxPrediction.created_at <= context.clock.now() - KEEP)
        .with_for_update(skip_locked=True)
    ).all()
    prefixes = [box.storage_prefix for box in old if box.storage_prefix is not None]
    for box in old:
        session.delete(box)
    run_after_commit(session, lambda: _delete_prefixes(context, prefixes))
    return len(old)


def _delete_prefixes(context: Context, prefixes: Sequence[str]) -> None:
    # What cannot be removed now is an orphan that `sweeps.sweep_storage` finds.
    with suppress(StorageError):
        for prefix in prefixes:
            context.storage.delete_prefix(prefix)


def _check_place(fov: Fov, *, compartment: str, frame: int) -> None:
    if compartment not in fov.compartments:
        raise InvalidInput(
            f"This crop has no {compartment!r}; give {' or '.join(fov.compartments)}.", field="compartment"
        )
    if not 0 <= frame < fov.n_frames:
        raise InvalidInput(
            f"This crop has no frame {frame}; it has frames 0 to {fov.n_frames - 1}.", field="frame"
        )


def _check_window(task: Task, window: Window) -> None:
    sides = (window.height, window.width)
    if min(sides) < LEAST_SIDE_PX or max(sides) > MOST_SIDE_PX:
        raise InvalidInput(
            f"The box has {window.height} x {window.width} px; draw one of {LEAST_SIDE_PX} to"
            f" {MOST_SIDE_PX} px a side.",
            field="window",
        )
    if window.stop_row > task.height or window.stop_col > task.width:
        raise InvalidInput(
            f"The box ends at row {window.stop_row}, column {window.stop_col}, outside of the crop of"
            f" {task.height} x {task.width} px; draw it inside.",
            field="window",
        )


def _check_rate(session: Session, context: Context, annotator_id: int) -> None:
    since = context.clock.now() - timedelta(minutes=1)
    lately = select(func.count(BoxPrediction.id)).where(
        BoxPrediction.annotator_id == annotator_id, BoxPrediction.created_at > since
    )
    if (session.scalar(lately) or 0) >= MOST_PER_MINUTE:
        raise TooManyAttempts(
            f"{MOST_PER_MINUTE} boxes a minute are the most. Wait a little, then draw the box again."
        )
