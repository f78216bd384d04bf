"""How good a proposal was, measured against what people made of it."""

from collections.abc import Iterable, Mapping

from backend.services.fov_labels import FovLabels
from backend.services.label_canvas import LabelCanvas
from pipeline.metrics import score_planes

IOU = 0.5
_COUNTS = ("n_true", "n_pred", "correct")
Counts = Mapping[str, Mapping[str, int]]
"""For each compartment `n_true`, `n_pred` and `correct`, at IoU 0.5."""


def score_proposal(proposal: FovLabels, canvas: LabelCanvas) -> dict[str, dict[str, int]]:
    """Count what the proposal got right of the finished label images, over all frames."""
    counts = {}
    for name in canvas.compartments:
        if name not in proposal.compartments:
            continue
        scores = [
            score_planes(canvas.plane(name, frame), proposal.plane(name, frame), iou=IOU).as_dict()
            for frame in range(canvas.shape[0])
        ]
        counts[name] = {key: sum(int(score[key]) for score in scores) for key in _COUNTS}
    return counts


def pooled_f1(parts: Iterable[Counts]) -> float | None:
    """F1 pooled over FOVs, averaged over compartments; None where nothing was labelled or proposed."""
    totals: dict[str, dict[str, int]] = {}
    for counts in parts:
        for name, values in counts.items():
            total = totals.setdefault(name, dict.fromkeys(_COUNTS, 0))
            for key in _COUNTS:
                total[key] += values[key]
    scores = [
        2 * total["correct"] / (total["n_true"] + total["n_pred"])
        for total in totals.values()
        if total["n_true"] + total["n_pred"]
    ]
    return sum(scores) / len(scores) if scores else None
