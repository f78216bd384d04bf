"""What Celery runs: `celery --app backend.worker.celery_app:celery worker` (or `beat`)."""

from typing import Any

from celery.signals import setup_logging, worker_process_init

from backend.config import Settings
from backend.logging import configure_logging
from backend.temporary_files import keep_temporary_files
from backend.worker.factory import make_worker

settings = Settings.from_env().with_data_dir()
celery = make_worker(settings)


@setup_logging.connect
def set_up_logging(**_options: Any) -> None:
    """Take the place of Celery's own handlers, in the worker and in each process it forks."""
    configure_logging(level=settings.log_level, style=settings.log_style)


@worker_process_init.connect
def keep_own_files(**_options: Any) -> None:
    """Give each process that works, the only one of a solo worker too, a folder for what it unpacks."""
    keep_temporary_files(settings.data_dir / "temporary")
