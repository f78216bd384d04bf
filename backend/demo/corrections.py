"""What a simulated annotator does to a proposal: the edits that lead it to the truth, with human error.

A cell whose outline is good enough is left alone; others are erased and brushed into shape, missing ones
drawn, wrong ones deleted. Error is seeded: some faults are overlooked and drawn outlines wobble. The active
seconds follow a plain model (a look at the cell, a base time per tool, a time per changed pixel); they
make rounds comparable with one another, not with a person's stopwatch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.label_diff import LabelDiff, diff_labels
from pipeline.matching import overlap_table

Array = npt.NDArray[np.int64]

BASE_S = {"delete": 1.2, "erase": 2.0, "brush": 2.5, "new": 3.0}
SECONDS_PER_PX = 0.01


@dataclass(frozen=True)
class HumanError:
    """How good an annotator is: leaves outlines of at least `accept_iou` alone, overlooks, wobbles."""

    accept_iou: float = 0.75
    overlooked: float = 0.02
    wobble: float = 0.3


@dataclass(frozen=True)
class Correction:
    """One edit: what was used, what it changed, how long it took."""

    tool: str
    diff: LabelDiff
    active_s: float


@dataclass(frozen=True)
class _Plan:
    """Truth label -> proposal label that stands for it (IoU of the pair), and proposal labels of nothing."""

    partner: dict[int, int]
    iou: dict[int, float]
    spurious: list[int]


def correct_labels(
    labels: npt.NDArray[np.uint32],
    truth: npt.NDArray[np.int32],
    *,
    compartment: str,
    error: HumanError,
    rng: np.random.Generator,
) -> Iterator[Correction]:
    """Yield the edits of one compartment of a crop; `labels` (row, column) is changed along with them."""
    plan = _match(labels, truth)
    overlooked = {t for t in np.unique(truth[truth > 0]).tolist() if rng.random() < error.overlooked}
    targets = {
        t: _wobble(truth == t, error, rng) for t in _to_draw(truth, plan, error) if t not in overlooked
    }
    for label in plan.spurious:
        if rng.random() >= error.overlooked:
            yield from _change(labels, labels == label, 0, tool="delete", compartment=compartment)
    for t, target in targets.items():
        if t in plan.partner:
            wrong = (labels == plan.partner[t]) & ~target
            yield from _change(labels, wrong, 0, tool="erase", compartment=compartment)
    fresh = int(max(labels.max(initial=0), truth.max(initial=0))) + 1
    for t, target in targets.items():
        label, tool = (plan.partner[t], "brush") if t in plan.partner else (fresh, "new")
        fresh += tool == "new"
        yield from _change(labels, target & (labels == 0), label, tool=tool, compartment=compartment)


def _match(labels: npt.NDArray[np.uint32], truth: npt.NDArray[np.int32]) -> _Plan:
    """Pair truth and proposal one to one by mutual best overlap."""
    of_truth, of_labels, counts = overlap_table(truth, labels.astype(np.int32))
    area_truth, area_labels = np.bincount(truth.ravel()), np.bincount(labels.ravel())
    best_truth: dict[int, tuple[int, int]] = {}
    best_label: dict[int, tuple[int, int]] = {}
    for t, p, n in zip(of_truth.tolist(), of_labels.tolist(), counts.tolist(), strict=True):
        if t and p:
            best_truth[t] = max(best_truth.get(t, (0, 0)), (n, p))
            best_label[p] = max(best_label.get(p, (0, 0)), (n, t))
    partner = {t: p for t, (_, p) in best_truth.items() if best_label[p][1] == t}
    iou = {
        t: best_truth[t][0] / (area_truth[t] + area_labels[p] - best_truth[t][0]) for t, p in partner.items()
    }
    spurious = sorted(set(np.unique(labels[labels > 0]).tolist()) - set(partner.values()))
    return _Plan(partner, iou, spurious)


def _to_draw(truth: npt.NDArray[np.int32], plan: _Plan, error: HumanError) -> list[int]:
    present = np.unique(truth[truth > 0]).tolist()
    return [t for t in present if plan.iou.get(t, 0.0) < error.accept_iou]


def _wobble(
    shape: npt.NDArray[np.bool_], error: HumanError, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """The outline as a hand draws it: now and then a pixel too large or too small."""
    if rng.random() >= error.wobble:
        return shape
    if rng.random() < 0.5:
        return ndimage.binary_dilation(shape)
    smaller = ndimage.binary_erosion(shape)
    return smaller if smaller.any() else shape


def _change(
    labels: npt.NDArray[np.uint32], where: npt.NDArray[np.bool_], value: int, *, tool: str, compartment: str
) -> Iterator[Correction]:
    """Set the pixels and yield the edit; nothing when no pixel changes."""
    before = labels.copy()
    labels[where] = value
    diff = diff_labels(before, labels, compartment=compartment)
    if diff is not None:
        yield Correction(tool, diff, BASE_S[tool] + SECONDS_PER_PX * diff.n_px)
