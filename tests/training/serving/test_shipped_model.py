"""The model that comes with the project is packed with all that its checksums name."""

import tomllib
from pathlib import Path

import pytest

from training.model_folder import SERVED_GRAPH, SERVED_WEIGHTS, SERVING_FILE, signed_files

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "training" / "default_model"


@pytest.fixture
def patterns() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["setuptools"]["package-data"]["training"]


def test_every_signed_file_is_packed(patterns):
    packed = {path for pattern in patterns for path in (ROOT / "training").glob(pattern)}
    assert {FOLDER / name for name in signed_files(FOLDER)} <= packed


@pytest.mark.parametrize("name", [SERVED_GRAPH, SERVED_WEIGHTS, SERVING_FILE])
def test_its_served_form_is_packed(patterns, name):
    assert any((Path("default_model") / name).match(pattern) for pattern in patterns)
