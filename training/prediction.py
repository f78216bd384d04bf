"""What a predictor answers: label images, how sure it is of each instance, and what it took."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import numba
import numpy as np
import numpy.typing as npt

from pipeline.matching import match_compartments
from pipeline.types import Floats, Ints, Labels, LabelSet

Confidences = npt.NDArray[np.float32]
FloatPlane = npt.NDArray[np.float32]
Item = TypeVar("Item")


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer for one image.

    Parameters
    ----------
    labels
        Int32 (row, col) per compartment; where there are two, a nucleus and its cell share their label.
    confidences
        Per compartment float32, indexed by label: from 0 (a guess) to 1 (sure). Entry 0 is 0.
    leftovers
        Per compartment int64, ascending: the cells without a nucleus, and the nuclei without a cell. Empty
        where there is one compartment only.
    seconds
        What each stage took.
    """

    labels: LabelSet
    confidences: dict[str, Confidences]
    leftovers: dict[str, Ints]
    seconds: dict[str, float] = field(default_factory=dict)


class StageClock:
    """Adds up what the stages of a prediction take.

    Parameters
    ----------
    now
        Seconds, monotonic.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = {}
        self._now = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block takes for a stage."""
        begun = self._now()
        try:
            yield
        finally:
            self.add({name: self._now() - begun})

    def each(self, name: str, items: Iterable[Item]) -> Iterator[Item]:
        """Count what it takes to get the items for a stage, but not what is done with them."""
        source = iter(items)
        while True:
            with self.stage(name):
                try:
                    item = next(source)
                except StopIteration:
                    return
            yield item

    def add(self, seconds: dict[str, float]) -> None:
        """Count what somebody else has measured."""
        for name, value in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + value


def match_labels(labels: LabelSet) -> tuple[LabelSet, dict[str, Ints]]:
    """Give a nucleus the label of its cell, where there are both compartments.

    Returns
    -------
    labels, leftovers
        As `Prediction` has them.
    """
    if len(labels) < 2:
        return labels, {name: np.zeros(0, np.int64) for name in labels}
    matched, _ = match_compartments(labels["whole_cell"], labels["nuclear"])
    held = {name: np.unique(plane[plane > 0]).astype(np.int64) for name, plane in matched.items()}
    cells, nuclei = held["whole_cell"], held["nuclear"]
    return matched, {"whole_cell": np.setdiff1d(cells, nuclei), "nuclear": np.setdiff1d(nuclei, cells)}


def mean_by_label(labels: Labels, values: FloatPlane) -> Confidences:
    """Return the mean of `values` over the pixels of each label, indexed by label; 0 for the background.

    Parameters
    ----------
    labels
        Int32, any shape.
    values
        Float32 of the same shape.
    """
    n_labels = int(labels.max(initial=0)) + 1
    sums, counts = np.zeros(n_labels), np.zeros(n_labels, np.int64)
    add_by_label(labels, values, sums, counts)
    return means_of(sums, counts)


def means_of(sums: Floats, counts: Ints) -> Confidences:
    """Divide sums by counts; 0 where nothing was counted, and for the background."""
    means = np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)
    means[:1] = 0
    return means.astype(np.float32)


@numba.njit(cache=True)
def add_by_label(labels: Labels, values: FloatPlane, sums: Floats, counts: Ints) -> None:
    """Add `values` and the number of pixels to the entries of their labels."""
    for label, value in zip(labels.flat, values.flat):  # noqa: B905 (numba knows no strict)
        sums[label] += value
        counts[label] += 1


@numba.njit(cache=True)
def add_seen(final: Labels, seen: Labels, confidences: Confidences, sums: Floats, counts: Ints) -> None:
    """Add the confidence of the instance a tile saw at a pixel to the one that stands there in the end.

    Parameters
    ----------
    final, seen
        Int32 (row, col): labels of the whole image in a window, and those of one tile in the same window.
    confidences
        Of the tile's labels.
    sums, counts
        By the labels of the whole image; added to in place.
    """
    for row in range(final.shape[0]):
        for col in range(final.shape[1]):
            label, instance = final[row, col], seen[row, col]
            if label > 0 and instance > 0:
                sums[label] += confidences[instance]
                counts[label] += 1
