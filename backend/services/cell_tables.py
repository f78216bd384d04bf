"""The cells of an FOV as a table for spreadsheets and statistics: one row per instance and frame."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.services.context import Context
from backend.services.fov_labels import FovLabels, find_current_revision, open_fov_labels
from backend.services.fovs import get_fov
from backend.services.marks import read_marks
from pipeline.cell_table import CellTable, measure_cells
from pipeline.mark_grammar import CHECKED, NOTE, TYPE, UNCERTAIN, parse_key

COLUMNS = (
    "compartment",
    "frame",
    "label",
    "row",
    "column",
    "area_px",
    "type",
    "uncertain",
    "checked",
    "note",
)
Cell = tuple[str, int, int]
"""Compartment, frame and label."""

_ROWS_AT_ONCE = 1000
# Spreadsheets take what begins like this for a formula, and notes are written by anybody.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def fov_cells_csv(session: Session, context: Context, *, fov_id: int) -> Iterator[str]:
    """The present cells of an FOV as the lines of a CSV file, some at a time.

    `row` and `column` are means over the pixels. `uncertain` and `checked` are `true` or empty; several notes
    on one cell are joined by " | ". The labels are read while the lines are taken, after the session has
    ended.

    Raises
    ------
    NotFound
        When there is no such FOV, or it has no labels yet.
    StorageError, pipeline.errors.UnreadableImage
        When the storage lacks them.
    """
    fov = get_fov(session, fov_id=fov_id)
    revision = find_current_revision(session, fov)
    if revision is None:
        raise NotFound(f"FOV {fov.name!r} has no labels yet; launch a job on it first.")
    marks = read_marks(session, revision_id=revision.id)
    return _lines(open_fov_labels(context, revision), marks, n_frames=fov.n_frames)


def _lines(labels: FovLabels, marks: Mapping[str, Any], *, n_frames: int) -> Iterator[str]:
    notes = _notes_by_cell(marks)
    yield _text([COLUMNS])
    for name in labels.compartments:
        for frame in range(n_frames):
            rows = _rows(name, frame, measure_cells(labels.plane(name, frame)), marks, notes)
            while batch := list(islice(rows, _ROWS_AT_ONCE)):
                yield _text(batch)


def _rows(
    compartment: str, frame: int, table: CellTable, marks: Mapping[str, Any], notes: Mapping[Cell, str]
) -> Iterator[list[Any]]:
    for place, label in enumerate(table.labels.tolist()):
        row, col = table.centres[place]
        yield [
            compartment,
            frame,
            label,
            f"{row:.1f}",
            f"{col:.1f}",
            int(table.areas_px[place]),
            *_marks_of(marks, compartment, label),
            notes.get((compartment, frame, label), ""),
        ]


def _marks_of(marks: Mapping[str, Any], compartment: str, label: int) -> list[str]:
    place = f"{compartment}/{label}"
    flags = ["true" if f"{kind}/{place}" in marks else "" for kind in (UNCERTAIN, CHECKED)]
    return [marks.get(f"{TYPE}/{place}", ""), *flags]


def _notes_by_cell(marks: Mapping[str, Any]) -> dict[Cell, str]:
    """The texts pinned to each cell."""
    found: dict[Cell, list[str]] = {}
    for key, value in sorted(marks.items()):
        if parse_key(key).kind == NOTE and value["label"]:
            cell = (value["compartment"], value["frame"], value["label"])
            found.setdefault(cell, []).append(value["text"])
    return {cell: _harmless(" | ".join(texts)) for cell, texts in found.items()}


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(rows: Sequence[Sequence[Any]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
