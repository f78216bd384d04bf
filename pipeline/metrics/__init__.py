"""Scores of predicted label images against the truth, and of annotators against one another."""

from pipeline.metrics.agreement import Agreement, pairwise_agreement
from pipeline.metrics.boundaries import (
    BoundaryScore,
    mean_boundary_f1,
    pool_boundaries,
    score_boundaries,
)
from pipeline.metrics.objects import score_labels, score_planes
from pipeline.metrics.scores import AP_IOUS, FIGURES, RATIOS, Score, mean_ratios, pool_scores

__all__ = [
    "AP_IOUS",
    "FIGURES",
    "RATIOS",
    "Agreement",
    "BoundaryScore",
    "Score",
    "mean_boundary_f1",
    "mean_ratios",
    "pairwise_agreement",
    "pool_boundaries",
    "pool_scores",
    "score_boundaries",
    "score_labels",
    "score_planes",
]
