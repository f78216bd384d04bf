"""gunicorn on a socket of ours, and the wait until it answers."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.config import Settings
from backend.errors import ConfigError
from backend.supervisor import Program, Supervisor

ROOT = Path(__file__).resolve().parents[1]
READY_WITHIN_S = 90.0
MOST_START_CRASHES = 3
_CHILDREN = ("redis", "web", "worker", "boxes", "beat")


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket that gunicorn inherits, so that a restart of it refuses no connection."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise ConfigError(
            f"Cannot listen on {host}:{port}: {fault.strerror}. Another program may use it; stop that one or"
            " choose another port with --port."
        ) from None
    with listener:
        listener.listen(2048)
        yield listener


def web_program(settings: Settings, listener: int) -> Program:
    """gunicorn with these settings; `listener` is the descriptor of the listening socket."""
    command = (sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn_conf")
    environment = child_environment(settings)
    return Program("web", (*command, "--bind", f"fd://{listener}"), environment, pass_fds=(listener,))


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child process finds this code and these settings."""
    environment = settings.environment()
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH", "")]))
    return environment


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds what listens there."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def wait_until_ready(url: str, supervisor: Supervisor, log_dir: Path) -> None:
    """Return when `/readyz` answers 200; raises `ConfigError` when it does not, or a part keeps ending."""
    end = time.monotonic() + READY_WITHIN_S
    while not _answers(f"{url}/readyz"):
        crashing = [name for name in _CHILDREN if supervisor.n_crashes(name) >= MOST_START_CRASHES]
        if crashing or time.monotonic() > end:
            what = f"{crashing[0]} ends again and again" if crashing else f"{url}/readyz does not answer 200"
            raise ConfigError(
                f"The application did not come up: {what}. The reason is in the output above, or in"
                f" {log_dir}."
            )
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
