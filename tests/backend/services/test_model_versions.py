import json
from pathlib import Path

import pytest

from backend.db import reading, transaction
from backend.errors import Conflict, NotFound, StorageError
from backend.models import ModelVersion
from backend.ports import TrainedModel
from backend.services.context import Context
from backend.services.model_versions import (
    find_model_of_run,
    list_model_versions,
    model_name,
    open_predictor,
    store_model_version,
)
from backend.services.training_runs import request_training, run_training
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(sqlite_context: Context, tmp_path: Path) -> Loop:
    loop = Loop(sqlite_context, tmp_path)
    loop.accept(3)
    return loop


def _train(loop: Loop) -> ModelVersion:
    with transaction(loop.context.sessions) as session:
        run_id = request_training(session, loop.context, project_id=loop.project_id).id
    run_training(loop.context, run_id=run_id)
    with reading(loop.context.sessions) as session:
        found = find_model_of_run(session, run_id=run_id)
    assert found is not None
    return found


def test_versions_are_numbered_and_named(loop: Loop) -> None:
    first, second = _train(loop), _train(loop)
    with reading(loop.context.sessions) as session:
        listed = list_model_versions(session, project_id=loop.project_id)
        names = [model_name(session, version_id) for version_id in (None, first.id, second.id)]
        names.append(model_name(session, None, first="default"))
        with pytest.raises(NotFound, match="no model version 9"):
            model_name(session, 9)
    assert names == ["baseline", "unet-1", "unet-2", "default"]
    assert [version.id for version in listed] == [second.id, first.id]


def test_a_predictor_is_loaded_from_the_storage_or_is_the_baseline(
    loop: Loop, sqlite_context: Context
) -> None:
    version = _train(loop)
    with open_predictor(loop.context, version.id) as predictor:
        assert predictor.name == "unet"
    with open_predictor(loop.context, None) as predictor:
        assert predictor.name == "baseline"
    with pytest.raises(Conflict, match="loads no predictors"), open_predictor(sqlite_context, None):
        pass
    loop.context.storage.delete_prefix(version.storage_prefix)
    with (
        pytest.raises(StorageError, match="nothing below 'models/"),
        open_predictor(loop.context, version.id),
    ):
        pass


def test_a_model_that_cannot_be_recorded_leaves_nothing(loop: Loop, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "checksums.json").write_text(json.dumps({}))
    with pytest.raises(Exception, match="No row was found"):
        store_model_version(
            loop.context,
            TrainedModel("unet", {}, {}),
            folder=folder,
            run_id=999,
            dataset_version_id=1,
        )
    assert list(loop.context.storage.list("models")) == []
