"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

LINE_EVERY_S = 5.0
Report = Callable[[int, int], None]


@contextmanager
def progress_of(title: str) -> Iterator[Report]:
    """A function `report(done, total)`; it may be called as often as the work likes."""
    if sys.stderr.isatty():
        bar: tqdm[Any]
        with tqdm(desc=title, unit="step", leave=False) as bar:
            yield lambda done, total: _move(bar, done, total)
    else:
        yield _plain(title)


def _move(bar: "tqdm[Any]", done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _plain(title: str) -> Report:
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            print(f"{title}: {done} of {total}", file=sys.stderr, flush=True)

    return report
