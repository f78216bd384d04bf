"""How far several label images of one image agree, whoever or whatever made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from pipeline.errors import InvalidSetting
from pipeline.metrics.objects import score_labels
from pipeline.metrics.scores import Score
from pipeline.types import AnyArray


@dataclass(frozen=True)
class Agreement:
    """Two makers of labels; `score` takes the first as the truth, its F1 is the same either way."""

    first: str
    second: str
    score: Score


def pairwise_agreement(makers: Mapping[str, AnyArray], *, iou: float = 0.6) -> list[Agreement]:
    """Compare the label images of one image, all pairs.

    Parameters
    ----------
    makers
        Label images of one shape by the name of who made them (annotators, experts, a model).
    iou
        See `score_labels`.

    Raises
    ------
    InvalidSetting
        When there are fewer than two.
    InvalidLabels
        When one is no label image or the shapes differ.
    """
    if len(makers) < 2:
        raise InvalidSetting(f"{len(makers)} label image cannot be compared; give two or more of one image.")
    return [
        Agreement(first, second, score_labels(makers[first], makers[second], iou=iou))
        for first, second in combinations(makers, 2)
    ]
