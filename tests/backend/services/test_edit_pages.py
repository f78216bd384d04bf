"""The log comes back whole, however its pages are cut."""

import pytest

from backend.db import reading
from backend.models import Assignment
from backend.services import edit_pages
from backend.services.context import Context
from backend.services.drafts import committed_draft
from backend.services.edit_pages import EditPage, list_edits
from tests.backend.factories import Maker, paint_edits


@pytest.fixture
def assignment(context: Context, make: Maker) -> Assignment:
    """An assignment with seven edits."""
    held = make.claim(make.open_job(), make.user())
    ids = {"assignment_id": held.id, "annotator_id": held.annotator_id}
    edits, _ = paint_edits(committed_draft(context, **ids).labels[0, 0], n=7)
    make.append(held, edits)
    return held


def _page(context: Context, assignment: Assignment, after: int = 0) -> EditPage:
    with reading(context.sessions) as session:
        return list_edits(
            session, assignment_id=assignment.id, annotator_id=assignment.annotator_id, after=after
        )


@pytest.mark.parametrize(
    ("per_page", "n_bytes", "first"),
    [(500, 1 << 20, 7), (7, 1 << 20, 7), (3, 1 << 20, 3), (500, 0, 1)],
)
def test_pages_add_up_to_the_log(
    context: Context,
    assignment: Assignment,
    monkeypatch: pytest.MonkeyPatch,
    per_page: int,
    n_bytes: int,
    first: int,
) -> None:
    monkeypatch.setattr(edit_pages, "EDITS_PER_PAGE", per_page)
    monkeypatch.setattr(edit_pages, "BYTES_PER_PAGE", n_bytes)
    pages = [_page(context, assignment)]
    while (after := pages[-1].next) is not None:
        pages.append(_page(context, assignment, after))
    assert len(pages[0].edits) == first
    assert [edit.seq for page in pages for edit in page.edits] == [1, 2, 3, 4, 5, 6, 7]


def test_a_page_is_as_long_as_its_bytes(
    context: Context, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [len(edit.diff) for edit in _page(context, assignment).edits]
    for n_bytes, n in ((sum(sizes[:2]) - 1, 1), (sum(sizes[:2]), 2), (sum(sizes[:3]) + 1, 3)):
        monkeypatch.setattr(edit_pages, "BYTES_PER_PAGE", n_bytes)
        page = _page(context, assignment)
        assert (len(page.edits), page.next) == (n, n)


def test_nothing_follows_the_end(context: Context, assignment: Assignment) -> None:
    for after in (7, 8, 2**40):
        page = _page(context, assignment, after)
        assert (list(page.edits), page.next) == ([], None)
