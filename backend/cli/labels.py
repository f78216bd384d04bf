"""`cytoloop qc` and `cytoloop score`: judge label images in files."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from backend.cli.options import InFile, json_option
from pipeline.errors import InvalidLabels
from pipeline.io.label_files import read_label_sets
from pipeline.metrics import pool_scores, score_labels
from pipeline.qc import QcThresholds, run_qc


@click.command()
@click.argument("file", type=InFile)
@json_option
def qc(file: Path, *, as_json: bool) -> None:
    """List what the automatic QC rules find in a label image.

    \b
    Example:
      cytoloop qc stitched.npz --json
    """
    findings = [
        {"frame": frame, **asdict(finding)}
        for frame, labels in enumerate(read_label_sets(file))
        for finding in run_qc(labels, thresholds=QcThresholds())
    ]
    if as_json:
        click.echo(json.dumps(findings, indent=2))
        return
    for finding in findings:
        where = f"{finding['compartment'] or 'image'} {finding['label'] or ''}".strip()
        click.echo(
            f"{finding['severity']:<8} {finding['rule']:<20} {where:<18} "
            f"({finding['row']}, {finding['col']})  {finding['message']}"
        )
    counts = Counter(finding["severity"] for finding in findings)
    click.echo(f"{len(findings)} findings: " + (", ".join(f"{n} {s}" for s, n in counts.items()) or "none"))


@click.command()
@click.option("--true", "true_path", type=InFile, required=True, help="The reference labels.")
@click.option("--pred", "pred_path", type=InFile, required=True, help="The labels to judge.")
@click.option("--iou", type=click.FloatRange(0, 1, max_open=True), default=0.6, show_default=True)
@json_option
def score(*, true_path: Path, pred_path: Path, iou: float, as_json: bool) -> None:
    """Compare two label images, compartment by compartment.

    \b
    Example:
      cytoloop score --true expert.npz --pred labels.npz --iou 0.5 --json
    """
    true, pred = read_label_sets(true_path), read_label_sets(pred_path)
    if len(true) != len(pred):
        raise InvalidLabels(f"has {len(pred)} images, {true_path} has {len(true)}.", path=pred_path)
    common = [name for name in true[0] if name in pred[0]]
    if not common:
        raise InvalidLabels(f"shares no compartment with {true_path}.", path=pred_path)
    scores = {
        name: pool_scores(
            [score_labels(a[name], b[name], iou=iou) for a, b in zip(true, pred, strict=True)]
        ).as_dict()
        for name in common
    }
    if as_json:
        click.echo(json.dumps(scores, indent=2))
        return
    for name, values in scores.items():
        click.echo(f"{name} at IoU {iou}")
        for key, value in values.items():
            click.echo(f"  {key:<12} {value:.4f}" if isinstance(value, float) else f"  {key:<12} {value}")
