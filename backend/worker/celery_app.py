"""What Celery runs: `celery --app backend.worker.celery_app:celery worker` (or `beat`)."""

from collections.abc import Callable
from functools import cache
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from sqlalchemy.exc import OperationalError

from backend.adapters.celery_queue import make_celery
from backend.bootstrap import build_context
from backend.config import Settings
from backend.errors import QueueError, StorageError
from backend.logging import configure_logging
from backend.services.context import Context
from backend.worker.trainer import WorkTrainer, load_work_predictor
from backend.worker.works import WORKS, run_work

DAY_S = 24 * 3600
# What may pass by itself: tried again with growing pauses, then left to the sweep.
_PASSING = (StorageError, QueueError, OperationalError)
_MOST_RETRIES = 4


def make_worker(settings: Settings) -> Celery:
    """The Celery application with every work and the schedule of beat.

    The context is made in the process that works, after the fork: no connection is shared between processes.
    """
    app = make_celery(settings)

    @cache
    def context() -> Context:
        return build_context(
            settings, role="worker", load_predictor=load_work_predictor, trainer=WorkTrainer()
        )

    for name in WORKS:
        _register(app, name, context)
    app.conf.beat_schedule = {
        "sweep": {"task": "cytoloop.sweep", "schedule": float(settings.sweep_every_s)},
        "retrain_check": {
            "task": "cytoloop.retrain_check",
            "schedule": float(settings.retrain_check_every_s),
        },
        "sweep_storage": {"task": "cytoloop.sweep_storage", "schedule": float(DAY_S)},
    }
    # A message of beat that waited longer than its period is followed by the next one anyway.
    for entry in app.conf.beat_schedule.values():
        entry["options"] = {"expires": entry["schedule"]}
    return app


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


@setup_logging.connect
def _set_up_logging(**_options: Any) -> None:
    # Connected, this signal keeps Celery from setting up handlers of its own.
    configure_logging(level=settings.log_level, style=settings.log_style)


settings = Settings.from_env().with_data_dir()
celery = make_worker(settings)
