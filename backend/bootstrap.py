"""The one place where adapters are chosen: from settings to the context of the rules."""

from pathlib import Path
from typing import Literal

from backend.adapters.celery_queue import AbsentQueue, CeleryQueue, make_celery
from backend.adapters.local_storage import LocalStorage
from backend.adapters.s3_storage import S3Storage
from backend.adapters.system_clock import SystemClock
from backend.config import Settings
from backend.db import make_engine, session_factory
from backend.errors import ConfigError
from backend.ports import PredictorLoader, Storage, Trainer, WorkQueue
from backend.services.context import Context

Role = Literal["web", "worker", "cli"]


def build_context(
    settings: Settings,
    *,
    role: Role,
    load_predictor: PredictorLoader | None = None,
    trainer: Trainer | None = None,
) -> Context:
    """Choose storage, queue, clock and database of a process.

    Parameters
    ----------
    settings : Settings
        With its data folder filled in (`Settings.with_data_dir`).
    role : {"web", "worker", "cli"}
        What the process is. A worker brings its predictors and its trainer; the web process may not, since
        it never imports a network library.

    Raises
    ------
    ConfigError
        When a setting cannot be used, or the role does not fit what is given.
    """
    _check_role(role, load_predictor=load_predictor, trainer=trainer)
    return Context(
        settings=settings,
        sessions=session_factory(make_engine(settings.database_url)),
        storage=open_storage(settings),
        queue=open_queue(settings),
        clock=SystemClock(),
        load_predictor=load_predictor,
        trainer=trainer,
    )


def _check_role(role: Role, *, load_predictor: PredictorLoader | None, trainer: Trainer | None) -> None:
    given = (load_predictor is not None, trainer is not None)
    if role == "web" and any(given):
        raise ConfigError("The web process neither predicts nor trains; leave that to the worker.")
    if role == "worker" and not all(given):
        raise ConfigError("A worker needs `load_predictor` and `trainer`; see backend/worker/factory.py.")


def open_storage(settings: Settings) -> Storage:
    """The storage that `STORAGE_URL` names: `file:///folder` or `s3://bucket/prefix`."""
    if settings.storage_url.startswith("s3://"):
        return S3Storage.from_url(settings.storage_url, endpoint_url=settings.s3_endpoint_url)
    folder = settings.storage_url.removeprefix("file://")
    if not folder.startswith("/"):
        raise ConfigError(
            f"STORAGE_URL={settings.storage_url!r} names no storage; write file:///folder or"
            " s3://bucket/prefix."
        )
    return LocalStorage(Path(folder))


def open_queue(settings: Settings) -> WorkQueue:
    """The queue in the Redis of `REDIS_URL`; without one, work is left to the sweep of a running stack."""
    return CeleryQueue(make_celery(settings)) if settings.redis_url else AbsentQueue()
