"""QC findings of an FOV: on this machine's disk until the revision that they are about is recorded.

An FOV may have one for each of its cells, so they are held a few at a time.
"""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.models import Finding
from backend.services.label_canvas import LabelCanvas
from pipeline.qc import QcThresholds, run_qc_planes
from pipeline.windows import Window

_ROWS_AT_ONCE = 1000


def write_findings(canvas: LabelCanvas, *, thresholds: QcThresholds, seams: Sequence[Window]) -> Path:
    """Check the labels of a canvas frame by frame; the findings as a file of JSON lines beside them.

    `seams` are the crops that the labels were stitched from.
    """
    path = canvas.folder / "findings.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for frame in range(canvas.shape[0]):
            for finding in run_qc_planes(canvas.frame(frame), thresholds=thresholds, seams=seams):
                lines.write(json.dumps({"frame": frame, **finding.to_json()}) + "\n")
    return path


def add_findings(session: Session, path: Path, *, revision_id: int) -> None:
    """Add the rows of a revision's findings, in the order in which `write_findings` found them."""
    with path.open(encoding="utf-8") as lines:
        while batch := [json.loads(line) for line in islice(lines, _ROWS_AT_ONCE)]:
            session.execute(insert(Finding), [{**row, "revision_id": revision_id} for row in batch])
