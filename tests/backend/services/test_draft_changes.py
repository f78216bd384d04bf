"""Edits make a new draft; the one they started from never changes."""

import numpy as np
import pytest

from backend.services import draft_changes
from backend.services.draft_cache import Draft
from backend.services.draft_changes import DraftChange
from pipeline.errors import DivergingMark, InvalidMarks
from pipeline.label_diff import diff_labels
from pipeline.marks import CropExtent, MarkChange, held_bytes

TYPED = MarkChange("type/nuclear/1", None, "a")


@pytest.fixture
def draft() -> Draft:
    labels = np.zeros((2, 3, 4, 5), dtype=np.uint32)
    return Draft.from_labels(
        labels, compartments=("whole_cell", "nuclear"), seq=2, marks={"checked/nuclear/7": True}
    )


def test_pixels_and_marks_change_in_the_new_draft_alone(draft: Draft) -> None:
    old = np.zeros((4, 5), dtype=np.uint32)
    new = old.copy()
    new[1, 1] = 9
    diff = diff_labels(old, new, compartment="nuclear", frame=2)
    assert diff is not None
    change = DraftChange(draft)
    change.apply_diff(diff)
    change.apply_marks([TYPED])
    change.apply_marks([MarkChange("checked/nuclear/7", True, None)])
    later = change.finish(seq=5)
    assert (later.seq, later.labels[1, 2, 1, 1], later.labels.sum()) == (5, 9, 9)
    assert dict(later.marks) == {"type/nuclear/1": "a"}
    assert later.marks_bytes == held_bytes(later.marks)
    assert (draft.labels.max(), dict(draft.marks)) == (0, {"checked/nuclear/7": True})
    assert later.planes["whole_cell", 0] is draft.planes["whole_cell", 0]
    with pytest.raises(KeyError):
        change.apply_diff(diff_labels(old, new, compartment="nuclear", frame=3))  # type: ignore[arg-type]


def test_marks_that_do_not_change_are_shared(draft: Draft) -> None:
    later = DraftChange(draft).finish(seq=3)
    assert later.marks is draft.marks
    assert later.n_bytes == draft.n_bytes == draft.labels.nbytes + 10 * held_bytes(draft.marks)
    with pytest.raises(TypeError):
        later.marks["type/nuclear/1"] = "a"  # type: ignore[index]


def test_a_draft_says_what_its_marks_may_name(draft: Draft) -> None:
    assert draft.extent == CropExtent(("whole_cell", "nuclear"), 3, (4, 5))


def test_old_marks_must_be_those_held(draft: Draft) -> None:
    change = DraftChange(draft)
    change.apply_marks([TYPED])
    with pytest.raises(DivergingMark, match="expects type/nuclear/1 to be absent, but it is"):
        change.apply_marks([TYPED])


def test_marks_do_not_grow_without_end(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_changes, "MAX_HELD_BYTES", 50)
    change = DraftChange(draft)
    change.apply_marks([TYPED])
    with pytest.raises(InvalidMarks, match=r"would take more than 50 bytes; remove some first\."):
        change.apply_marks([MarkChange("type/nuclear/2", None, "a")])
    monkeypatch.setattr(draft_changes, "MAX_HELD_BYTES", 0)
    shrinking = DraftChange(draft)
    shrinking.apply_marks([MarkChange("checked/nuclear/7", True, None)])
    assert dict(shrinking.finish(seq=3).marks) == {}
