"""Automatic quality control: rules with a name, a severity and a place; results are findings."""

from pipeline.qc.check import RULES, Rule, clean_labels, run_qc, run_qc_planes
from pipeline.qc.findings import SEVERITIES, Finding, QcThresholds

__all__ = [
    "RULES",
    "SEVERITIES",
    "Finding",
    "QcThresholds",
    "Rule",
    "clean_labels",
    "run_qc",
    "run_qc_planes",
]
