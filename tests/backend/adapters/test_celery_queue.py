import json

import pytest
import redis
import structlog

from backend.adapters.celery_queue import BOX_QUEUE_NAME, QUEUE_NAME, CeleryQueue, broker_url, make_celery
from backend.config import Settings
from backend.errors import QueueError


@pytest.fixture
def database(redis_url: str) -> str:
    """A database of the Redis server for these tests alone, emptied."""
    url = f"{redis_url}?db=7"
    client = redis.Redis.from_url(url)
    client.flushdb()
    client.close()
    return url


def _messages(url: str, name: str = QUEUE_NAME) -> list[dict[str, object]]:
    client = redis.Redis.from_url(url)
    held = client.lrange(name, 0, -1)
    client.close()
    return [json.loads(message) for message in held]  # type: ignore[union-attr]


def test_work_is_sent_by_name_and_ids_as_json_with_the_request_that_caused_it(database: str) -> None:
    queue = CeleryQueue(make_celery(Settings(redis_url=database)))
    with structlog.contextvars.bound_contextvars(request_id="req-7"):
        queue.send("stitch_fov", job_id=3, fov_id=4)
    (message,) = _messages(database)
    headers = message["headers"]
    assert isinstance(headers, dict)
    assert (message["content-type"], headers["task"]) == ("application/json", "cytoloop.stitch_fov")
    assert headers["kwargsrepr"] == "{'job_id': 3, 'fov_id': 4}"
    assert headers["cytoloop_request_id"] == "req-7"


def test_boxes_have_a_queue_of_their_own_which_every_worker_serves(database: str) -> None:
    app = make_celery(Settings(redis_url=database))
    CeleryQueue(app).send("predict_box", box_id=3)
    assert _messages(database) == []
    assert len(_messages(database, BOX_QUEUE_NAME)) == 1
    assert set(app.amqp.queues) == {QUEUE_NAME, BOX_QUEUE_NAME}


def test_a_queue_that_does_not_answer_is_said_at_once() -> None:
    queue = CeleryQueue(make_celery(Settings(redis_url="redis://127.0.0.1:1/0")))
    with pytest.raises(QueueError, match=r"did not take 'train': Redis does not answer.*check REDIS_URL"):
        queue.send("train", run_id=1)


def test_a_socket_is_spelt_as_kombu_spells_it() -> None:
    assert broker_url("unix:///run/redis.sock?db=2") == "redis+socket:///run/redis.sock?virtual_host=2"
    assert broker_url("rediss://host:6380/1") == "rediss://host:6380/1"


def test_work_is_acknowledged_late_and_never_pickled() -> None:
    conf = make_celery(Settings(redis_url="redis://127.0.0.1:1/0", work_concurrency=3)).conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert (conf.accept_content, conf.task_serializer) == (["json"], "json")
    assert (conf.worker_prefetch_multiplier, conf.worker_concurrency) == (1, 3)
