import pytest

from backend.errors import InvalidInput, NotFound
from backend.services.context import Context
from backend.services.own_presets import get_own_presets, put_own_presets
from backend.services.view_presets import read_view_presets
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker

PRESETS = read_view_presets([{"name": "Nuclei", "channels": [{"name": "DAPI"}]}])


def test_presets_follow_the_annotator_through_the_project(
    context: Context, begin: Transaction, make: Maker
) -> None:
    job = make.open_job()
    one, other = (make.claim(job, make.user()) for _ in range(2))
    ids = {"assignment_id": one.id, "annotator_id": one.annotator_id}
    with begin() as session:
        assert get_own_presets(session, context, **ids) == []
        assert put_own_presets(session, context, **ids, items=PRESETS) == PRESETS
    with begin() as session:
        put_own_presets(session, context, **ids, items=PRESETS * 0)
        put_own_presets(session, context, **ids, items=PRESETS)
    with begin() as session:
        assert get_own_presets(session, context, **ids) == PRESETS
        theirs = {"assignment_id": other.id, "annotator_id": other.annotator_id}
        assert get_own_presets(session, context, **theirs) == []
    elsewhere = make.claim(make.open_job(), one.annotator_id)
    with begin() as session:
        ids["assignment_id"] = elsewhere.id
        assert get_own_presets(session, context, **ids) == []


def test_only_the_annotator_and_only_presets(context: Context, begin: Transaction, make: Maker) -> None:
    held = make.claim(make.open_job(), make.user())
    other = {"assignment_id": held.id, "annotator_id": make.user()}
    with begin() as session:
        with pytest.raises(NotFound, match="There is no assignment"):
            get_own_presets(session, context, **other)
        with pytest.raises(NotFound, match="There is no assignment"):
            put_own_presets(session, context, **other, items=[])
        with pytest.raises(InvalidInput, match=r"items\[0\] is 3; give an object"):
            put_own_presets(
                session, context, assignment_id=held.id, annotator_id=held.annotator_id, items=[3]
            )
