"""The whole application on one machine: database, Redis, web, workers and beat, started and stopped together.

::

    with embedded_stack(Settings.from_env(), port=8000) as stack:
        print(stack.url)
"""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from signal import SIGQUIT

from backend.adapters.celery_queue import BOX_QUEUE_NAME, QUEUE_NAME
from backend.config import Settings
from backend.errors import ConfigError
from backend.first_users import read_first_passwords
from backend.local_redis import redis_command, socket_path, wait_for_redis
from backend.prepare import prepare
from backend.supervisor import Program, Supervisor
from backend.web_server import child_environment, listen, url_of, wait_until_ready, web_program


@dataclass(frozen=True)
class Stack:
    """A running application.

    `new_passwords` are those of accounts created just now, `passwords` the ones of the first accounts as
    long as their file is kept; both by name.
    """

    url: str
    settings: Settings
    supervisor: Supervisor
    new_passwords: dict[str, str]
    passwords: dict[str, str]


@contextmanager
def embedded_stack(
    settings: Settings, *, host: str = "127.0.0.1", port: int = 8000, log_files: bool = True
) -> Iterator[Stack]:
    """Start everything, wait until `/readyz` answers, and stop everything at the end of the block.

    Parameters
    ----------
    settings : Settings
        As read from the environment; what is not set lies below `data_dir`.
    host, port : str, int
        Where to listen; port 0 takes a free one.
    log_files : bool
        Whether the children log to `data_dir/logs/<name>.log` rather than to this process's output.

    Raises
    ------
    ConfigError
        When the port or the data folder is taken, or a part does not come up; the message says which.
    """
    with ExitStack() as held:
        listener = held.enter_context(listen(host, port))
        url = url_of(listener)
        settings = _placed(settings.with_data_dir(), url)
        held.enter_context(only_one(settings.data_dir))
        supervisor = Supervisor(log_dir=_log_dir(settings) if log_files else None)
        held.callback(supervisor.stop)
        settings = _with_redis(settings, supervisor)
        new_passwords = prepare(settings)
        for program in programs(settings, listener.fileno()):
            supervisor.start(program)
        wait_until_ready(url, supervisor, settings.data_dir / "logs")
        yield Stack(
            url=url,
            settings=settings,
            supervisor=supervisor,
            new_passwords=new_passwords,
            passwords=read_first_passwords(settings.data_dir),
        )


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; a second stack on it would start a second Redis on the same files."""
    with (data_dir / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"Another `cytoloop serve` uses the data folder {data_dir}."
                " Stop that one, or set DATA_DIR to another folder."
            ) from None
        yield


def programs(settings: Settings, listener: int) -> tuple[Program, ...]:
    """Web, workers and beat with these settings; `listener` is the descriptor of the listening socket."""
    environment = child_environment(settings)
    celery = (sys.executable, "-m", "celery", "--app", "backend.worker.celery_app:celery", "--quiet")
    # A worker waits for its running work when asked to stop cleanly, and training takes minutes: it is asked
    # to put its work down, and the sweep starts that again.
    worker = partial(Program, environment=environment, stop_signal=SIGQUIT, death_signal=SIGQUIT)
    work = (*celery, "worker", "--queues", QUEUE_NAME, "--hostname", "cytoloop@%h")
    boxes = (*celery, "worker", "--queues", BOX_QUEUE_NAME, "--pool", "solo", "--hostname", "boxes@%h")
    return (
        web_program(settings, listener),
        worker("worker", work),
        worker("boxes", boxes),
        Program(
            "beat",
            (*celery, "beat", "--schedule", str(settings.data_dir / "beat"), "--pidfile="),
            environment,
        ),
    )


def _with_redis(settings: Settings, supervisor: Supervisor) -> Settings:
    if not settings.redis_url:
        folder = settings.data_dir / "redis"
        path = socket_path(settings.data_dir)
        command = redis_command(folder, path)
        supervisor.start(Program("redis", command, settings.environment(), serves_others=True))
        settings = replace(settings, redis_url=f"unix://{path}")
    wait_for_redis(settings.redis_url)
    return settings


def _placed(settings: Settings, url: str) -> Settings:
    """Links lead here unless the settings name a public address of their own."""
    return replace(settings, public_url=url) if settings.public_url == Settings.public_url else settings


def _log_dir(settings: Settings) -> Path:
    folder = settings.data_dir / "logs"
    folder.mkdir(exist_ok=True)
    return folder
