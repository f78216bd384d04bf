"""The work queue over Celery and Redis: what the web process sends and what the worker listens to."""

import structlog
from celery import Celery
from kombu import Queue
from kombu.exceptions import OperationalError

from backend.config import Settings
from backend.errors import QueueError

QUEUE_NAME = "cytoloop"
# People wait for boxes: a worker of their own neither trains nor prepares jobs, and keeps its predictor.
BOX_QUEUE_NAME = "cytoloop-boxes"
# Longer than the longest single work, or Redis hands running work to a second worker.
VISIBILITY_S = 12 * 3600
_SEND_RETRIES = {"max_retries": 3, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.5}


def make_celery(settings: Settings) -> Celery:
    """The Celery application of these settings, without any work registered.

    A worker that is told nothing serves both queues. Messages are JSON, acknowledged after the work is done
    and given back when the worker dies; results are not kept, since the database holds the state of
    everything.
    """
    app = Celery("cytoloop", broker=broker_url(settings.redis_url), set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=QUEUE_NAME,
        task_queues=[Queue(QUEUE_NAME), Queue(BOX_QUEUE_NAME)],
        task_routes={"cytoloop.predict_box": {"queue": BOX_QUEUE_NAME}},
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.work_concurrency,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_S,
            "socket_connect_timeout": 5,
            "socket_timeout": 30,
            "socket_keepalive": True,
        },
        enable_utc=True,
    )
    return app


def broker_url(redis_url: str) -> str:
    """The same server in kombu's words: `unix:///path?db=1` is `redis+socket:///path?virtual_host=1`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")


class CeleryQueue:
    """Sends work by name and ids; the request that caused it goes along for the logs."""

    def __init__(self, app: Celery) -> None:
        self._app = app

    def send(self, name: str, **ids: int) -> None:
        """Hand over work, or raise `QueueError` within about two seconds when Redis is away."""
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        try:
            self._app.send_task(
                f"cytoloop.{name}",
                kwargs=ids,
                headers={"cytoloop_request_id": request_id},
                retry=True,
                retry_policy=_SEND_RETRIES,
            )
        except OperationalError as fault:
            raise QueueError(
                f"The work queue did not take {name!r}: Redis does not answer. The sweep sends the work again"
                " when Redis is back; check REDIS_URL."
            ) from fault


class AbsentQueue:
    """Stands in where no Redis is configured: nothing is sent, the sweep of a running stack finds it."""

    def send(self, name: str, **ids: int) -> None:
        structlog.get_logger(__name__).info("work_left_to_sweep", work=name, **ids)
