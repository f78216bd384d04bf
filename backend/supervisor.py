"""Keeps child processes running: restarts what crashes, and takes them all down when it goes.

One thread starts, watches and stops them. A child asks the kernel for a signal when that thread is gone, so
none outlives its parent, however the parent ends.
"""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
SETTLED_AFTER_S = 60.0
LOOK_EVERY_S = 0.05
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Program:
    """A command to keep running.

    `stop_signal` asks for a clean end, `death_signal` is sent by the kernel when the parent is gone. The
    program is killed when it has not ended `stop_within_s` after the request. One that `serves_others` is
    stopped when those are gone.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 10.0
    serves_others: bool = False


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    n_crashes: int = 0
    log: IO[bytes] | None = field(default=None, repr=False)


class Supervisor:
    """Runs programs until `stop`.

    Parameters
    ----------
    log_dir : Path, optional
        Where each program's output goes, as `<name>.log`; without it, to this process's own output.
    delay : function
        Seconds to wait before the restart after the n-th crash in a row (n from 1).
    """

    def __init__(self, *, log_dir: Path | None = None, delay: Callable[[int], float] | None = None) -> None:
        self._log_dir = log_dir
        self._delay = delay or back_off
        self._children: list[_Child] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def start(self, program: Program) -> None:
        """Run a program from now on."""
        with self._lock:
            self._children.append(_Child(program))

    def pid(self, name: str) -> int | None:
        """The process of a program, or None while it is down."""
        with self._lock:
            found = [child.process for child in self._children if child.program.name == name]
        return found[0].pid if found and found[0] is not None and found[0].poll() is None else None

    def n_crashes(self, name: str) -> int:
        """How often a program ended by itself, in a row."""
        with self._lock:
            return sum(child.n_crashes for child in self._children if child.program.name == name)

    def stop(self) -> None:
        """End every program, and wait for it."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            with self._lock:
                for child in self._children:
                    self._look_after(child)
        with self._lock:
            for serves_others in (False, True):
                _end([child for child in self._children if child.program.serves_others == serves_others])

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._spawn(child)
            return
        status = child.process.poll()
        if status is None:
            return
        # What it left behind would go on beside its successor, such as the children of a killed worker.
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        lived_s = now - child.started
        child.n_crashes = 1 if lived_s > SETTLED_AFTER_S else child.n_crashes + 1
        child.due = now + self._delay(child.n_crashes)
        child.process = None
        _log.error("child_ended", name=child.program.name, status=status, lived_s=round(lived_s, 1))

    def _spawn(self, child: _Child) -> None:
        program = child.program
        child.started = time.monotonic()
        try:
            # A full disk may refuse the log too: were this thread to end, everything would end with it.
            if self._log_dir is not None and child.log is None:
                child.log = (self._log_dir / f"{program.name}.log").open("ab")
            child.process = subprocess.Popen(
                program.command,
                env=dict(program.environment),
                pass_fds=program.pass_fds,
                stdin=subprocess.DEVNULL,
                stdout=child.log,
                stderr=child.log and subprocess.STDOUT,
                # A group of its own: Ctrl-C in the terminal reaches the parent, which stops them in order.
                start_new_session=True,
                preexec_fn=_die_with_parent(program.death_signal),
            )
        except OSError as fault:
            child.n_crashes += 1
            child.due = child.started + self._delay(child.n_crashes)
            _log.error("child_not_started", name=program.name, reason=str(fault))


def back_off(n_crashes: int) -> float:
    """Seconds before the next start: doubling, up to half a minute."""
    return min(FIRST_DELAY_S * 2.0 ** min(n_crashes - 1, 10), LONGEST_DELAY_S)


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def ask_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def _end(children: Sequence[_Child]) -> None:
    """Ask all of them to end, then wait for each, and kill what does not listen."""
    asked = time.monotonic()
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(child.program.stop_signal)
    for child in children:
        left_s = asked + child.program.stop_within_s - time.monotonic()
        if child.process is not None:
            _wait_or_kill(child.program.name, child.process, within_s=max(left_s, 0.0))
        if child.log is not None:
            child.log.close()


def _wait_or_kill(name: str, process: subprocess.Popen[bytes], *, within_s: float) -> None:
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        _log.warning("child_killed", name=name)
    # Also what the program itself may have left behind.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
