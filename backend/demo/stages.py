"""Where the demo is: one line when a stage begins and one with its time when it ends."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


class Stages:
    """Times the stages of one round and says what is going on."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        self._title = title
        self._quiet = quiet
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, what: str) -> Iterator[None]:
        """Announce, time and record one stage."""
        self.say(f"{name}: {what}")
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - start, 2)
            self.say(f"{name}: {self.seconds[name]:.1f} s")

    def say(self, text: str) -> None:
        if self._quiet:
            return
        click.echo(f"[{time.strftime('%H:%M:%S')}] {self._title} | {text}")
