"""The Celery application with every work and the schedule of beat."""

from collections.abc import Callable
from functools import cache
from typing import Any

from celery import Celery
from sqlalchemy.exc import OperationalError

from backend.adapters.celery_queue import make_celery
from backend.bootstrap import build_context
from backend.config import Settings
from backend.errors import ConfigError, QueueError, StorageError
from backend.services.context import Context
from backend.worker.trainer import WorkTrainer, load_work_predictor
from backend.worker.works import WORKS, run_work

DAY_S = 24 * 3600
# What may pass by itself: tried again with growing pauses, then left to the sweep.
_PASSING = (StorageError, QueueError, OperationalError)
_MOST_RETRIES = 4


def make_worker(settings: Settings) -> Celery:
    """The Celery application that a worker and beat run.

    The context is made in the process that works, after the fork: no connection is shared between processes.

    Raises
    ------
    ConfigError
        When no Redis is set.
    """
    if not settings.redis_url:
        raise ConfigError("A worker needs a queue: set REDIS_URL, or let `cytoloop serve` start everything.")
    app = make_celery(settings)

    @cache
    def context() -> Context:
        return build_context(
            settings, role="worker", load_predictor=load_work_predictor, trainer=WorkTrainer()
        )

    for name in WORKS:
        _register(app, name, context)
    periods_s = {
        "sweep": settings.sweep_every_s,
        "retrain_check": settings.retrain_check_every_s,
        "sweep_storage": DAY_S,
    }
    app.conf.beat_schedule = {name: _entry(name, float(period_s)) for name, period_s in periods_s.items()}
    return app


def _entry(name: str, period_s: float) -> dict[str, Any]:
    # A message that waited longer than its period is followed by the next one anyway.
    return {"task": f"cytoloop.{name}", "schedule": period_s, "options": {"expires": period_s}}


def _register(app: Celery, name: str, context: Callable[[], Context]) -> None:
    def work(task: Any, **ids: int) -> None:
        headers = task.request.headers or {}
        run_work(
            context(),
            name,
            work_id=task.request.id or "",
            request_id=headers.get("cytoloop_request_id", ""),
            **ids,
        )

    app.task(
        work,
        name=f"cytoloop.{name}",
        bind=True,
        autoretry_for=_PASSING,
        max_retries=_MOST_RETRIES,
        retry_backoff=2,
        retry_backoff_max=60,
    )
