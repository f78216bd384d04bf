import csv
from typing import Any

import numpy as np
import pytest
from sqlalchemy import update

from backend.adapters.memory import MemoryStorage
from backend.db import reading, transaction
from backend.errors import NotFound
from backend.models import Fov, Revision
from backend.services import cell_tables
from backend.services.cell_tables import COLUMNS, fov_cells_csv
from backend.services.context import Context
from pipeline import label_planes
from pipeline.errors import UnreadableImage
from tests.backend.factories import Maker


def _fov(context: Context, marks: dict[str, Any]) -> int:
    """An FOV of two frames with labels 1 (8 px), 3 (12 px) and, in frame 1 alone, 9."""
    make = Maker(context)
    fov_id = make.fov(make.project(), shape=(2, 20, 30))
    labels = np.zeros((2, 20, 30), dtype=np.int32)
    labels[:, 0:2, 0:4] = 1
    labels[:, 10:14, 6:9] = 3
    labels[1, 19, 29] = 9
    revision_id = make.proposal(fov_id, labels=labels)
    with transaction(context.sessions) as session:
        session.get_one(Fov, fov_id).current_revision_id = revision_id
        session.execute(update(Revision).where(Revision.id == revision_id).values(marks=marks))
    return fov_id


def _rows(context: Context, fov_id: int) -> list[list[str]]:
    with reading(context.sessions) as session:
        lines = fov_cells_csv(session, context, fov_id=fov_id)
    return list(csv.reader("".join(lines).splitlines(keepends=True)))


def note(label: int, text: str, frame: int = 0) -> dict[str, Any]:
    return {"compartment": "nuclear", "label": label, "frame": frame, "row": 1, "column": 1, "text": text}


def test_a_row_for_each_cell_and_frame(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_planes, "BLOCK_SHAPE", (12, 8))
    monkeypatch.setattr(cell_tables, "_ROWS_AT_ONCE", 2)
    marks = {
        "type/nuclear/3": "t-cell",
        "uncertain/nuclear/3": True,
        "checked/nuclear/1": True,
        "type/nuclear/77": "no pixels",
        "note/a": note(3, "round"),
        "note/b": note(3, 'a "bad"\nedge'),
        "note/c": note(0, "of a place"),
        "note/d": note(9, "late", frame=1),
    }
    header, *rows = _rows(context, _fov(context, marks))
    assert tuple(header) == COLUMNS
    assert [row[0] for row in rows] == ["whole_cell"] * 5 + ["nuclear"] * 5
    assert rows[5:] == [
        ["nuclear", "0", "1", "0.5", "1.5", "8", "", "", "true", ""],
        ["nuclear", "0", "3", "11.5", "7.0", "12", "t-cell", "true", "", 'round | a "bad"\nedge'],
        ["nuclear", "1", "1", "0.5", "1.5", "8", "", "", "true", ""],
        ["nuclear", "1", "3", "11.5", "7.0", "12", "t-cell", "true", "", ""],
        ["nuclear", "1", "9", "19.0", "29.0", "1", "", "", "", "late"],
    ]
    assert rows[0] == ["whole_cell", "0", "1", "0.5", "1.5", "8", "", "", "", ""]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx"])
def test_no_note_is_a_formula(sqlite_context: Context, text: str) -> None:
    rows = _rows(sqlite_context, _fov(sqlite_context, {"note/a": note(1, text)}))
    assert f"'{text}" in [row[-1] for row in rows]


def test_what_is_not_there(sqlite_context: Context) -> None:
    make = Maker(sqlite_context)
    fov_id = make.fov(make.project())
    with reading(sqlite_context.sessions) as session:
        with pytest.raises(NotFound, match="There is no FOV 99"):
            fov_cells_csv(session, sqlite_context, fov_id=99)
        with pytest.raises(NotFound, match="has no labels yet; launch a job on it first"):
            fov_cells_csv(session, sqlite_context, fov_id=fov_id)


def test_labels_that_the_storage_lacks_say_so_before_the_first_line(sqlite_context: Context) -> None:
    fov_id = _fov(sqlite_context, {})
    assert isinstance(sqlite_context.storage, MemoryStorage)
    sqlite_context.storage.delete_prefix("proposals")
    with (
        reading(sqlite_context.sessions) as session,
        pytest.raises(UnreadableImage, match="OME-Zarr cannot be read"),
    ):
        fov_cells_csv(session, sqlite_context, fov_id=fov_id)
