from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from backend.db import transaction
from backend.models import Finding
from backend.services import qc_findings
from backend.services.context import Context
from backend.services.label_canvas import label_canvas
from backend.services.qc_findings import add_findings, write_findings
from pipeline.qc import QcThresholds, run_qc
from pipeline.windows import plan_windows
from tests.backend.services.loop import Loop

SHAPE = (2, 40, 60)


def _labels() -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    labels = np.zeros(SHAPE, np.int32)
    labels[0, 2:8, 2:8] = 1
    labels[0, 4, 4] = 0
    labels[0, 20:22, 20:22] = 2**31 - 1
    labels[1, 10:20, 3:18] = 7
    return labels


@pytest.mark.parametrize("rows_at_once", [1, 2, 1000])
def test_findings_of_every_frame_become_rows_in_their_order(
    sqlite_context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(qc_findings, "_ROWS_AT_ONCE", rows_at_once)
    loop = Loop(sqlite_context, tmp_path)
    fov_id = loop.ingest("one")
    loop.launch()
    revision_id = loop.fov(fov_id).current_revision_id
    assert revision_id is not None
    labels, seams = _labels(), plan_windows(SHAPE[1:], size_px=20, overlap=0)
    with label_canvas(["nuclear"], SHAPE) as canvas:
        canvas.planes["nuclear"][:] = labels
        path = write_findings(canvas, thresholds=QcThresholds(), seams=seams)
        with transaction(sqlite_context.sessions) as session:
            add_findings(session, path, revision_id=revision_id)
    expected = [
        {"frame": frame, **finding.to_json()}
        for frame in range(2)
        for finding in run_qc({"nuclear": labels[frame]}, seams=seams)
    ]
    assert {"holes", "small", "seam", "few_cells"} <= {str(row["rule"]) for row in expected}
    with transaction(sqlite_context.sessions) as session:
        rows = session.scalars(
            select(Finding).where(Finding.revision_id == revision_id).order_by(Finding.id)
        ).all()
        assert [{key: getattr(row, key) for key in expected[0]} for row in rows] == expected


def test_labels_without_a_finding_give_no_row(sqlite_context: Context, tmp_path: Path) -> None:
    with label_canvas(["nuclear"], (1, 20, 20)) as canvas:
        path = write_findings(canvas, thresholds=QcThresholds(min_cells=0), seams=[])
        assert path.read_text() == ""
        with transaction(sqlite_context.sessions) as session:
            add_findings(session, path, revision_id=1)
            assert session.scalars(select(Finding)).all() == []
