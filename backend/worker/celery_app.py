"""What Celery runs: `celery --app backend.worker.celery_app:celery worker` (or `beat`)."""

from typing import Any

from celery.signals import setup_logging

from backend.config import Settings
from backend.logging import configure_logging
from backend.worker.factory import make_worker

settings = Settings.from_env().with_data_dir()
celery = make_worker(settings)


@setup_logging.connect
def set_up_logging(**_options: Any) -> None:
    """Take the place of Celery's own handlers, in the worker and in each process it forks."""
    configure_logging(level=settings.log_level, style=settings.log_style)
