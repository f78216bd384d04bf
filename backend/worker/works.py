"""The works by name: what each calls, and what to note when it fails in a way nobody foresaw."""

import time
from collections.abc import Callable, Mapping

import structlog

from backend.logging import work_logging
from backend.models.run import RunState
from backend.services.context import Context
from backend.services.predictions import prepare_job
from backend.services.promotions import decide_promotion
from backend.services.run_progress import end_run
from backend.services.stitching import stitch_fov
from backend.services.sweeps import sweep, sweep_storage
from backend.services.training_runs import consider_every_project, consider_retraining, run_training

Work = Callable[..., object]
log = structlog.get_logger(__name__)


def _train(context: Context, *, run_id: int) -> None:
    try:
        run_training(context, run_id=run_id)
    except Exception as fault:
        reason = f"Training ended in an error nobody foresaw ({type(fault).__name__}: {fault})."
        end_run(context, run_id=run_id, state=RunState.FAILED, failure=reason)
        raise


WORKS: Mapping[str, Work] = {
    "prepare_job": prepare_job,
    "stitch_fov": stitch_fov,
    "train": _train,
    "consider_retraining": consider_retraining,
    "decide_promotion": decide_promotion,
    "sweep": sweep,
    "sweep_storage": sweep_storage,
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
