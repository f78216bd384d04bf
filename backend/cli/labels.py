"""`cytoloop qc`: judge label images in files."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from backend.cli.options import InFile, json_option
from pipeline.io.label_files import read_label_sets
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
