"""Reading the edit log back, in pages that are bounded by their bytes as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Assignment, Edit
from pipeline.labels import MAX_LABEL

EDITS_PER_PAGE = 500
# As much as one request may bring (MAX_REQUEST_BYTES, unless it was changed); one edit is always given.
BYTES_PER_PAGE = 8 << 20


@dataclass(frozen=True)
class EditPage:
    """Edits in the order of their `seq`; `next` is that of the last one when more follow."""

    edits: Sequence[Edit]
    next: int | None


def list_edits(session: Session, *, assignment_id: int, annotator_id: int, after: int = 0) -> EditPage:
    """The edits of an assignment with a `seq` above `after`, a page of them.

    Raises
    ------
    NotFound
        When there is no such assignment of this annotator.
    """
    own = select(Assignment.id).where(Assignment.id == assignment_id, Assignment.annotator_id == annotator_id)
    if session.scalar(own) is None:
        raise NotFound(f"There is no assignment {assignment_id} of yours.")
    later = (Edit.assignment_id == assignment_id, Edit.seq > min(after, MAX_LABEL))
    sizes = session.execute(
        select(Edit.seq, func.length(Edit.diff) + func.length(Edit.marks))
        .where(*later)
        .order_by(Edit.seq)
        .limit(EDITS_PER_PAGE + 1)
    ).all()
    n = _n_on_page([int(size) for _, size in sizes])
    edits = session.scalars(select(Edit).where(*later).order_by(Edit.seq).limit(n)).all()
    return EditPage(edits, sizes[n - 1].seq if len(sizes) > n else None)


def _n_on_page(sizes: Sequence[int]) -> int:
    fitting = sum(total <= BYTES_PER_PAGE for total in accumulate(sizes))
    return min(max(fitting, 1), EDITS_PER_PAGE)
