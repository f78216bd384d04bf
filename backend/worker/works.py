"""The works by name: what each calls, and what to note when it fails in a way nobody foresaw."""

import time
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.exc import OperationalError

from backend.errors import CytoloopError, QueueError, StorageError
from backend.logging import work_logging
from backend.models.run import RunState
from backend.ports import MissingObject
from backend.services.box_answers import give_up_box, predict_box
from backend.services.context import Context
from backend.services.predictions import prepare_job
from backend.services.promotions import decide_promotion
from backend.services.run_progress import end_run
from backend.services.run_scratch import sweep_scratch
from backend.services.stitch_failures import clear_stitch_failure, note_stitch_failure
from backend.services.stitching import stitch_fov
from backend.services.sweeps import sweep, sweep_storage
from backend.services.training_runs import consider_every_project, consider_retraining, run_training
from pipeline.errors import PipelineError

Work = Callable[..., object]
LOOK = "The worker's log says more."
log = structlog.get_logger(__name__)


def _train(context: Context, *, run_id: int) -> None:
    try:
        run_training(context, run_id=run_id)
    except (StorageError, OperationalError):
        # Celery tries it again, or the sweep does; what was trained is kept.
        raise
    except Exception as fault:
        reason = f"Training ended in an error nobody foresaw ({_told(fault)})."
        end_run(context, run_id=run_id, state=RunState.FAILED, failure=reason)
        raise


def _stitch(context: Context, *, job_id: int, fov_id: int) -> None:
    try:
        revision_id = stitch_fov(context, job_id=job_id, fov_id=fov_id)
    except OperationalError:
        # The database that does not answer takes no note either.
        raise
    except Exception as fault:
        is_known = isinstance(fault, CytoloopError | PipelineError)
        message = str(fault) if is_known else f"An error nobody foresaw ({_told(fault)}). {LOOK}"
        may_pass = isinstance(fault, StorageError | QueueError) and not isinstance(fault, MissingObject)
        note_stitch_failure(context, fov_id=fov_id, message=message, may_pass=may_pass)
        raise
    if revision_id is not None:
        clear_stitch_failure(context, fov_id=fov_id)


def _predict_box(context: Context, *, box_id: int) -> None:
    try:
        predict_box(context, box_id=box_id)
    except (StorageError, OperationalError):
        # Celery tries it again; the box waits.
        raise
    except Exception as fault:
        message = f"The prediction ended in an error nobody foresaw ({_told(fault)}). Draw by hand. {LOOK}"
        give_up_box(context, box_id=box_id, message=message)
        raise


def _sweep_storage(context: Context) -> None:
    sweep_storage(context)
    sweep_scratch(context)


def _told(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"


WORKS: Mapping[str, Work] = {
    "prepare_job": prepare_job,
    "predict_box": _predict_box,
    "stitch_fov": _stitch,
    "train": _train,
    "consider_retraining": consider_retraining,
    "decide_promotion": decide_promotion,
    "sweep": sweep,
    "sweep_storage": _sweep_storage,
    "retrain_check": consider_every_project,
}


def run_work(context: Context, name: str, *, work_id: str, request_id: str = "", **ids: int) -> None:
    """Carry out a work by name, with its name and ids bound to every line it logs."""
    with work_logging(name, work_id=work_id, request_id=request_id, **ids):
        started = time.perf_counter()
        log.info("work_begun")
        try:
            WORKS[name](context, **ids)
        except Exception:
            log.exception("work_failed", duration_s=round(time.perf_counter() - started, 3))
            raise
        log.info("work_done", duration_s=round(time.perf_counter() - started, 3))
