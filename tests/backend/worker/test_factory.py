import subprocess
import sys

import pytest

from backend.config import Settings
from backend.errors import ConfigError
from backend.worker.factory import make_worker
from backend.worker.works import WORKS


def test_every_work_is_registered_and_beat_sends_the_regular_ones() -> None:
    settings = Settings(redis_url="redis://127.0.0.1:1/0", sweep_every_s=7, retrain_check_every_s=90)
    app = make_worker(settings)
    assert {f"cytoloop.{name}" for name in WORKS} <= set(app.tasks)
    periods = {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()}
    assert periods == {"sweep": 7.0, "retrain_check": 90.0, "sweep_storage": 86400.0}
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_worker_without_a_queue_says_what_to_set() -> None:
    with pytest.raises(ConfigError, match="set REDIS_URL, or let `cytoloop serve` start everything"):
        make_worker(Settings())


def test_a_worker_starts_without_keras() -> None:
    code = "import sys, backend.worker.factory; print({'keras', 'tensorflow'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert shown.stdout.strip() == "set()", shown.stderr
