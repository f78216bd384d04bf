"""What a lab wants to know after each round, as rows for a program and as a table for people."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class RoundReport:
    """One turn of the loop; None where there is nothing to say.

    `proposal_f1` scores the proposals against the truth crop by crop, `stitched_f1` the stitched labels FOV
    by FOV (pooled over compartments, IoU 0.5); the candidate and the current model are compared on
    FOVs of the test split, which neither was trained on. `edits_per_cell` and its neighbours come from the
    edit log; `baseline_edits_per_cell` says what the same images would have cost with the untrained
    predictor's proposals, so that easier images cannot pass for a better model.
    """

    round: int
    n_fovs: int = 0
    n_cells: int = 0
    proposal_f1: float | None = None
    edits_per_cell: float | None = None
    changed_px_per_cell: float | None = None
    active_s_per_cell: float | None = None
    baseline_edits_per_cell: float | None = None
    stitched_f1: float | None = None
    candidate_f1: float | None = None
    current_f1: float | None = None
    promoted: bool | None = None
    reason: str | None = None
    model_version: str | None = None
    stage_s: dict[str, float] = field(default_factory=dict)


COLUMNS = (
    ("round", "round", "d"),
    ("model_version", "proposed by", "s"),
    ("n_fovs", "FOVs", "d"),
    ("n_cells", "cells", "d"),
    ("proposal_f1", "proposal F1", ".3f"),
    ("edits_per_cell", "edits/cell", ".3f"),
    ("baseline_edits_per_cell", "(baseline)", ".3f"),
    ("changed_px_per_cell", "px/cell", ".1f"),
    ("active_s_per_cell", "s/cell", ".2f"),
    ("stitched_f1", "stitched F1", ".3f"),
    ("current_f1", "current F1", ".3f"),
    ("candidate_f1", "candidate F1", ".3f"),
    ("promoted", "promoted", "s"),
)


def table(rounds: list[RoundReport]) -> str:
    """The rounds as a text table, one line each."""
    rows = [[title for _, title, _ in COLUMNS]]
    rows += [[_cell(getattr(row, name), form) for name, _, form in COLUMNS] for row in rounds]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _cell(value: Any, form: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, form)


def as_json(rounds: list[RoundReport], **facts: Any) -> dict[str, Any]:
    """The report file: `rounds` and what else describes the demo's run."""
    return {**facts, "rounds": [asdict(row) for row in rounds]}
