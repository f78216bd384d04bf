from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker


@contextmanager
def counted(context: Context) -> Iterator[list[str]]:
    """The statements that the database is asked inside the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = context.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _n_asked(reviewer: Caller, context: Context, path: str, *, n_rows: int) -> int:
    with counted(context) as statements:
        items = reviewer.get(path).get_json()["items"]
    assert len(items) == n_rows
    return len(statements)


def test_a_longer_page_of_fovs_asks_the_database_no_more_often(
    reviewer: Caller, context: Context, make: Maker
) -> None:
    short, long = (f"/projects/{make.open_job(n_fovs=n).project_id}/fovs" for n in (1, 4))
    assert _n_asked(reviewer, context, short, n_rows=1) == _n_asked(reviewer, context, long, n_rows=4)


def test_a_longer_page_of_jobs_asks_the_database_no_more_often(
    reviewer: Caller, admin: Caller, context: Context, make: Maker
) -> None:
    path = f"/projects/{make.open_job().project_id}/jobs"
    before = _n_asked(reviewer, context, path, n_rows=1)
    project_id = int(path.split("/")[2])
    for number in range(3):
        fov_id = make.fov(project_id)
        assert admin.post(path, {"name": f"job {number}", "fov_ids": [fov_id]}).status_code == 201
    assert _n_asked(reviewer, context, path, n_rows=4) == before
    items = reviewer.get(path).get_json()["items"]
    assert [item["counts"]["ready"] for item in items] == [6, 0, 0, 0]
