import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend import temporary_files
from backend.temporary_files import in_use, is_in_use, keep_temporary_files

ROOT = Path(__file__).resolve().parents[2]
WORK = """
import sys, tempfile, time
from pathlib import Path
from backend.temporary_files import keep_temporary_files
keep_temporary_files(Path(sys.argv[1]))
folder = tempfile.mkdtemp()
Path(folder, "large").write_bytes(bytes(1000))
print(folder, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before, held = tempfile.tempdir, list(temporary_files._held)
    yield
    tempfile.tempdir = before
    for descriptor in set(temporary_files._held) - set(held):
        temporary_files._held.remove(descriptor)
        os.close(descriptor)


def until(look: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not look():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def test_what_a_killed_process_left_goes_and_what_a_live_one_needs_stays(tmp_path: Path) -> None:
    parent = tmp_path / "temporary"
    command = [sys.executable, "-c", WORK, str(parent)]
    workers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        folders = [Path(worker.stdout.readline().strip()) for worker in workers if worker.stdout]
        assert [(folder / "large").is_file() for folder in folders] == [True, True]
        workers[0].send_signal(signal.SIGKILL)
        workers[0].wait()
        own = keep_temporary_files(parent)
        until(lambda: not folders[0].parent.exists())
        assert (folders[1] / "large").is_file()
        assert Path(tempfile.mkdtemp()).parent == own
        assert {path.name for path in parent.iterdir()} == {own.name, folders[1].parent.name}
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()


WEB = "import backend.wsgi"
WORKER = (
    "import backend.worker.celery_app; from celery.signals import worker_process_init;"
    " worker_process_init.send(sender=None)"
)


@pytest.mark.parametrize("start", [WEB, WORKER])
def test_what_serves_and_what_works_keep_their_files_in_the_data_folder(tmp_path: Path, start: str) -> None:
    asked = f"{start}; import tempfile; print(tempfile.gettempdir())"
    env = {**os.environ, "DATA_DIR": str(tmp_path), "REDIS_URL": "unix:///no/redis.sock"}
    told = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    assert Path(told.stdout.strip()).parent == tmp_path / "temporary"


def test_the_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    own = keep_temporary_files(tmp_path / "a" / "temporary")
    assert [path.stat().st_mode & 0o777 for path in (own, own.parent)] == [0o700, 0o700]


def test_a_folder_that_another_process_removes_meanwhile_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = tempfile.mkdtemp, []

    def remove_first(**options: str) -> str:
        made.append(make(**options))
        if len(made) == 1:
            Path(made[0]).rmdir()
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", remove_first)
    assert keep_temporary_files(tmp_path) == Path(made[1])


def test_a_folder_is_in_use_as_long_as_one_of_its_users_says_so(tmp_path: Path) -> None:
    with in_use(tmp_path):
        with in_use(tmp_path):
            assert is_in_use(tmp_path)
        assert is_in_use(tmp_path)
    assert not is_in_use(tmp_path)


def test_where_there_are_no_locks_everything_may_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int, _how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with in_use(tmp_path):
        assert is_in_use(tmp_path)
    left = tmp_path / "process-left"
    left.mkdir()
    own = keep_temporary_files(tmp_path)
    assert own.is_dir()
    assert left.is_dir()
