import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.supervisor import Program, Supervisor, back_off

ROOT = Path(__file__).resolve().parents[2]
SLEEP = ("sleep", "60")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    found = Supervisor(log_dir=tmp_path, delay=lambda _n: 0.05)
    yield found
    found.stop()


def program(name: str, *command: str, **options: float) -> Program:
    return Program(name, command, os.environ, **options)  # type: ignore[arg-type]


def until(look: Callable[[], object], *, within_s: float = 10.0) -> None:
    end = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    return state != "Z"


def running(supervisor: Supervisor, name: str) -> int:
    until(lambda: supervisor.pid(name))
    found = supervisor.pid(name)
    assert found is not None
    return found


def test_a_program_that_crashes_is_started_again(supervisor: Supervisor) -> None:
    supervisor.start(program("sleeper", *SLEEP))
    first = running(supervisor, "sleeper")
    os.kill(first, signal.SIGKILL)
    until(lambda: supervisor.pid("sleeper") not in (None, first))
    assert supervisor.n_crashes("sleeper") == 1


def test_what_a_crashed_program_leaves_behind_goes_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    note = tmp_path / "child"
    supervisor.start(program("parent", "sh", "-c", f"sleep 60 & echo $! > {note}; wait"))
    until(lambda: note.is_file() and note.read_text().strip())
    child, parent = int(note.read_text()), running(supervisor, "parent")
    os.kill(parent, signal.SIGKILL)
    until(lambda: supervisor.n_crashes("parent"))
    until(lambda: not alive(child))


def test_output_goes_to_a_file_of_the_program(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(program("talker", "sh", "-c", "echo said; echo cried >&2; sleep 60"))
    until(lambda: (tmp_path / "talker.log").is_file() and "cried" in (tmp_path / "talker.log").read_text())
    assert (tmp_path / "talker.log").read_text() == "said\ncried\n"


def test_a_log_that_cannot_be_opened_ends_nothing_else(supervisor: Supervisor, tmp_path: Path) -> None:
    (tmp_path / "mute.log").mkdir()
    supervisor.start(program("sleeper", *SLEEP))
    first = running(supervisor, "sleeper")
    supervisor.start(program("mute", *SLEEP))
    until(lambda: supervisor.n_crashes("mute") >= 2)
    assert alive(first)
    (tmp_path / "mute.log").rmdir()
    running(supervisor, "mute")


def test_a_program_that_does_not_exist_is_tried_again(supervisor: Supervisor) -> None:
    supervisor.start(program("ghost", "/no/such/program"))
    until(lambda: supervisor.n_crashes("ghost") >= 2)
    assert supervisor.pid("ghost") is None


LAST_WORD = """
import signal, sys, time
def end(*_):
    print(time.monotonic(), flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""


def test_what_serves_others_ends_after_them(tmp_path: Path) -> None:
    supervisor = Supervisor(log_dir=tmp_path)
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    for log in logs:
        command = (sys.executable, "-c", LAST_WORD)
        supervisor.start(program(log.stem, *command, serves_others=log.stem == "first"))
    until(lambda: all(log.is_file() and "up" in log.read_text() for log in logs))
    pids = [running(supervisor, log.stem) for log in logs]
    supervisor.stop()
    assert not any(alive(pid) for pid in pids)
    first, second = (float(log.read_text().split()[-1]) for log in logs)
    assert second < first


def test_what_does_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    supervisor = Supervisor(log_dir=tmp_path)
    supervisor.start(
        program("deaf", "sh", "-c", "trap '' TERM; sleep 61 & echo $!; wait; sleep 62", stop_within_s=0.2)
    )
    until(lambda: (tmp_path / "deaf.log").is_file() and (tmp_path / "deaf.log").read_text().strip())
    child = int((tmp_path / "deaf.log").read_text())
    pid = running(supervisor, "deaf")
    supervisor.stop()
    until(lambda: not alive(pid) and not alive(child))


def test_no_child_outlives_its_parent() -> None:
    script = (
        "import os,time\n"
        "from backend.supervisor import Program, Supervisor\n"
        "supervisor = Supervisor()\n"
        "supervisor.start(Program('sleeper', ('sleep', '60'), os.environ))\n"
        "while not supervisor.pid('sleeper'): time.sleep(0.02)\n"
        "print(supervisor.pid('sleeper'), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    until(lambda: not alive(child))


def test_the_pauses_grow_up_to_half_a_minute() -> None:
    assert [back_off(n) for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert back_off(50) == 30.0
