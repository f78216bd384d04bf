"""What edits make of a draft, without changing the draft."""

from collections.abc import Sequence
from typing import Any

from backend.services.draft_cache import Draft, Plane
from pipeline.errors import InvalidMarks
from pipeline.label_diff import LabelDiff, apply_diff
from pipeline.marks import MAX_HELD_BYTES, MarkChange, apply_marks, growth_bytes


class DraftChange:
    """Edits applied to a draft one after the other; planes and marks are copied before the first write.

    After an error the change is spoilt and its draft is as it was.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._planes: dict[tuple[str, int], Plane] = {}
        self._marks: dict[str, Any] | None = None
        self._marks_bytes = draft.marks_bytes

    def apply_diff(self, diff: LabelDiff) -> None:
        """Change pixels; raises as `pipeline.label_diff.apply_diff`, `KeyError` without such a plane."""
        place = (diff.compartment, diff.frame)
        if place not in self._planes:
            self._planes[place] = self.draft.planes[place].copy()
        apply_diff(self._planes[place], diff)

    def apply_marks(self, changes: Sequence[MarkChange]) -> None:
        """Change marks; raises as `pipeline.marks.apply_marks`, `InvalidMarks` when they grow too large."""
        if self._marks is None:
            self._marks = dict(self.draft.marks)
        apply_marks(self._marks, changes)
        growth = growth_bytes(changes)
        self._marks_bytes += growth
        if growth > 0 and self._marks_bytes > MAX_HELD_BYTES:
            raise InvalidMarks(
                f"The marks of this crop would take more than {MAX_HELD_BYTES} bytes; remove some first."
            )

    def finish(self, *, seq: int) -> Draft:
        """The draft after edit `seq`; it shares what was not written."""
        if self._marks is None:
            return self.draft.replaced(self._planes, seq=seq)
        return self.draft.replaced(self._planes, seq=seq, marks=self._marks, marks_bytes=self._marks_bytes)
