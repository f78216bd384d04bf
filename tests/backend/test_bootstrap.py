from pathlib import Path

import pytest

from backend.adapters.celery_queue import AbsentQueue, CeleryQueue
from backend.adapters.local_storage import LocalStorage
from backend.adapters.s3_storage import S3Storage
from backend.adapters.system_clock import SystemClock
from backend.bootstrap import build_context, open_queue, open_storage
from backend.config import Settings
from backend.db import reading
from backend.errors import ConfigError
from backend.worker.trainer import WorkTrainer, load_work_predictor


@pytest.fixture
def filled(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "a folder, 100%").with_data_dir()


def test_with_nothing_set_everything_lives_in_the_data_folder(filled: Settings) -> None:
    context = build_context(filled, role="web")
    assert isinstance(context.storage, LocalStorage)
    assert isinstance(context.queue, AbsentQueue)
    assert isinstance(context.clock, SystemClock)
    assert (context.load_predictor, context.trainer) == (None, None)
    context.storage.put("a", b"x")
    assert (filled.data_dir / "storage/a").read_bytes() == b"x"
    with reading(context.sessions) as session:
        assert session.connection().dialect.name == "sqlite"
    context.queue.send("sweep")


def test_settings_choose_the_real_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3 = Settings(storage_url="s3://cells/lab", s3_endpoint_url="http://127.0.0.1:9")
    assert isinstance(open_storage(s3), S3Storage)
    assert isinstance(open_queue(Settings(redis_url="redis://127.0.0.1:1/0")), CeleryQueue)


@pytest.mark.parametrize("url", ["", "file://", "file://host/folder", "file://folder", "ftp://x"])
def test_a_storage_url_that_names_no_storage_is_said(url: str) -> None:
    with pytest.raises(ConfigError, match="names no storage; write file:///folder or"):
        open_storage(Settings(storage_url=url))


def test_only_a_worker_brings_predictors(filled: Settings) -> None:
    brought = {"load_predictor": load_work_predictor, "trainer": WorkTrainer()}
    assert build_context(filled, role="worker", **brought).trainer is brought["trainer"]
    with pytest.raises(ConfigError, match="The web process neither predicts nor trains"):
        build_context(filled, role="web", **brought)
    with pytest.raises(ConfigError, match="A worker needs `load_predictor` and `trainer`"):
        build_context(filled, role="worker")
