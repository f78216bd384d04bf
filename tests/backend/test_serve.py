"""The embedded stack, started for real once, and what it says when it cannot start."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from backend.adapters.celery_queue import CeleryQueue, make_celery
from backend.config import Settings
from backend.errors import ConfigError
from backend.serve import embedded_stack, only_one, programs

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("redis", "web", "worker", "boxes", "beat")


def until(look: Callable[[], object], *, within_s: float) -> None:
    end = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_the_whole_stack_starts_heals_and_stops(tmp_path: Path) -> None:
    # A sweep is due at once, so that beat, Redis and the worker are seen to work together.
    settings = Settings(data_dir=tmp_path / "data", sweep_every_s=1, work_concurrency=1)
    with embedded_stack(settings, port=0) as stack:
        assert requests.get(f"{stack.url}/readyz", timeout=5).json()["checks"]["queue"] == "ok"
        sign_in = {"name": "admin", "password": stack.passwords["admin"]}
        answer = requests.post(f"{stack.url}/api/v1/sign-in", json=sign_in, timeout=5)
        assert answer.status_code == 200, answer.text
        assert stack.new_passwords == stack.passwords
        assert stack.settings.public_url == stack.url

        socket_path = Path(stack.settings.redis_url.removeprefix("unix://"))
        assert stat.S_IMODE(socket_path.stat().st_mode) == 0o700
        with pytest.raises(ConfigError, match="Another `cytoloop serve` uses the data folder"):
            embedded_stack(settings, port=0).__enter__()

        pids = {part: stack.supervisor.pid(part) for part in PARTS}
        assert None not in pids.values()
        os.kill(pids["web"], signal.SIGKILL)  # type: ignore[arg-type]
        until(lambda: stack.supervisor.pid("web") not in (None, pids["web"]), within_s=10)
        assert answers(f"{stack.url}/readyz")

        log = stack.settings.data_dir / "logs" / "worker.log"
        until(lambda: '"work": "sweep"' in log.read_text() and "work_done" in log.read_text(), within_s=25)
        CeleryQueue(make_celery(stack.settings)).send("predict_box", box_id=1)
        boxes = stack.settings.data_dir / "logs" / "boxes.log"
        until(lambda: "nothing_to_predict" in boxes.read_text(), within_s=25)
        assert "predict_box" not in log.read_text()
        assert {part: stack.supervisor.n_crashes(part) for part in PARTS} == {
            **dict.fromkeys(PARTS, 0),
            "web": 1,
        }
        url = stack.url
    assert not answers(f"{url}/healthz")
    for pid in pids.values():
        assert not Path(f"/proc/{pid}").exists()


def test_a_data_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(ConfigError, match="set DATA_DIR to another folder"),
        only_one(tmp_path),
    ):
        pass
    with only_one(tmp_path):
        pass


def test_every_program_reads_the_same_settings(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, lease_s=77, secret_key="x" * 32).with_data_dir()
    for program in programs(settings, listener=3):
        assert Settings.from_env(program.environment) == settings


def test_the_command_explains_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        script = "from backend.cli import main; main()"
        command = [sys.executable, "-c", script, "serve", "--port", str(other.getsockname()[1])]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Cannot listen on 127.0.0.1:")
    assert "Traceback" not in done.stderr
