"""Small tissues and the smallest network that can be trained at all."""

from dataclasses import replace

import pytest

from tests.training.conftest import tissue_item
from training.experiments.settings import ExperimentSettings


@pytest.fixture
def tissues():
    """Five synthetic tissues, of two platforms."""
    items = [tissue_item(number) for number in range(6)]
    return [
        replace(item, provenance={"platform": "first" if number % 2 else "second"})
        for number, item in enumerate(items)
    ]


@pytest.fixture
def settings(tmp_path, tiny_config):
    """Settings for one epoch, and the shares of progress that were reported."""
    reported: list[float] = []
    return ExperimentSettings(
        scratch=tmp_path, config=tiny_config, epochs=1, progress=reported.append
    ), reported
