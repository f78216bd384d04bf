from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from backend.db import reading
from backend.models import Revision, Task
from backend.models.review import Decision
from backend.services.confidences import (
    append_confidences,
    crop_confidences,
    load_confidences,
    renumber_confidences,
    store_confidences,
)
from backend.services.context import Context
from backend.services.fov_labels import find_proposal, open_fov_labels
from backend.services.label_renumbering import Renumbering
from pipeline.windows import Window
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker
from tests.backend.services.loop import Loop, frame_of


def _values(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_frames_follow_one_another() -> None:
    first = append_confidences(None, _values(0, 0.5, 0.25), start=0)
    both = append_confidences(first, _values(0, 0.75), start=2)
    np.testing.assert_array_equal(both, _values(0, 0.5, 0.25, 0.75))
    with_gap = append_confidences(first, _values(0, 0.75), start=3)
    np.testing.assert_array_equal(with_gap, _values(0, 0.5, 0.25, np.nan, 0.75))
    # A label that lost all of its pixels at a border leaves no number behind.
    np.testing.assert_array_equal(append_confidences(first, _values(0, 0.75), start=1), _values(0, 0.5, 0.75))


def test_a_renumbering_moves_confidences_along() -> None:
    renumbering = Renumbering(np.array([1, 2, 5]), np.array([3, 1, 2]))
    after = renumber_confidences(
        {"nuclear": _values(0, 0.1, 0.2), "whole_cell": _values(0, 0.9)}, {"nuclear": renumbering}
    )
    np.testing.assert_array_equal(after["nuclear"], _values(0, 0.2, np.nan, 0.1))
    np.testing.assert_array_equal(after["whole_cell"], _values(0, 0.9))


def test_what_is_stored_comes_back(sqlite_context: Context) -> None:
    revision = Revision(id=1, storage_prefix="revisions/a")
    assert load_confidences(sqlite_context, revision) == {}
    store_confidences(sqlite_context, {}, prefix="revisions/a")
    assert list(sqlite_context.storage.list("")) == []
    store_confidences(sqlite_context, {"nuclear": _values(0, np.nan, 0.5)}, prefix="revisions/a")
    held = load_confidences(sqlite_context, revision)
    assert held["nuclear"].dtype == np.float32
    np.testing.assert_array_equal(held["nuclear"], _values(0, np.nan, 0.5))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 torn", b"no archive"])
def test_damaged_confidences_are_logged_and_stop_nobody(sqlite_context: Context, data: bytes) -> None:
    sqlite_context.storage.put("revisions/a/confidences.npz", data)
    with capture_logs() as lines:
        assert load_confidences(sqlite_context, Revision(id=1, storage_prefix="revisions/a")) == {}
    assert [line["event"] for line in lines] == ["confidences_damaged"]


def _crops(loop: Loop, job_id: int) -> list[tuple[Task, dict[str, dict[str, float]]]]:
    with reading(loop.context.sessions) as session:
        tasks = session.query(Task).where(Task.job_id == job_id).order_by(Task.id).all()
        return [(task, crop_confidences(session, loop.context, task)) for task in tasks]


def test_a_crop_has_the_confidences_of_what_was_proposed_in_it(
    sqlite_context: Context, tmp_path: Path
) -> None:
    loop = Loop(sqlite_context, tmp_path)
    fov_id = loop.ingest("one", n_frames=2)
    job_id = loop.launch()
    with reading(loop.context.sessions) as session:
        proposal = find_proposal(session, fov_id=fov_id, model_version_id=None)
        assert proposal is not None
    labels = open_fov_labels(loop.context, proposal)
    values = load_confidences(loop.context, proposal)
    assert {name: len(held) - 1 for name, held in values.items()} == proposal.counts
    # The trainer of the tests gives 1/2, 1/4, ... in the order of the labels, in each frame anew.
    in_first = np.unique(frame_of(labels)["nuclear"])[1:]
    np.testing.assert_allclose(values["nuclear"][in_first], 0.5 ** np.arange(1, len(in_first) + 1))
    assert _crops(loop, job_id)[0][1] == {}, "nobody holds the crop yet"
    loop.annotate(job_id)
    for task, found in _crops(loop, job_id):
        window = Window(task.row, task.col, task.height, task.width)
        for name, reader in labels.readers.items():
            present = np.unique([reader.read(frame, window) for frame in range(2)])
            wanted = {str(n): pytest.approx(float(values[name][n]), abs=6e-4) for n in present if n}
            assert found[name] == wanted
            assert all(round(value, 3) == value for value in found[name].values())


def test_a_returned_task_keeps_them(sqlite_context: Context, tmp_path: Path) -> None:
    loop = Loop(sqlite_context, tmp_path)
    fov_id = loop.ingest("one")
    job_id = loop.launch()
    loop.annotate(job_id, lambda labels: labels.fill(0))
    before = [found for _, found in _crops(loop, job_id)]
    loop.stitch(job_id, fov_id)
    loop.review(fov_id, Decision.RETURNED)
    loop.annotate(job_id)
    assert [found for _, found in _crops(loop, job_id)] == before
    assert any(found.get("nuclear") for found in before)


def test_a_proposal_without_confidences_has_none(context: Context, begin: Transaction, make: Maker) -> None:
    held = make.claim(make.open_job(), make.user())
    with begin() as session:
        assert crop_confidences(session, context, session.get_one(Task, held.task_id)) == {}
