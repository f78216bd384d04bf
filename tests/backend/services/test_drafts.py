"""Drafts: however the log was cut into batches, processes and stored revisions, the labels are the same."""

import uuid
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from backend.adapters.memory import MemoryStorage
from backend.db import reading, transaction
from backend.errors import NotFound, StorageError
from backend.models import Assignment, Revision
from backend.models.revision import RevisionSource
from backend.services.assignments import release_assignment
from backend.services.context import Context
from backend.services.drafts import committed_draft, materialise_draft
from backend.services.edits import NewEdit
from tests.backend.factories import LabelImage, Maker, make_edit, paint_edits


def _ids(assignment: Assignment) -> dict[str, int]:
    return {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}


def _now(context: Context, assignment: Assignment) -> Assignment:
    with reading(context.sessions) as session:
        return session.get_one(Assignment, assignment.id)


def _random_edits(rng: np.random.Generator, labels: LabelImage, n: int) -> tuple[list[NewEdit], LabelImage]:
    """Edits of both compartments, each third one undone, and the labels after them."""
    labels = labels.copy()
    edits: list[NewEdit] = []
    while len(edits) < n:
        index = int(rng.integers(2))
        old, new = labels[index, 0], labels[index, 0].copy()
        row, col = rng.integers(0, 36, 2)
        new[row : row + 4, col : col + 4] = rng.integers(100, 10_000)
        edits.append(make_edit(old, new, seq=len(edits) + 1, compartment=index))
        if len(edits) % 3 == 0 and len(edits) < n:
            edits.append(make_edit(new, old, seq=len(edits) + 1, compartment=index, tool="undo"))
        else:
            labels[index, 0] = new
    return edits, labels


@profile(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    cuts=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    every=st.integers(1, 15),
    room=st.sampled_from([0, 1 << 20]),
)
def test_the_log_gives_the_same_labels_however_it_is_cut(
    sqlite_context: Context, seed: int, cuts: list[int], every: int, room: int
) -> None:
    settings = replace(sqlite_context.settings, materialise_every=every, draft_cache_bytes=room)
    processes = [replace(sqlite_context, settings=settings) for _ in range(2)]
    # Examples share the database; their names must not meet.
    make = Maker(sqlite_context, prefix=uuid.uuid4().hex)
    assignment = make.claim(make.open_job(), make.user())
    start = committed_draft(sqlite_context, **_ids(assignment)).labels
    edits, expected = _random_edits(np.random.default_rng(seed), start, sum(cuts))
    sent = 0
    for turn, cut in enumerate(cuts):
        Maker(processes[turn % 2]).append(assignment, edits[sent : sent + cut])
        sent += cut
    for process in (*processes, replace(sqlite_context)):
        draft = committed_draft(process, **_ids(assignment))
        assert draft.seq == len(edits)
        np.testing.assert_array_equal(draft.labels, expected)


def test_storage_that_fails_costs_no_edit_and_is_tried_again(
    sqlite_context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    context = replace(sqlite_context, settings=replace(sqlite_context.settings, materialise_every=2))
    make = Maker(context)
    assignment = make.claim(make.open_job(), make.user())
    edits, after = paint_edits(committed_draft(context, **_ids(assignment)).labels[0, 0], n=3)

    def refuse(_storage: MemoryStorage, key: str, _data: bytes) -> None:
        raise StorageError(f"no room for {key}")

    with monkeypatch.context() as patch:
        patch.setattr(MemoryStorage, "put", refuse)
        assert make.append(assignment, edits[:2]) == 2
    assert f"assignment {assignment.id} was not materialised at edit 2: no room for crops/" in caplog.text
    assert _now(context, assignment).base_seq == 0
    assert make.append(assignment, edits[2:]) == 3
    assert _now(context, assignment).base_seq == 3
    np.testing.assert_array_equal(committed_draft(context, **_ids(assignment)).labels[0, 0], after)


def test_a_stored_draft_is_a_revision_of_its_annotator(context: Context, make: Maker) -> None:
    assignment = make.claim(make.open_job(), make.user())
    edits, _ = paint_edits(committed_draft(context, **_ids(assignment)).labels[0, 0], n=2)
    make.append(assignment, edits)
    materialise_draft(context, **_ids(assignment))
    materialise_draft(context, **_ids(assignment))
    with reading(context.sessions) as session:
        now = session.get_one(Assignment, assignment.id)
        revision = session.get_one(Revision, now.base_revision_id)
        assert session.query(Revision).filter_by(task_id=assignment.task_id).count() == 2
    assert (revision.source, revision.author_id, revision.parent_id, now.base_seq) == (
        RevisionSource.ANNOTATOR,
        assignment.annotator_id,
        assignment.base_revision_id,
        2,
    )


def test_a_closed_assignment_keeps_its_base_and_leaves_the_cache(context: Context, make: Maker) -> None:
    assignment = make.claim(make.open_job(), make.user())
    edits, after = paint_edits(committed_draft(context, **_ids(assignment)).labels[0, 0], n=1)
    make.append(assignment, edits)
    with transaction(context.sessions) as session:
        release_assignment(session, context, **_ids(assignment))
    materialise_draft(context, **_ids(assignment))
    assert _now(context, assignment).base_seq == 0
    np.testing.assert_array_equal(committed_draft(context, **_ids(assignment)).labels[0, 0], after)
    assert context.drafts.find(assignment.id) is None


def test_drafts_of_others_are_not_found(context: Context, make: Maker) -> None:
    assignment = make.claim(make.open_job(), make.user())
    with pytest.raises(NotFound, match=f"There is no assignment {assignment.id} of yours"):
        committed_draft(context, assignment_id=assignment.id, annotator_id=make.user())
