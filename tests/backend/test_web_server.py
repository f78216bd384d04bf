import os
import socket
from pathlib import Path

import pytest

from backend.config import Settings
from backend.errors import ConfigError
from backend.supervisor import Program, Supervisor
from backend.web_server import child_environment, listen, url_of, wait_until_ready


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught, listen("127.0.0.1", port):
            pass
    assert str(caught.value) == (
        f"Cannot listen on 127.0.0.1:{port}: Address already in use. Another program may use it; stop that"
        " one or choose another port with --port."
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_the_address_is_one_that_this_machine_reaches(host: str) -> None:
    with listen(host, 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        socket.create_connection(("127.0.0.1", listener.getsockname()[1])).close()


@pytest.mark.parametrize("part", ["worker", "boxes", "redis"])
def test_a_part_that_keeps_ending_is_named(tmp_path: Path, part: str) -> None:
    supervisor = Supervisor(log_dir=tmp_path, delay=lambda _n: 0.01)
    supervisor.start(Program(part, ("false",), os.environ))
    try:
        with pytest.raises(ConfigError) as caught:
            wait_until_ready("http://127.0.0.1:1", supervisor, tmp_path)
    finally:
        supervisor.stop()
    assert str(caught.value) == (
        f"The application did not come up: {part} ends again and again. The reason is in the output above, or"
        f" in {tmp_path}."
    )


def test_a_child_finds_the_code_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    root = Path(__file__).resolve().parents[2]
    assert child_environment(Settings())["PYTHONPATH"] == f"{root}:/elsewhere"
