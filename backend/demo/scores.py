"""Scores of the demo's labels against the known truth."""

import io
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from backend.demo.client import ApiClient
from pipeline.metrics import Score, pool_scores, score_labels
from pipeline.types import LabelSet

IOU = 0.5


def stitched_scores(client: ApiClient, truths: Mapping[int, LabelSet]) -> Iterator[Score]:
    """The scores of each FOV's current labels, per compartment with a truth."""
    for fov_id, truth in truths.items():
        with np.load(io.BytesIO(client.get_bytes(f"/fovs/{fov_id}/labels.npz")), allow_pickle=False) as file:
            names, planes = [str(name) for name in file["compartments"]], file["y"]
        for compartment, labels in truth.items():
            if compartment in names:
                plane = planes[0, ..., names.index(compartment)]
                yield score_labels(labels, plane.astype(np.int32), iou=IOU)


def mean_f1(scores: Iterable[Score]) -> float | None:
    """F1 of all instances together; None when there is nothing to score."""
    found = list(scores)
    return pool_scores(found).f1 if found else None
