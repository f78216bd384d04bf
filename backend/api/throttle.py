"""A brake on guessing passwords: a few attempts per name and minute, counted in each web process."""

import threading
from collections import deque
from collections.abc import Callable

from flask import current_app

from backend.errors import TooManyAttempts

MOST_ATTEMPTS = 10
WITHIN_S = 60.0
MOST_NAMES = 10_000
EXTENSION = "cytoloop.sign_in_throttle"


class Throttle:
    """Refuses the attempt that would be one too many within the time; `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float], *, attempts: int = MOST_ATTEMPTS) -> None:
        self._now = now
        self._attempts = attempts
        self._held: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def check(self, name: str) -> None:
        """Count an attempt for `name`; raises `TooManyAttempts`."""
        with self._lock:
            moment = self._now()
            if len(self._held) >= MOST_NAMES:
                self._forget_old(moment)
            recent = self._held.setdefault(name, deque(maxlen=self._attempts))
            if len(recent) == self._attempts and moment - recent[0] < WITHIN_S:
                raise TooManyAttempts(
                    f"Too many attempts to sign in as {name!r}. Wait a minute, then try again."
                )
            recent.append(moment)

    def _forget_old(self, moment: float) -> None:
        self._held = {name: times for name, times in self._held.items() if moment - times[-1] < WITHIN_S}


def sign_in_throttle() -> Throttle:
    """The throttle of this application."""
    found: Throttle = current_app.extensions[EXTENSION]
    return found
