from pathlib import Path

import pytest

from backend.db import transaction
from backend.services.context import Context
from backend.services.run_scratch import open_scratch, sweep_scratch
from backend.services.training_runs import cancel_run, request_training
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def test_the_folder_of_a_run_is_there_until_it_is_discarded(loop: Loop) -> None:
    scratch = open_scratch(loop.context, run_id=7)
    scratch.checkpoint.touch()
    scratch.model.mkdir()
    assert open_scratch(loop.context, run_id=7) == scratch
    assert open_scratch(loop.context, run_id=8).folder != scratch.folder
    scratch.discard()
    scratch.discard()
    assert not scratch.folder.exists()


def test_what_is_left_of_runs_that_are_over_is_removed(loop: Loop) -> None:
    assert sweep_scratch(loop.context) == 0
    with transaction(loop.context.sessions) as session:
        over = request_training(session, loop.context, project_id=loop.project_id).id
        cancel_run(session, loop.context, run_id=over)
        alive = request_training(session, loop.context, project_id=loop.project_id).id
    folders = {run_id: open_scratch(loop.context, run_id=run_id).folder for run_id in (over, alive, 999)}
    foreign = folders[over].with_name("notes")
    foreign.mkdir()
    assert sweep_scratch(loop.context) == 2
    assert [folder.exists() for folder in (*folders.values(), foreign)] == [False, True, False, True]
