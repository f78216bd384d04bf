"""A tiny dataset version and a model trained on it in seconds, shared by the tests of this folder."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pipeline.dataset import build_dataset
from pipeline.dataset_items import DatasetItem
from pipeline.synthetic import synthetic_tissue
from training.config import FitConfig, UNetConfig
from training.train import TrainProgress, train_model

SMALL = UNetConfig(
    filters=(8, 12, 16),
    head_filters=8,
    fit=FitConfig(crop_px=64, batch_size=4, steps_per_epoch=30, max_validation_crops=2),
)
# As little as can be trained at all: for what does not depend on how well.
TINY = UNetConfig(
    filters=(4, 6),
    head_filters=4,
    fit=FitConfig(crop_px=32, batch_size=2, steps_per_epoch=3, max_validation_crops=1),
)


def tissue_item(number: int, *, compartments=("whole_cell", "nuclear")) -> DatasetItem:
    tissue = synthetic_tissue(number, shape=(192, 192))
    return DatasetItem(
        source_id=f"fov-{number}",
        group=f"fov-{number}",
        image=tissue.image.astype(np.float32),
        labels={name: tissue.labels[name] for name in compartments},
        provenance={},
    )


@pytest.fixture(scope="session")
def small_config() -> UNetConfig:
    return SMALL


@pytest.fixture(scope="session")
def tiny_config() -> UNetConfig:
    return TINY


@pytest.fixture(scope="session")
def dataset_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets") / "tissue"
    build_dataset(map(tissue_item, range(4)), folder, fractions=(0.5, 0.25, 0.25), seed=0, size=192)
    return folder


@pytest.fixture(scope="session")
def trained(dataset_dir: Path, tmp_path_factory: pytest.TempPathFactory):
    """The result of a short run, and what it reported."""
    reports: list[TrainProgress] = []
    out = tmp_path_factory.mktemp("models") / "model"
    result = train_model(dataset_dir, out, config=SMALL, epochs=4, seed=1, progress=reports.append)
    return result, reports


@pytest.fixture
def tight_disk():
    """A block in which no file may grow beyond a number of bytes, as on a full disk."""

    @contextmanager
    def limit(n_bytes: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit
